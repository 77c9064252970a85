"""The lists of crowds and tags: of these a reader may pull a hundred at a time.

`inbox.read` runs a script for each list, at some 30 µs of Redis and 60 of the web process; a hundred cost four times
what all else does that is done for a page (bench row 2). Nearly always a list's newest entries are enough, and plain
commands tell these. The script is left what only it can do: to find a place deep in a list, and to prolong the life of
one that is read, for which it is enough that each process asks it now and then.
"""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from timelines import generation, inbox
from timelines.inbox import End, Held

PLAINLY_SECONDS = 3600  # the script prolongs a life of 30 days that has lost one of them
MOST_KNOWN = 50_000
NEAR = 64  # how many of the newest entries are looked through for a cursor

List: TypeAlias = tuple[str, int]
_Find: TypeAlias = Callable[[Held], Held | None]

known: dict[tuple[str, int, int, int], tuple[float, End]] = {}
"""What to ask plainly, and until when (of the monotonic clock), by kind, owner, generation and number of entries."""


def read(lists: Sequence[List], before: int | None, since: int | None, count: int) -> list[Held | None]:
    """As `inbox.read`, of lists that are no inboxes.

    Raises:
        RedisError: nobody knows.
    """
    wanted = count if before is None and since is None else max(NEAR, count)
    held = _newest(lists, wanted, _finder(before, since, count))
    deep = [each for each in lists if each not in held]
    if deep:
        held |= zip(deep, inbox.read(deep, before, since, count), strict=True)
        _get_to_know(deep, wanted)
    return [held[each] for each in lists]


def _newest(lists: Sequence[List], wanted: int, find: _Find) -> dict[List, Held | None]:
    """What the ends of those lists say that are known and need no deeper look; None for a cold one."""
    now, number = time.monotonic(), generation.current()
    kept = [(each, known.get((*each, number, wanted), (0.0, (b"", b"")))) for each in lists]
    asked = [(each, question) for each, (until, question) in kept if until > now]
    ends = inbox.read_ends([question for _, question in asked])
    found = {each: end and find(end) for (each, _), end in zip(asked, ends, strict=True)}
    return {each: held for (each, held), end in zip(found.items(), ends, strict=True) if held or end is None}


def _finder(before: int | None, since: int | None, count: int) -> _Find:
    """Takes from the end of a list what was asked for; None where it has to be looked for deeper."""
    if since is not None:
        return partial(_above, since, count)
    return partial(_below, before, count) if before is not None else _all


def _all(end: Held) -> Held:
    return end


def _above(since: int, count: int, end: Held) -> Held | None:
    if end.floor > since:
        return None
    start = bisect_right(end.ids, since)
    return Held(end.floor, end.ids[start : start + count])


def _below(before: int, count: int, end: Held) -> Held | None:
    stop = bisect_left(end.ids, before)
    if stop < count and end.floor:
        return None
    start = max(0, stop - count)
    return Held(end.ids[start - 1] if start else end.floor, end.ids[start:stop])


def _get_to_know(lists: Sequence[List], wanted: int) -> None:
    """From now on, and for a while, ask plainly for these, which the script has just seen."""
    if len(known) > MOST_KNOWN:
        known.clear()
    number, until = generation.current(), time.monotonic() + PLAINLY_SECONDS
    for each in lists:
        known[*each, number, wanted] = until, inbox.end_question(*each, number, wanted)
