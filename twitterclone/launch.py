"""`make run`: everything on this machine, from nothing, with one command and until Ctrl-C."""

import http.client
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NoReturn

from . import demo, services
from .embedded import Unavailable
from .embedded.locks import acquire, is_held
from .preflight import Addresses, Web, check_redis, free_addresses
from .supervisor import Program, Supervisor

_START_SECONDS = 60
_LOOK_SECONDS = 1.0
_ENDING_SECONDS = 30


def main() -> None:
    signal.signal(signal.SIGINT, _interrupt)  # A shell starts background jobs with it ignored.
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup sets it
        signal.signal(signal.SIGHUP, _interrupt)
    try:
        _run()
    except Unavailable as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        pass


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _run() -> None:
    data_dir = services.settle_environment()
    with ExitStack() as leaving:
        family = leaving.enter_context(_alone(data_dir))
        addresses, web = free_addresses(), Web.wanted()
        held = services.hold()
        leaving.callback(held.release)
        check_redis(os.environ["REDIS_URL"])
        _prepare(addresses)
        running = programs(data_dir / "logs", data_dir / "beat-schedule", addresses, web)
        supervisor = Supervisor(running, inherited=[family.fileno(), *held.locks], say=_say)
        leaving.callback(_stop, supervisor)
        supervisor.start(seconds=_START_SECONDS)
        _welcome(addresses)
        while True:
            time.sleep(_LOOK_SECONDS)
            held.renew()
            supervisor.revive()


@contextmanager
def _alone(data_dir: Path) -> Iterator[IO[bytes]]:
    """The only launcher on this data folder, and nothing left of the one before.

    Yields a lock for the processes started here to inherit: if this launcher is killed, the next one waits for them.
    """
    if is_held(data_dir / "launcher.lock"):
        raise Unavailable(f"It already runs on {data_dir}. Stop it, or set DATA_DIR and PORT.")
    with (
        acquire(data_dir / "launcher.lock"),
        acquire(data_dir / "processes.lock", timeout=_ENDING_SECONDS) as family,
    ):
        yield family


def _prepare(addresses: Addresses) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twitterclone.settings")
    os.environ.setdefault("LIVE_URL", f"ws://{{host}}:{addresses.live}")
    hosts = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1").split(",")
    os.environ.setdefault("LIVE_SOURCES", ",".join(f"ws://{host}:{addresses.live}" for host in hosts))
    import django
    from django.db import OperationalError

    django.setup()
    from .prepare import prepare

    try:
        prepare()
    except OperationalError as error:
        raise Unavailable(f"PostgreSQL at DATABASE_URL: {' '.join(str(error).split())}") from error


def programs(logs: Path, schedule: Path, addresses: Addresses, web: Web) -> list[Program]:
    """What serves, in the order in which it stops: first what takes in new work, last what does it."""
    granian = [sys.executable, "-m", "granian", "--host", addresses.host, "--workers-kill-timeout", "5"]
    celery = [sys.executable, "-m", "celery", "--app", "twitterclone"]
    worker = ["worker", "--concurrency", "2", "--queues", "fanout,media,mail,upkeep,celery"]
    port = ["--port", str(addresses.web)]
    wsgi = ["--interface", "wsgi", "--no-ws", *web.options, "twitterclone.wsgi:application"]
    live = ["--port", str(addresses.live), "--interface", "asginl", "twitterclone.asgi:application"]
    return [
        Program("web", [*granian, *port, *wsgi], logs / "web.log", lambda: _answers(addresses.local, addresses.web)),
        Program("live", [*granian, *live], logs / "live.log", lambda: _answers(addresses.local, addresses.live)),
        Program("beat", [*celery, "beat", "--schedule", str(schedule), "--pidfile", ""], logs / "beat.log"),
        Program("worker", [*celery, *worker], logs / "worker.log", _worker_answers, stop_seconds=30),
    ]


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status < 400
    except OSError:
        return False
    finally:
        connection.close()


def _worker_answers() -> bool:
    from kombu.exceptions import OperationalError

    from .celery import app

    try:
        return bool(app.control.ping(timeout=0.5))
    except OperationalError:
        return False


def _welcome(addresses: Addresses) -> None:
    logins = " and ".join(demo.LOGINS)
    _say(f"\n  http://{addresses.local}:{addresses.web}/")
    _say(f"  Log in as {logins}, password {demo.PASSWORD}. Ctrl-C ends everything.\n")


def _stop(supervisor: Supervisor) -> None:
    """A second Ctrl-C ends the launcher at once; what it started then follows by itself."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    _say("Stopping ...")
    supervisor.stop()


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
