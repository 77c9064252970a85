"""How many notifications somebody has not read: on every page, so Redis keeps it for a minute.

Whoever changes what it is made of blocks the key afterwards for longer than a request may last, and filling never
overwrites: nobody who counted before a change can keep his figure after it.
"""

from collections.abc import Collection

from django.db import DatabaseError

from notifications import queries
from notifications.queries import Filter
from notifications.reading import Look
from stores import redis, wire

KEPT_SECONDS = 60
BLOCKED_SECONDS = 15
MOST = 99
LOOKED_AT = 1000  # behind so many that are hidden, nobody looks for one that is not


def count(user_id: int) -> int:
    """How many there are that may be shown, `MOST` and one more for all above."""
    try:
        (kept,) = wire.ask([("GET", _key(user_id))])
    except redis.RedisError:
        return load(user_id)
    return int(kept) if kept else _keep(user_id, load(user_id))


def load(user_id: int) -> int:
    """PostgreSQL's own answer: what the page would show as unread, of the latest `LOOKED_AT` at most."""
    look = Look(user_id, Filter.ALL, queries.read_up_to(user_id))
    number, before = 0, None
    for _ in range(LOOKED_AT // (MOST + 1)):
        unread = queries.older(user_id, Filter.ALL, before, MOST + 1, above=look.read_up_to)
        number += sum(entry is not None for entry in look.judged(unread))
        if number > MOST or len(unread) <= MOST:
            break
        before = unread[-1].position
    return min(number, MOST + 1)


def badge(user_id: int) -> str:
    """The same as the navigation says it; nothing for none, or while nobody knows."""
    try:
        return written(count(user_id))
    except DatabaseError:
        return ""


def written(number: int) -> str:
    """A figure as a badge has it."""
    if number > MOST:
        return f"{MOST}+"
    return str(number) if number else ""


def forget(user_ids: Collection[int]) -> None:
    """Count anew. To be called after the commit of what has changed; a Redis that is away counts anew in a minute."""
    try:
        wire.ask([("SET", _key(each), b"", "EX", BLOCKED_SECONDS) for each in user_ids])
    except redis.RedisError:
        pass  # what it holds of it expires


def _key(user_id: int) -> str:
    return f"unread:{user_id}"


def _keep(user_id: int, number: int) -> int:
    try:
        wire.ask([("SET", _key(user_id), number, "EX", KEPT_SECONDS, "NX")])
    except redis.RedisError:
        pass  # the next page counts too
    return number
