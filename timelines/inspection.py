"""Packed lists looked at from outside, by whoever is not their reader: nothing is renewed, nothing warmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import unpack_from

from stores import redis
from timelines import inbox, packed
from timelines.inbox import AUTHORED, INBOX, TAGGED

KINDS = {INBOX: (INBOX, "ties", "pulls"), AUTHORED: (AUTHORED,), TAGGED: (TAGGED,)}


@dataclass(frozen=True, slots=True)
class Seen:
    """A warm list.

    Attributes:
        entries: the ids above the floor, as packed.
        ties, pulls, tags: of an inbox.
    """

    floor: int
    entries: bytes
    ties: frozenset[int] = frozenset()
    pulls: frozenset[int] = frozenset()
    tags: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.entries) // 8


def look(kind: str, owner_ids: Sequence[int]) -> dict[int, Seen]:
    """The warm lists of these owners.

    Raises:
        RedisError: nobody knows.
    """
    pipe = redis.timelines().pipeline(transaction=False)
    for owner_id in owner_ids:
        pipe.get(inbox.key(kind, owner_id))
        if kind == INBOX:
            pipe.smembers(inbox.key("ties", owner_id))
            pipe.get(inbox.key("pulls", owner_id))
    answers = iter(pipe.execute())
    found = zip(owner_ids, zip(*[answers] * len(KINDS[kind]), strict=True), strict=True)
    return {owner_id: _seen(*each) for owner_id, each in found if _is_warm(*each)}


def _is_warm(stored: bytes | None, *beside: object) -> bool:
    return stored is not None and not stored.startswith(packed.INFINITY) and all(beside)


def _seen(stored: bytes, ties: frozenset[bytes] = frozenset(), pulls: bytes = b"") -> Seen:
    authors, tags = inbox.unpack_pulls(pulls)
    return Seen(
        floor=unpack_from(">Q", stored)[0],
        entries=stored[8:],
        ties=frozenset(map(int, ties)),
        pulls=frozenset(authors),
        tags=frozenset(tags),
    )


def bytes_each(kind: str, owner_ids: Sequence[int]) -> float:
    """What a warm list takes of Redis' memory, with all that stands beside it, on average over these owners.

    Raises:
        RedisError: nobody knows.
    """
    if not owner_ids:
        return 0.0
    pipe = redis.timelines().pipeline(transaction=False)
    for owner_id in owner_ids:
        for part in KINDS[kind]:
            pipe.memory_usage(inbox.key(part, owner_id), samples=0)
    return float(sum(size or 0 for size in pipe.execute()) / len(owner_ids))
