"""Home as one would write it first: a join of tweets, follows and users, asked anew at every read."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.db import connection

PAGE = 20

_COLUMNS = """t.id, t.text, t.in_reply_to_id, t.conversation_id, t.retweet_of_id, t.quote_of_id, t.replies_count,
    t.retweets_count, t.quotes_count, t.likes_count, u.username, u.name, u.avatar"""

_HOME = f"""
SELECT {_COLUMNS} FROM tweets_tweet t
JOIN accounts_follow f ON f.followee_id = t.author_id AND f.follower_id = %(reader)s
JOIN accounts_user u ON u.id = t.author_id
WHERE t.deleted_at IS NULL AND u.is_active
ORDER BY t.id DESC LIMIT {PAGE}"""

_REFERENCES = f"""
SELECT {_COLUMNS} FROM tweets_tweet t JOIN accounts_user u ON u.id = t.author_id
WHERE t.id = ANY(%(ids)s) AND t.deleted_at IS NULL AND u.is_active"""

_LIKED = "SELECT tweet_id FROM tweets_like WHERE user_id = %(reader)s AND tweet_id = ANY(%(ids)s)"

Row = Mapping[str, Any]


def home(reader_id: int) -> bytes:
    """The newest page as JSON."""
    page = _rows(_HOME, reader=reader_id)
    named = {row[column] for row in page for column in ("retweet_of_id", "quote_of_id") if row[column]}
    references = {row["id"]: row for row in _rows(_REFERENCES, ids=list(named))}
    ids = [row["id"] for row in (*page, *references.values())]
    liked = {row["tweet_id"] for row in _rows(_LIKED, reader=reader_id, ids=ids)}
    return orjson.dumps({"results": list(_shown(page, references, liked))})


def _shown(page: Iterable[Row], references: Mapping[int, Row], liked: set[int]) -> Iterable[Row]:
    for row in page:
        retweeted, quoted = (references.get(row[column]) for column in ("retweet_of_id", "quote_of_id"))
        yield {**row, "liked": row["id"] in liked, "retweet_of": retweeted, "quote_of": quoted}


def _rows(sql: str, **values: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
