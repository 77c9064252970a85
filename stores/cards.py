"""A cache of finished bytes by id, which a reader who is late can't fill with something old.

Dropping leaves an empty value for `DROPPED_SECONDS`, longer than a request may last; filling never overwrites. So
whoever selected a row before a change can't put the old card back after it. Empty reads as missing.
"""

from collections.abc import Callable, Iterable, Sequence

from stores import redis, wire
from stores.wire import Command

KEPT_SECONDS = 3600
DROPPED_SECONDS = 15

Load = Callable[[Sequence[int]], dict[int, bytes]]


def key(kind: str, row_id: int) -> str:
    return f"{kind}:{row_id}"


def question(kind: str, row_ids: Sequence[int]) -> Command:
    """What to ask Redis (`stores.wire`) for the cards of these rows; `complete` reads the answer."""
    return "MGET", *[f"{kind}:{each}" for each in row_ids]


def fetch(kind: str, row_ids: Sequence[int], load: Load) -> dict[int, bytes]:
    """The cards of these rows; `load` answers for the missing ones. A row that is gone has no card."""
    if not row_ids:
        return {}
    try:
        (cached,) = wire.ask([question(kind, row_ids)])
    except redis.RedisError:
        cached = [None] * len(row_ids)
    return complete(kind, row_ids, cached, load)


def complete(kind: str, row_ids: Sequence[int], cached: Sequence[bytes | None], load: Load) -> dict[int, bytes]:
    """What `MGET` of the keys said, with the missing ones loaded and kept for the next reader."""
    found = {each: card for each, card in zip(row_ids, cached, strict=True) if card}
    if len(found) < len(row_ids):
        missing = [each for each in row_ids if each not in found]
        loaded = load(missing)
        _keep(kind, loaded)
        found |= loaded
    return found


def _keep(kind: str, loaded: dict[int, bytes]) -> None:
    try:
        wire.ask([keeping(kind, row_id, card) for row_id, card in loaded.items()])
    except redis.RedisError:
        pass  # the next reader loads it too


def keeping(kind: str, row_id: int, card: bytes) -> Command:
    """What to tell Redis (`stores.wire`) to keep a card."""
    return "SET", key(kind, row_id), card, "EX", KEPT_SECONDS, "NX"


def drop(kind: str, row_ids: Iterable[int]) -> None:
    """Forget these cards. To be called after the commit that changed the rows.

    Raises:
        redis.RedisError: they are not forgotten.
    """
    pipe = redis.timelines().pipeline(transaction=False)
    for row_id in row_ids:
        pipe.set(key(kind, row_id), b"", ex=DROPPED_SECONDS)
    pipe.execute()
