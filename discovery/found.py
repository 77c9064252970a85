"""The tweets that a search finds, newest first, with work that has a bound whatever is asked.

First the newest tweets are looked through: what is common is among them. If that was not enough, and PostgreSQL expects
few to be found, the index finds all of them. Only what is common as a whole and rare of late is left; then many more
tweets are looked through, and where even that ends a page ends too, short, with a cursor from which to look on.
docs/adr/0013 has the figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from django.db import OperationalError, connection, transaction

from discovery.asking import BIGGEST_ID
from timelines.feed import FeedPage

LOOKED_AT_FIRST = 2000
LOOKED_AT_MOST = 50_000
MOST_BY_INDEX = 30_000  # what PostgreSQL may expect the index to find
INDEX_MILLISECONDS = 1000  # for when it expected wrong

_ALL = "SELECT w.tweet_id, w.words FROM tweets_tweetwords w WHERE w.tweet_id BETWEEN %(low)s AND %(high)s"

_BY_AUTHORS = """SELECT t.id AS tweet_id, w.words FROM tweets_tweet t JOIN tweets_tweetwords w ON w.tweet_id = t.id
    WHERE t.author_id = %(author)s AND t.deleted_at IS NULL AND t.id BETWEEN %(low)s AND %(high)s"""

_LOOK = """
WITH looked AS MATERIALIZED ({tweets} ORDER BY tweet_id {direction} LIMIT %(most)s)
SELECT ARRAY(SELECT tweet_id FROM looked l WHERE {condition} ORDER BY tweet_id {direction} LIMIT %(count)s),
    count(*), min(tweet_id), max(tweet_id) FROM looked"""

_INDEXED = """
WITH matching AS MATERIALIZED (SELECT tweet_id FROM tweets_tweetwords w WHERE w.words @@ %(words)s::tsquery)
SELECT tweet_id FROM matching l WHERE tweet_id BETWEEN %(low)s AND %(high)s AND {condition}
ORDER BY tweet_id {direction} LIMIT %(count)s"""

_NOT_BY = """NOT EXISTS (SELECT FROM tweets_tweet t WHERE t.id = l.tweet_id AND t.author_id = ANY(%(not_authors)s))"""


@dataclass(frozen=True, slots=True)
class Sought:
    """A search with people instead of names.

    Attributes:
        words: a tsquery; empty for any words.
        author_id: whose tweets alone are looked through.
    """

    words: str = ""
    author_id: int | None = None
    not_author_ids: tuple[int, ...] = ()
    first: int = 0
    last: int = BIGGEST_ID


@dataclass(slots=True)
class Found:
    """The skeleton of a search. It never takes long; where it ends before there is no more, `ended_at` says so.

    Attributes:
        ended_at: the id up to which it has looked, when there may be more beyond it.
    """

    sought: Sought
    ended_at: int | None = None

    def older(self, before: int | None, count: int) -> Sequence[int]:
        high = self.sought.last if before is None else min(self.sought.last, before - 1)
        return self._find("DESC", self.sought.first, high, count)

    def newer(self, since: int, count: int) -> Sequence[int]:
        return self._find("ASC", max(self.sought.first, since + 1), self.sought.last, count)

    def _find(self, direction: str, low: int, high: int, count: int) -> list[int]:
        self.ended_at = None
        found: list[int] = []
        for most, then in ((LOOKED_AT_FIRST, self._by_index), (LOOKED_AT_MOST, None)):
            ids, looked, lowest, highest = self._look(direction, low, high, most, count - len(found))
            found += ids
            if len(found) == count or looked < most:
                return found
            low, high = (low, lowest - 1) if direction == "DESC" else (highest + 1, high)
            rest = then(direction, low, high, count - len(found)) if then else None
            if rest is not None:
                return found + rest
        self.ended_at = lowest if direction == "DESC" else highest
        return found

    def _look(self, direction: str, low: int, high: int, most: int, count: int) -> tuple[list[int], int, int, int]:
        """What is found among the next so many tweets, how many these are, and where they begin and end."""
        tweets = _ALL if self.sought.author_id is None else _BY_AUTHORS
        condition = self._condition("l.words @@ %(words)s::tsquery" if self.sought.words else "true")
        sql = _LOOK.format(tweets=tweets, direction=direction, condition=condition)
        with connection.cursor() as cursor:
            cursor.execute(sql, self._values(low=low, high=high, most=most, count=count))
            ids, looked, lowest, highest = cursor.fetchone()
        return ids, looked, lowest, highest

    def _condition(self, condition: str) -> str:
        return f"{condition} AND {_NOT_BY}" if self.sought.not_author_ids else condition

    def _values(self, **values: int) -> dict[str, Any]:
        sought = self.sought
        return values | {
            "words": sought.words,
            "author": sought.author_id,
            "not_authors": list(sought.not_author_ids),
        }

    def _by_index(self, direction: str, low: int, high: int, count: int) -> list[int] | None:
        """All that the index finds; None where that would take long."""
        if not self.sought.words or self.sought.author_id is not None or self._expected() > MOST_BY_INDEX:
            return None
        sql = _INDEXED.format(direction=direction, condition=self._condition("true"))
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {INDEX_MILLISECONDS}")
                cursor.execute(sql, self._values(low=low, high=high, count=count))
                ids = [row[0] for row in cursor.fetchall()]
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
        except OperationalError:
            return None
        return ids

    def _expected(self) -> int:
        """How many tweets PostgreSQL expects to have these words."""
        with connection.cursor() as cursor:
            cursor.execute(
                "EXPLAIN (FORMAT JSON) SELECT FROM tweets_tweetwords w WHERE w.words @@ %s::tsquery",
                [self.sought.words],
            )
            plan = cursor.fetchone()[0]
        return int((orjson.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"])

    def completed(self, page: FeedPage, is_upwards: bool) -> FeedPage:
        """The page, with a cursor from which to look on where it ends before there is no more."""
        if self.ended_at is None:
            return page
        if is_upwards:
            return replace(page, newer=max(page.newer, self.ended_at))
        return page if page.older is not None else replace(page, older=self.ended_at)
