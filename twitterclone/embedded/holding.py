"""A share in an embedded server: whoever comes first starts it, whoever goes last stops it.

Four locks in the server's home, all dropped by the kernel when their holder dies:
`starting.lock` one user at a time looks whether the server runs, and starts it;
`users.lock` shared by every user, wanted whole by the keeper, who thus gets it when nobody is left;
`keeper.lock` held by the keeper while it lives;
`server.lock` held by the server's own processes while one of them lives.
"""

import os
import subprocess
import sys
import time
from typing import IO

from . import Unavailable, keeper
from .locks import acquire, is_held
from .logs import last_words, open_log
from .server import Server

_START_SECONDS = 120  # PostgreSQL may have to replay a crash first.


class Holding:
    """Keeps `server` running until released, or until the process ends."""

    def __init__(self, server: Server) -> None:
        self.server = server
        try:
            self._users = self._enter()
        except OSError as error:
            raise Unavailable(f"{error.filename or server.home} cannot be used: {error.strerror}.") from error

    @property
    def lock(self) -> int:
        """A child that inherits this descriptor holds the server too."""
        return self._users.fileno()

    def renew(self) -> None:
        """Start the server again in case its keeper was killed."""
        with acquire(self.server.home / "starting.lock"):
            if not is_held(self.server.home / "keeper.lock"):
                self._ensure()

    def release(self) -> None:
        self._users.close()

    def _enter(self) -> IO[bytes]:
        self.server.home.mkdir(parents=True, exist_ok=True)
        with acquire(self.server.home / "starting.lock"):
            users = acquire(self.server.home / "users.lock", shared=True)
            try:
                self._ensure()
            except BaseException:
                users.close()
                raise
        return users

    def _ensure(self) -> None:
        """A keeper that was found may just be dying of kill -9; one started here has no excuse."""
        if not (is_held(self.server.home / "keeper.lock") and self._comes_up()):
            with acquire(self.server.home / "server.lock"):
                self.server.prepare()
            _start_keeper(self.server)
            if not self._comes_up():
                raise self._failure()
        self.server.settle()

    def _comes_up(self) -> bool:
        """Whether it answers in the end; False once its keeper is gone."""
        deadline = time.monotonic() + _START_SECONDS
        while not self.server.answers():
            if not is_held(self.server.home / "keeper.lock"):
                return False
            if time.monotonic() > deadline:
                raise self._failure()
            time.sleep(0.02)
        return True

    def _failure(self) -> Unavailable:
        return Unavailable(f"{self.server.title} did not start: {last_words(self.server.log)}")


def _start_keeper(server: Server) -> None:
    command = [
        *(sys.executable, "-I", "-S", keeper.__file__),
        *("--home", str(server.home), "--stop", server.stop.name),
        *(["--discard", str(server.home.parent), str(server.sockets)] if server.discard else []),
        *("--", *server.account.command(*server.command(), parent_death=server.stop)),
    ]
    with open_log(server.log) as log:
        # Its own session: Ctrl-C is for the user's terminal, not for the servers others may be using.
        started = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            start_new_session=True,
            check=False,
        )
    if started.returncode:
        raise Unavailable(f"{server.title} did not start: {last_words(server.log)}")
