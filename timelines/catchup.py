"""What a reader missed in home: of a span of time, most engaged first or author by author; beside home, never instead.

Of the newest `LOOKED_AT` entries of home within the span an order is made once, for the first page, and kept for the
pages after it. Home's own rules judge every page anew.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import orjson
from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from timelines import home, markers
from timelines.feed import FeedPage
from tweets.models import id_at
from tweets.presenting import gather

LOOKED_AT = 800
KEPT_SECONDS = 900
LAST_VISIT = "visit"
SPANS = {
    "6h": timedelta(hours=6),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "1w": timedelta(weeks=1),
}
ENGAGEMENT, AUTHOR = "engagement", "author"


@dataclass(frozen=True, slots=True)
class Entry:
    """
    Attributes:
        tweet_id, author_id: of the entry; for a retweet, who retweeted.
        engagement: likes, retweets, quotes and replies of what is shown.
    """

    tweet_id: int
    author_id: int
    engagement: int


def page(reader: User, *, span: str, by: str, before: int | None = None, limit: int = 20) -> FeedPage:
    """A page of what the reader missed.

    Args:
        span: one of `SPANS`, or `LAST_VISIT`: since where he has read home, or a day where that is not known.
        by: `ENGAGEMENT`, or `AUTHOR`: the author of the most engaged tweets first, each one's tweets newest first.
        before: the cursor of an earlier page, a place in the order counted from its end.
    """
    ranked = Ranked(_order(reader, span, by, is_first=before is None))
    feed = replace(home.feed_of(reader), skeleton=ranked, tweet_at=ranked.tweet_at, window=0)
    return feed.page(before=before, limit=limit)


@dataclass(frozen=True, slots=True)
class Ranked:
    """The skeleton: tweets in an order of their own, at places counted from the end."""

    tweet_ids: Sequence[int]

    def older(self, before: int | None, count: int) -> Sequence[int]:
        top = len(self.tweet_ids) if before is None else min(before - 1, len(self.tweet_ids))
        return range(top, max(0, top - count), -1)

    def newer(self, since: int, count: int) -> Sequence[int]:
        return range(since + 1, min(since + count, len(self.tweet_ids)) + 1)

    def tweet_at(self, place: int) -> int:
        return self.tweet_ids[len(self.tweet_ids) - place]


def _order(reader: User, span: str, by: str, *, is_first: bool) -> list[int]:
    key = f"catch-up:{reader.pk}:{span}:{by}"
    kept: list[int] | None = None if is_first else cache.get(key)
    if kept is not None:
        return kept
    order = ORDERS[by](_entries(reader, _since(reader, span)))
    cache.set(key, order, KEPT_SECONDS)
    return order


def _since(reader: User, span: str) -> int:
    marker = markers.of(reader) if span == LAST_VISIT else None
    return marker.last_read_id if marker else id_at(timezone.now() - SPANS.get(span, SPANS["1d"]))


def _entries(reader: User, since: int) -> list[Entry]:
    """What of home above an id may be seen, newest first, each tweet once, without the reader's own."""
    feed = home.feed_of(reader)
    ids = [each for each in feed.skeleton.older(None, LOOKED_AT)[:LOOKED_AT] if each > since]
    material = gather(ids, reader.pk, feed.ties)
    originals = {each: material.cards[each].retweet_of_id or each for each in feed.rule(material, ids)}
    earliest = {original: each for each, original in originals.items()}  # what retweets it later is left out
    return [
        Entry(each, material.cards[each].author_id, sum(orjson.loads(material.counts[original]).values()))
        for original, each in earliest.items()
        if material.cards[each].author_id != reader.pk
    ]


def _most_engaged_first(entries: Sequence[Entry]) -> list[int]:
    ordered = sorted(entries, key=lambda entry: (entry.engagement, entry.tweet_id), reverse=True)
    return [entry.tweet_id for entry in ordered]


def _author_by_author(entries: Sequence[Entry]) -> list[int]:
    groups: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[entry.author_id].append(entry)
    ordered = sorted(groups.values(), key=_weight, reverse=True)
    return [each for group in ordered for each in sorted((entry.tweet_id for entry in group), reverse=True)]


def _weight(group: Sequence[Entry]) -> tuple[int, int]:
    return sum(entry.engagement for entry in group), max(entry.tweet_id for entry in group)


ORDERS: dict[str, Callable[[Sequence[Entry]], list[int]]] = {
    ENGAGEMENT: _most_engaged_first,
    AUTHOR: _author_by_author,
}
