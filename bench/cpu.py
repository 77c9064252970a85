"""CPU time and memory of whole families of processes, from Linux' /proc."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")

# Fields of /proc/<pid>/stat behind the name in parentheses, which may hold anything.
_PARENT, _USER, _SYSTEM, _REAPED_USER, _REAPED_SYSTEM = 1, 11, 12, 13, 14


def cpu_seconds(roots: Mapping[str, int]) -> dict[str, float]:
    """What each process, all it started, and those of them that have ended have used so far."""
    stats = dict(_stats())
    return {name: _spent(_family(root, stats), stats) / _TICKS for name, root in roots.items()}


def _spent(family: Iterable[int], stats: Mapping[int, list[int]]) -> int:
    return sum(sum(stats[pid][_USER : _REAPED_SYSTEM + 1]) for pid in family)


def resident_bytes(root: int) -> int:
    """The memory of a process and all it started, pages they share counted once."""
    return sum(_proportional_bytes(pid) for pid in _family(root, dict(_stats())))


def members(root: int) -> list[int]:
    """A process and all it started."""
    return _family(root, dict(_stats()))


def _stats() -> Iterator[tuple[int, list[int]]]:
    for folder in _PROC.iterdir():
        if folder.name.isdecimal():
            try:
                text = (folder / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has ended meanwhile; its parent has its time
            _, *numbers = text.rpartition(")")[2].split()
            yield int(folder.name), [0, *map(int, numbers)]


def _family(root: int, stats: dict[int, list[int]]) -> list[int]:
    found = [root] if root in stats else []
    for parent in found:
        found += [pid for pid, fields in stats.items() if fields[_PARENT] == parent]
    return found


def _proportional_bytes(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
