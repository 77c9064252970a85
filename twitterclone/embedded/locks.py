"""Locks the kernel drops when their holder dies, however it dies, so that none is ever stale."""

import fcntl
import time
from pathlib import Path
from typing import IO

from . import Unavailable

_PAUSE = 0.02


def acquire(path: Path, *, shared: bool = False, timeout: float = 90) -> IO[bytes]:
    """The open file is the lock: closing it, or the end of the process, gives it up."""
    handle = path.open("ab")
    deadline = time.monotonic() + timeout
    while not _try(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            handle.close()
            raise Unavailable(f"{path} is still locked by another process after {timeout:.0f} s.")
        time.sleep(_PAUSE)
    return handle


def is_held(path: Path) -> bool:
    with path.open("ab") as handle:
        return not _try(handle, fcntl.LOCK_EX)


def _try(handle: IO[bytes], kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
