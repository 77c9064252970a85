"""A whole site for a measurement, without its web pages: servers in a temporary folder, two workers and beat."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from twitterclone.embedded.holding import Holding
from twitterclone.embedded.keeper import dying_with_parent
from twitterclone.embedded.logs import open_log
from twitterclone.embedded.postgres import Postgres
from twitterclone.embedded.redis_server import Redis
from twitterclone.supervisor import Program, Supervisor

BASE_DIR = Path(__file__).resolve().parent.parent
WORKERS = ("worker-1", "worker-2")
QUEUES = "fanout,media,mail,upkeep,celery"
REVIVE_SECONDS = 0.5


class Site:
    """What a scenario can do with a running site."""

    def __init__(self, folder: Path, leaving: ExitStack) -> None:
        self.folder = folder
        self._leaving = leaving

    def start_workers(self) -> None:
        """Two, each with one process; the database knows their connections by the worker's name."""
        self._start([self._celery(name, "worker", "--concurrency", "1", "--queues", QUEUES) for name in WORKERS])

    def start_beat(self) -> None:
        self._start([self._celery("beat", "beat", "--schedule", str(self.folder / "beat-schedule"))])

    def worker_pid(self, name: str) -> int:
        """The process that leads the group of a worker's processes."""
        return int(self._pid_file(name).read_text())

    def command(self, *arguments: str) -> subprocess.Popen[str]:
        """A `manage.py` command, started; what it says is to be read by the caller, what it logs goes to its log."""
        with open_log(self.log_of(arguments[0])) as log:
            return subprocess.Popen(
                [sys.executable, "manage.py", *arguments, "--skip-checks"],
                cwd=BASE_DIR,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                preexec_fn=dying_with_parent(signal.SIGTERM),
            )

    def log_of(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def _celery(self, name: str, *arguments: str) -> Program:
        node = ["--hostname", f"{name}@%h"] if name in WORKERS else []
        command = [sys.executable, "-m", "celery", "--app", "twitterclone", *arguments, *node]
        named = ["env", f"PGAPPNAME={name}", *command, "--pidfile", str(self._pid_file(name))]
        return Program(name, named, self.log_of(name), stop_seconds=20)

    def _pid_file(self, name: str) -> Path:
        return self.folder / f"{name}.pid"

    def _start(self, programs: list[Program]) -> None:
        """Started, and started again whenever they die."""
        supervisor = Supervisor(programs, inherited=[], say=print)
        supervisor.start(seconds=60)
        done = threading.Event()
        keeper = threading.Thread(target=_revive, args=(supervisor, done))
        keeper.start()
        self._leaving.callback(supervisor.stop)
        self._leaving.callback(keeper.join)
        self._leaving.callback(done.set)


def _revive(supervisor: Supervisor, done: threading.Event) -> None:
    while not done.wait(REVIVE_SECONDS):
        supervisor.revive()


@contextmanager
def running(*, durable: bool, settings: dict[str, str]) -> Iterator[Site]:
    """A migrated site; Django is set up in this process too. Only one in a process's life.

    Args:
        durable: whether PostgreSQL waits for the disk at every commit.
    """
    with ExitStack() as leaving:
        folder = Path(leaving.enter_context(tempfile.TemporaryDirectory(prefix="chirp-bench-")))
        for variable, server in {
            "DATABASE_URL": Postgres(folder, durable=durable),
            "REDIS_URL": Redis(folder),
        }.items():
            leaving.callback(Holding(server).release)
            os.environ[variable] = server.url
        os.environ |= {
            "DATA_DIR": str(folder),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "LOG_LEVEL": "WARNING",
        } | settings
        _set_up()
        yield Site(folder, leaving)


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twitterclone.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
