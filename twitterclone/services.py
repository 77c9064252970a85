"""The servers and settings an installation needs but was not given: settled in the environment before Django loads."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import environ

from .embedded import Unavailable
from .embedded.holding import Holding
from .embedded.locks import acquire
from .embedded.postgres import Postgres
from .embedded.redis_server import Redis

__all__ = ["Services", "Unavailable", "hold", "settle_environment"]

BASE_DIR = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Services:
    """The embedded servers in use; they run until this process ends, and as long as any other uses them."""

    holdings: Sequence[Holding]

    @property
    def locks(self) -> list[int]:
        """Descriptors which make a child that inherits them a user of the servers, too."""
        return [holding.lock for holding in self.holdings]

    def renew(self) -> None:
        for holding in self.holdings:
            holding.renew()

    def release(self) -> None:
        for holding in self.holdings:
            holding.release()


def settle_environment() -> Path:
    """Read `.env`, set DATA_DIR and SECRET_KEY where the environment does not, and return the data folder."""
    environ.Env.read_env(BASE_DIR / ".env")
    data_dir = Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data").resolve()
    os.environ["DATA_DIR"] = str(data_dir)
    _make_writable(data_dir)
    if not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = _local_secret(data_dir / "secret_key")
    return data_dir


def hold() -> Services:
    """Settle the environment, and set DATABASE_URL and REDIS_URL to embedded servers where it names none.

    They are started, or shared with whoever started them. Raises Unavailable.
    """
    data_dir = settle_environment()
    servers = {"DATABASE_URL": Postgres(data_dir), "REDIS_URL": Redis(data_dir)}
    wanted = {variable: server for variable, server in servers.items() if not os.environ.get(variable)}
    for server in wanted.values():
        server.check()
    holdings = [Holding(server) for server in wanted.values()]
    os.environ.update({variable: server.url for variable, server in wanted.items()})
    return Services(holdings)


def _make_writable(data_dir: Path) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"The data folder {data_dir} cannot be made: {error.strerror}.") from error
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise Unavailable(f"The data folder {data_dir} cannot be written.")


def _local_secret(file: Path) -> str:
    """One key for every process of this data folder, made by the first."""
    with acquire(file.with_name("secret_key.lock")):
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(50))
    return file.read_text()
