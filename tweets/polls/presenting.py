"""Polls as a viewer sees them: what a card says for everybody, joined with the counts and the viewer's own vote.

Asked along with everything else about a page, and only if something on it has a poll.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.utils import timezone

from stores.wire import Command
from tweets.cards import TweetCard
from tweets.counts import polls as counts
from tweets.polls import votes

Cards = Mapping[int, TweetCard]


def questions(viewer_id: int | None, poll_ids: Sequence[int]) -> list[Command]:
    """What to ask Redis (`stores.wire`) about these polls; `complete` reads the answers."""
    if not poll_ids:
        return []
    of_viewer = [votes.question(viewer_id, poll_ids)] if viewer_id is not None else []
    return [counts.question(poll_ids), *of_viewer]


def complete(viewer_id: int | None, poll_ids: Sequence[int], cards: Cards, answers: Iterator[Any]) -> dict[int, bytes]:
    """The API's Poll by tweet, from the next of the answers and, where these are silent, from PostgreSQL.

    Args:
        cards: of the tweets with these polls, as far as they are still there.
    """
    if not poll_ids:
        return {}
    counted = counts.complete(poll_ids, next(answers))
    cast = votes.complete(viewer_id, poll_ids, next(answers)) if viewer_id is not None else {}
    return _shown(poll_ids, viewer_id, cards, counted, cast)


def load(viewer_id: int | None, cards: Cards) -> dict[int, bytes]:
    """The same by PostgreSQL alone, for all that have one."""
    poll_ids = [tweet_id for tweet_id, card in cards.items() if card.poll]
    if not poll_ids:
        return {}
    cast = votes.load(viewer_id, poll_ids) if viewer_id is not None else {}
    return _shown(poll_ids, viewer_id, cards, counts.load(poll_ids), cast)


def _shown(
    poll_ids: Sequence[int], viewer_id: int | None, cards: Cards, counted: dict[int, bytes], cast: dict[int, bytes]
) -> dict[int, bytes]:
    now = timezone.now()
    return {
        poll_id: orjson.dumps(
            _poll(
                orjson.loads(cards[poll_id].poll),
                list(orjson.loads(counted[poll_id]).values()),
                int(cast.get(poll_id, votes.NONE)),
                is_own=cards[poll_id].author_id == viewer_id,
                now=now,
            )
        )
        for poll_id in poll_ids
        if poll_id in cards
    }


def _poll(asked: dict[str, Any], counted: list[int], voted_for: int, *, is_own: bool, now: datetime) -> dict[str, Any]:
    """How many voted is for everybody, what they voted for whoever has voted or asked, and for all in the end."""
    closed = datetime.fromisoformat(asked["ends_at"]) <= now
    tells = bool(closed or voted_for or is_own)
    choices = [
        {"position": position, "text": text, "votes": count if tells else None}
        for position, (text, count) in enumerate(zip(asked["choices"], counted, strict=False), start=1)
    ]
    return {
        "choices": choices,
        "ends_at": asked["ends_at"],
        "closed": closed,
        "votes": sum(counted),
        "voted_for": voted_for or None,
    }
