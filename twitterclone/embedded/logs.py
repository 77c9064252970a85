"""The log files of what runs in the background."""

from pathlib import Path
from typing import IO

_LARGEST = 10_000_000


def open_log(path: Path) -> IO[bytes]:
    """To append to; a large one from earlier starts is put aside first, and the one before it goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LARGEST:
        path.rename(path.with_suffix(".log.1"))
    return path.open("ab")


def last_words(log: Path) -> str:
    """What a program that just ended complained of, in one line."""
    lines = log.read_text(errors="replace").splitlines()[-20:]
    spoken = [line.strip() for line in lines if line.strip()]
    complaints = [line for line in spoken if "FATAL" in line or "error" in line.lower()]
    return f"{(complaints or spoken or ['it said nothing'])[-1]} (see {log})"
