"""Which tweets stand around a tweet: what it answers, how its author goes on, and what answers an answer.

Each is one statement, however long the conversation, and each reads a bounded number of rows: `WITHIN` answers of a
tweet are looked at to choose the one that is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tweets.models import Tweet

WITHIN = 50

_UP = """
WITH RECURSIVE up AS (
    SELECT in_reply_to_id AS id, 1 AS depth FROM tweets_tweet WHERE id = %(tweet)s
    UNION ALL
    SELECT t.in_reply_to_id, up.depth + 1 FROM tweets_tweet t JOIN up ON t.id = up.id WHERE up.depth < %(most)s)
SELECT id FROM up WHERE id IS NOT NULL ORDER BY depth DESC"""

# Whatever answers its own author answers by that author: the index of these rows needs to know of no other.
_ON = """
WITH RECURSIVE own AS (
    SELECT id, author_id, 0 AS depth FROM tweets_tweet WHERE id = %(tweet)s
    UNION ALL
    SELECT next.id, next.author_id, own.depth + 1 FROM own CROSS JOIN LATERAL (
        SELECT id, author_id FROM tweets_tweet
        WHERE in_reply_to_id = own.id AND in_reply_to_user_id = author_id AND deleted_at IS NULL
        ORDER BY id LIMIT 1) next
    WHERE own.depth < %(most)s)
SELECT id FROM own WHERE depth > 0 ORDER BY depth"""

_BENEATH = f"""
WITH RECURSIVE beneath AS (
    SELECT id AS top, author_id AS top_author, id, 0 AS depth, FALSE AS more
    FROM tweets_tweet WHERE id = ANY(%(replies)s)
    UNION ALL
    SELECT b.top, b.top_author, chosen.id, b.depth + 1, chosen.many > 1 FROM beneath b CROSS JOIN LATERAL (
        SELECT id, count(*) OVER () AS many FROM (
            SELECT id, author_id FROM tweets_tweet WHERE in_reply_to_id = b.id AND deleted_at IS NULL
            ORDER BY id LIMIT {WITHIN}) answers
        ORDER BY author_id = %(author)s DESC, author_id = b.top_author DESC, id LIMIT 1) chosen
    WHERE b.depth <= %(most)s)
SELECT top, array_agg(id ORDER BY depth) FILTER (WHERE depth BETWEEN 1 AND %(most)s),
    bool_or(more) OR bool_or(depth > %(most)s)
FROM beneath GROUP BY top"""


@dataclass(frozen=True, slots=True)
class Beneath:
    """What is shown beneath an answer.

    Attributes:
        ids: an answer to it, an answer to that, and so on.
        more: whether there are others.
    """

    ids: list[int]
    more: bool


def ancestor_ids(tweet_id: int, most: int) -> list[int]:
    """The tweets answered, from the farthest down to the one that this tweet answers; the farthest may be gone."""
    return [row[0] for row in _rows(_UP, {"tweet": tweet_id, "most": most})]


def thread_ids(tweet_id: int, most: int) -> list[int]:
    """How the author goes on: the first of his answers to the tweet, the first to that, and so on."""
    return [row[0] for row in _rows(_ON, {"tweet": tweet_id, "most": most})]


def beneath(tweet: Tweet, reply_ids: Sequence[int], most: int) -> dict[int, Beneath]:
    """What stands beneath some answers to a tweet: an answer of the tweet's author before one of the answer's own
    author, and these before the oldest by anybody; and so on for the answer chosen.

    Args:
        most: of them, beneath each.
    """
    values = {"replies": list(reply_ids), "author": tweet.author_id, "most": most}
    return {top: Beneath(ids or [], more) for top, ids, more in _rows(_BENEATH, values)}


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
