"""What a viewer has voted, kept in Redis as finished bytes: a position, or 0 for no vote.

As with cards, whoever selected before a vote can't put "none" back after it: voting blocks the key before it commits,
for longer than a transaction may last, and filling never overwrites.
"""

from collections.abc import Sequence
from functools import partial

from stores import cards, redis
from stores.wire import Command
from tweets.models import PollVote

NONE = b"0"


def _kind(viewer_id: int) -> str:
    return f"vote:{viewer_id}"


def question(viewer_id: int, poll_ids: Sequence[int]) -> Command:
    """What to ask Redis (`stores.wire`); `complete` reads the answer."""
    return cards.question(_kind(viewer_id), poll_ids)


def complete(viewer_id: int, poll_ids: Sequence[int], cached: Sequence[bytes | None]) -> dict[int, bytes]:
    return cards.complete(_kind(viewer_id), poll_ids, cached, partial(load, viewer_id))


def load(viewer_id: int, poll_ids: Sequence[int]) -> dict[int, bytes]:
    """PostgreSQL's own answer."""
    rows = PollVote.objects.filter(poll__in=poll_ids, user=viewer_id).values_list("poll_id", "choice")
    return dict.fromkeys(poll_ids, NONE) | {poll_id: b"%d" % choice for poll_id, choice in rows}


def block(viewer_id: int, poll_id: int) -> None:
    """To be called within the transaction that votes, before it commits."""
    try:
        cards.drop(_kind(viewer_id), [poll_id])
    except redis.RedisError:
        pass  # one that comes back with its data shows the choices once more; a second vote does not count
