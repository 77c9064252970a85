"""Searching: tweets, latest or top, and people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from accounts import finding, queries
from accounts.models import User
from discovery import asking
from discovery.asking import BIGGEST_ID, Asked
from discovery.found import Found, Sought
from timelines.feed import Feed, FeedPage
from tweets import words
from tweets.models import ID_SHIFT, id_at

CANDIDATES = 1000
_RANK_BITS = 10
_LAST_RANK = (1 << _RANK_BITS) - 1

_RANKED = """
SELECT id FROM tweets_tweet WHERE id = ANY(%s)
ORDER BY likes_count + 2 * (retweets_count + quotes_count) + replies_count DESC, id DESC"""

NOTHING = FeedPage([], None, 0)


def latest(
    text: str, viewer: User | None, *, before: int | None = None, since: int | None = None, limit: int = 20
) -> FeedPage:
    """A page of what is found, newest first. It may be short, or empty, and still have an older one.

    Raises:
        Nonsense: there is nothing to search for, or it is put wrongly.
    """
    viewer_id = viewer.pk if viewer else None
    sought = _sought(asking.asked(text), viewer_id)
    if sought is None:
        return NOTHING
    found = Found(sought)
    page = Feed(found, viewer_id, window=0).page(before, since, limit)
    return found.completed(page, is_upwards=since is not None)


def top(
    text: str, viewer: User | None, *, before: int | None = None, since: int | None = None, limit: int = 20
) -> FeedPage:
    """A page of the newest thousand that are found, those first that people have liked, retweeted and answered most.
    What came after its first page is on none of them.

    Raises:
        Nonsense: as `latest`.
    """
    viewer_id = viewer.pk if viewer else None
    sought = _sought(asking.asked(text), viewer_id)
    if sought is None:
        return NOTHING
    ranked = Ranked(sought)
    return Feed(ranked, viewer_id, tweet_at=ranked.tweet_at, window=0).page(before, since, limit)


def _sought(asked: Asked, viewer_id: int | None) -> Sought | None:
    """None for what cannot be: tweets by two people, or by somebody who is not there, or not for this viewer."""
    ids = queries.ids_by_username(asked.names())
    if any(name not in ids for name in (*asked.authors, *asked.answered)) or len(asked.authors) > 1:
        return None
    author_id = ids[asked.authors[0]] if asked.authors else None
    if author_id is not None and not finding.may_be_read(author_id, viewer_id):
        return None
    return Sought(
        words=_tsquery(asked, ids),
        author_id=author_id,
        not_author_ids=tuple(ids[name] for name in asked.not_authors if name in ids),
        first=asked.first,
        last=asked.last,
    )


def _tsquery(asked: Asked, ids: Mapping[str, int]) -> str:
    answered = [words.lexeme(words.to(ids[name])) for name in asked.answered]
    not_answered = [words.lexeme(words.to(ids[name])) for name in asked.not_answered if name in ids]
    wanted = [f"({each})" for each in (*asked.wanted, *answered)]
    return " & ".join([*wanted, *(f"!({each})" for each in (*asked.unwanted, *not_answered))])


@dataclass(slots=True)
class Ranked:
    """The skeleton of the top of a search. A position is the moment of the first page, in the milliseconds of ids, and
    a rank: the same search at the same moment has the same candidates, whatever has been posted since.
    """

    sought: Sought
    _tweets: dict[int, int] = field(default_factory=dict)

    def older(self, before: int | None, count: int) -> Sequence[int]:
        moment, rank = _now() if before is None else before >> _RANK_BITS, -1
        if before is not None:
            rank = _LAST_RANK - (before & _LAST_RANK)
        ranked = self._ranked(moment)[rank + 1 :][:count]
        positions = [moment << _RANK_BITS | (_LAST_RANK - each) for each in range(rank + 1, rank + 1 + len(ranked))]
        self._tweets |= dict(zip(positions, ranked, strict=True))
        return positions

    def newer(self, since: int, count: int) -> Sequence[int]:
        return []

    def tweet_at(self, position: int) -> int:
        return self._tweets[position]

    def _ranked(self, moment: int) -> list[int]:
        ids = Found(self.sought).older(min(BIGGEST_ID, moment << ID_SHIFT), CANDIDATES)
        with connection.cursor() as cursor:
            cursor.execute(_RANKED, [list(ids)])
            return [row[0] for row in cursor.fetchall()]


def _now() -> int:
    """A moment later than any tweet there is."""
    return (id_at(timezone.now()) >> ID_SHIFT) + 1
