"""Keeps one server running for as long as any process holds its `users.lock`, then stops it.

Started by `holding.py` as a program of its own, which imports nothing beyond the standard library: it stays small
beside whatever uses the server. It must outlive the process that started it, and none must outlive it: the server asks
the kernel to be stopped when the keeper dies.
"""

import argparse
import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)
_PAUSE = 0.1
_RESTART_PAUSE = 0.5
_STOP_SECONDS = 30


def dying_with_parent(sent: signal.Signals) -> Callable[[], None]:
    """For Popen's `preexec_fn`: the child gets this signal when its parent is gone, even by kill -9 (Linux only)."""
    parent = os.getpid()

    def ask_kernel() -> None:
        if sys.platform == "linux":
            _LIBC.prctl(_PR_SET_PDEATHSIG, sent)
        if os.getppid() != parent:
            os.kill(os.getpid(), sent)

    return ask_kernel


def keep(home: Path, command: list[str], stop: signal.Signals) -> int:
    users = (home / "users.lock").open("ab")
    while True:
        server = _start(home, command, stop)
        while server.poll() is None and not _all_gone(users):
            time.sleep(_PAUSE)
        if server.returncode is None:
            return _stop(server, stop)
        if server.returncode > 0:  # It refused to run, and would again; what was killed has a negative code.
            return server.returncode
        time.sleep(_RESTART_PAUSE)


def _start(home: Path, command: list[str], stop: signal.Signals) -> subprocess.Popen[bytes]:
    # Every process of the server inherits this lock, so getting it proves that nothing is left of the one before.
    with (home / "server.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return subprocess.Popen(command, pass_fds=[lock.fileno()], preexec_fn=dying_with_parent(stop))


def _all_gone(users: IO[bytes]) -> bool:
    """Once true, the lock is ours: a newcomer waits for our end and starts a keeper of its own."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _stop(server: subprocess.Popen[bytes], stop: signal.Signals) -> int:
    server.send_signal(stop)
    try:
        return server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        return server.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--stop", type=lambda name: signal.Signals[name], required=True)
    parser.add_argument("--discard", type=Path, nargs="*", default=[])
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


def main() -> None:
    arguments = _arguments()
    alive = (arguments.home / "keeper.lock").open("ab")
    fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if os.fork():
        # Whoever started us waits for this end, and from here on finds the lock taken, by the fork.
        os._exit(0)
    code = keep(arguments.home, arguments.command, arguments.stop)
    for folder in arguments.discard:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(code)  # All at once: nobody finds the lock free and the process still there.


if __name__ == "__main__":
    main()
