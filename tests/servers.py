"""The servers of a test run, as a pytest plugin: one PostgreSQL for the run, one Redis for each process of it.

Nothing of the developer's own servers or settings is read or touched, but for TEST_DATABASE_URL, which names a
PostgreSQL to use instead. Everything lies in a temporary folder, and goes with the process, even by kill -9.
"""

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from twitterclone.embedded import binaries, redis_server
from twitterclone.embedded.holding import Holding
from twitterclone.embedded.keeper import dying_with_parent
from twitterclone.embedded.postgres import Postgres
from twitterclone.embedded.redis_server import Redis

_ROLES = ("TIMELINES_REDIS_URL", "CACHE_REDIS_URL", "BROKER_REDIS_URL", "CHANNELS_REDIS_URL")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")

POSTGRES_HOME = "TEST_POSTGRES_HOME"
"""The variable that names the folder of PostgreSQL, where it is the run's own."""

_holdings = pytest.StashKey[list[Holding]]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Around all others: pytest-django's reads Django's settings."""
    early_config.stash[_holdings] = []
    if not early_config.known_args_namespace.help:
        early_config.stash[_holdings] = _start_servers()
    return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    for holding in config.stash.get(_holdings, []):
        holding.release()


def _start_servers() -> list[Holding]:
    holdings = [Holding(Redis(_folder(), discard=True))]
    os.environ["REDIS_URL"] = holdings[0].server.url
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        holdings += _start_postgres()
        _settle_settings(holdings[0].server.home.parent)
    return holdings


def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="twitterclone-tests-"))


def _start_postgres() -> list[Holding]:
    """In the process that the workers of pytest-xdist come from and inherit the address of."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        os.environ["DATABASE_URL"] = given
        return []
    holding = Holding(Postgres(_folder(), discard=True, durable=False))
    os.environ |= {"DATABASE_URL": holding.server.url, POSTGRES_HOME: str(holding.server.home)}
    return [holding]


def _settle_settings(data_dir: Path) -> None:
    for variable in (*_ROLES, "DEBUG", "HTTPS", "ALLOWED_HOSTS"):
        os.environ.pop(variable, None)
    os.environ["DATA_DIR"] = str(data_dir)
    os.environ["SECRET_KEY"] = secrets.token_urlsafe(50)


class PrivateRedis:
    """A Redis of the test's own, to be killed and started as it likes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def start(self) -> None:
        self._process = subprocess.Popen(
            redis_server.command(binaries.redis("redis-server"), self._socket, self._folder),
            stdout=subprocess.DEVNULL,
            preexec_fn=dying_with_parent(redis_server.Redis.stop),
        )
        while not redis_server.answers(self._socket):
            assert self._process.poll() is None, "redis-server did not start"
            time.sleep(0.01)

    def kill(self) -> None:
        """As kill -9 does: no goodbye, and everything in it is lost."""
        if self._process:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def private_redis() -> Iterator[PrivateRedis]:
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:  # tmp_path may be too long for a socket
        server = PrivateRedis(Path(folder))
        server.start()
        yield server
        server.kill()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium found")
    return found


def find_chromium() -> str | None:
    """CHROMIUM, or wherever one usually lies."""
    if given := os.environ.get("CHROMIUM"):
        return given
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests need not ask for `chromium_path` to be skipped without one."""
    if find_chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no Chromium found"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if find_chromium() is None:
        terminalreporter.write_line("Browser tests were skipped: no Chromium found. Install one, or set CHROMIUM.")
