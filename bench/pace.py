"""How fast this machine is just now: figures of two days, or of a busy and an idle hour, are compared by it."""

import time

_TURNS = 1_000_000


def milliseconds() -> float:
    """CPU time of a fixed loop; the least of some."""
    return min(_once() for _ in range(5))


def _once() -> float:
    began, total = time.process_time(), 0
    for turn in range(_TURNS):
        total += turn & 7
    return (time.process_time() - began) * 1000
