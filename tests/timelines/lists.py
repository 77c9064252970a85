"""Packed lists as tests look at them: what lies in Redis, read without the code that is tested."""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import unpack
from typing import Any

from accounts.models import User
from stores import redis
from timelines import home, inbox
from timelines.inbox import INBOX, Contents

INFINITY = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Stored:
    """A finished list: its floor, and its ids in the order in which they lie there."""

    floor: int
    ids: list[int]


def stored(owner_id: int, kind: str = INBOX) -> Stored | None:
    """The finished list of this owner; None when it is cold."""
    raw: Any = redis.timelines().get(inbox.key(kind, owner_id))
    if raw is None:
        return None
    floor, *ids = unpack(f">{len(raw) // 8}Q", raw)
    assert floor != INFINITY, "the list is being built"
    return Stored(floor, ids)


def building(owner_id: int, kind: str = INBOX) -> list[int]:
    """What has been delivered into a list that is being built."""
    raw: Any = redis.timelines().get(inbox.key(kind, owner_id))
    assert raw is not None, "the list is cold"
    floor, _token, *ids = unpack(f">{len(raw) // 8}Q", raw)
    assert floor == INFINITY, "the list is finished"
    return list(ids)


def deliver(owner_id: int, *ids: int, kind: str = INBOX) -> int:
    return inbox.deliver(kind, {owner_id: inbox.pack_ids(ids)})


def rebuild(
    owner_id: int,
    ids: Sequence[int] = (),
    *,
    ties: Sequence[int] = (),
    pulls: Sequence[int] = (),
    tags: Sequence[int] = (),
    kind: str = INBOX,
) -> bool:
    """Warm a list up with these ids, in any order; as PostgreSQL would, hand over only the newest and one more."""
    newest = sorted(ids, reverse=True)[: inbox.half() + 1]
    return inbox.rebuild(kind, owner_id, lambda: Contents(newest, ties, pulls, tags))


def companions(owner_id: int) -> list[str]:
    """The keys of an inbox: itself, ties, pulls."""
    return [inbox.key(each, owner_id) for each in (INBOX, "ties", "pulls")]


def read(owner_id: int, *, before: int | None = None, since: int | None = None, count: int = 100) -> inbox.Held | None:
    return inbox.read([(INBOX, owner_id)], before, since, count)[0]


def shown(reader: User, **cursor: Any) -> list[int]:
    """The ids of a page of somebody's home."""
    return [int(tweet["id"]) for tweet in home.page(reader, **cursor).shown()]
