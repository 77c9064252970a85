"""What the tests of launching and serving ask about other processes."""

import subprocess
import time
from pathlib import Path

from twitterclone.embedded.locks import is_held


def pids_mentioning(text: str) -> list[int]:
    found = subprocess.run(["pgrep", "-f", "--", text], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def wait_until_free(*locks: Path) -> None:
    """Nobody holds any of them, that is: nothing runs of what would."""
    deadline = time.monotonic() + 60
    while any(lock.exists() and is_held(lock) for lock in locks):
        assert time.monotonic() < deadline, f"{locks} are still in use"
        time.sleep(0.02)


def wait_until_stopped(home: Path) -> None:
    """The embedded server that lives there, and its keeper."""
    wait_until_free(home / "keeper.lock", home / "server.lock")
