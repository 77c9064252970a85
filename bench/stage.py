"""The stage: servers and processes of the bench's own, in production settings, and what they spend.

Everything lies in temporary folders and goes with this process, even by kill -9. What Django needs to know is put
into the environment here, so nothing of this module imports Django before that.
"""

import os
import secrets
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import cpu
from twitterclone.embedded.holding import Holding
from twitterclone.embedded.postgres import Postgres
from twitterclone.embedded.redis_server import Redis
from twitterclone.launch import programs
from twitterclone.preflight import Addresses, Web
from twitterclone.supervisor import Program

_START_SECONDS = 60
_ROLES = ("TIMELINES_REDIS_URL", "CACHE_REDIS_URL", "BROKER_REDIS_URL", "CHANNELS_REDIS_URL")
_PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "twitterclone.settings",
    "ROOT_URLCONF": "bench.urls",
    "DEBUG": "0",
    "HTTPS": "1",
    "TRUST_PROXY": "1",
    "ALLOWED_HOSTS": "localhost,127.0.0.1",
    "LOG_LEVEL": "WARNING",
    "EMAIL_URL": "dummymail://",
    "LIMITS_FACTOR": "1000000",  # everything is counted, nobody is refused
}


@dataclass
class Stage:
    """
    Attributes:
        folder: for files of the bench itself.
        servers: the first process of PostgreSQL and of Redis, by name.
    """

    folder: Path
    addresses: Addresses
    servers: dict[str, int]
    _running: dict[str, Program] = field(default_factory=dict)

    @contextmanager
    def running(self, *names: str) -> Iterator[None]:
        """Fresh processes, as production has them: web, live, worker, beat. Those that run already are left to it."""
        logs, schedule = self.folder / "logs", self.folder / "beat-schedule"
        missing = set(names) - self._running.keys()
        wanted = [each for each in programs(logs, schedule, self.addresses, Web.wanted()) if each.name in missing]
        with ExitStack() as leaving:
            for program in wanted:
                program.start()
                leaving.callback(self._running.pop, program.name)
                leaving.callback(program.stop)
                self._running[program.name] = program
            for program in wanted:
                program.wait_until_up(time.monotonic() + _START_SECONDS)
            yield

    def cpu(self) -> dict[str, float]:
        return cpu.cpu_seconds(self.processes())

    def processes(self) -> dict[str, int]:
        """The first process of every part that runs now."""
        started = {name: program.pid for name, program in self._running.items()}
        return {name: pid for name, pid in started.items() if pid is not None} | self.servers

    def url(self, path: str) -> str:
        return f"http://{self.addresses.local}:{self.addresses.web}{path}"


@dataclass(frozen=True)
class Here:
    """A stage on which this process, too, does work that counts."""

    stage: Stage

    def cpu(self) -> dict[str, float]:
        return {"python": time.process_time()} | self.stage.cpu()


@contextmanager
def opened(*, durable: bool = True) -> Iterator[Stage]:
    """
    Args:
        durable: whether PostgreSQL waits for the disk, as it does wherever figures are to mean something.

    Raises:
        Unavailable: the servers cannot run.
    """
    with ExitStack() as leaving:
        folder = Path(leaving.enter_context(tempfile.TemporaryDirectory(prefix="twitterclone-bench-")))
        postgres = Postgres(_own_folder(), discard=True, durable=durable)
        redis = Redis(_own_folder(), discard=True)
        for server in (postgres, redis):
            server.check()
            leaving.callback(Holding(server).release)
        _settle_environment(folder, postgres.url, redis.url)
        _prepare()
        pids = {"postgres": int((postgres.data / "postmaster.pid").read_text().split()[0]), "redis": _redis_pid()}
        yield Stage(folder, Addresses("127.0.0.1", _free_port(), _free_port()), pids)


def _own_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="twitterclone-bench-"))


def _settle_environment(folder: Path, database_url: str, redis_url: str) -> None:
    for name in _ROLES:
        os.environ.pop(name, None)
    os.environ.update(_PRODUCTION)
    os.environ.update(DATABASE_URL=database_url, REDIS_URL=redis_url, DATA_DIR=str(folder))
    os.environ["SECRET_KEY"] = secrets.token_urlsafe(50)


def _prepare() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from twitterclone.celery import app

    app.conf.broker_pool_limit = 0  # a fork that shares a connection waits for up to 5 s when it gives it up
    settings.TRANSACTION_TIMEOUT = 0  # in this process only: migrations and COPY take as long as they take
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def _redis_pid() -> int:
    from stores import redis

    return int(redis.timelines().info("server")["process_id"])


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
