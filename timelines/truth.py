"""PostgreSQL's own answer: which tweets belong into a reader's home, whatever Redis holds.

A tweet belongs if it is not deleted and by the reader, or by somebody he follows and, being a reply, answers its own
author, the reader, or somebody he follows. Everything that hides tweets (suspension, mutes ...) is no matter of
belonging: rules see to it at every read.

Two plans, both exact. By author: the newest few of each followed author give a bound that the page lies above; then
everything above the bound, author by author. By id: for readers of very many, the newest tweets of all are looked
through first, and only when too few of them belong the other plan takes over.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from timelines.inbox import Contents
from tweets.models import Tweet

MANY_FOLLOWED = 500
LOOKED_THROUGH = 20  # tweets looked through by id for each one wanted

_BELONGS = """t.deleted_at IS NULL AND (
    t.author_id = %(reader)s OR t.in_reply_to_user_id IS NULL OR t.in_reply_to_user_id IN (t.author_id, %(reader)s)
    OR EXISTS (SELECT FROM accounts_follow r
        WHERE r.follower_id = %(reader)s AND r.followee_id = t.in_reply_to_user_id))"""

_AUTHORS = """SELECT followee_id AS author_id FROM accounts_follow WHERE follower_id = %(reader)s
    UNION ALL SELECT %(reader)s"""

_OLDER = f"""
WITH authors AS MATERIALIZED ({_AUTHORS}),
few AS (
    SELECT t.id FROM authors a CROSS JOIN LATERAL (
        SELECT t.id FROM tweets_tweet t
        WHERE t.author_id = a.author_id AND t.id < %(before)s {{reach}} AND {_BELONGS}
        ORDER BY t.id DESC LIMIT GREATEST(2, 4 * %(limit)s / (SELECT count(*) FROM authors))) t),
bound AS (SELECT id FROM few ORDER BY id DESC OFFSET %(limit)s - 1 LIMIT 1)
SELECT t.id FROM authors a CROSS JOIN LATERAL (
    SELECT t.id FROM tweets_tweet t
    WHERE t.author_id = a.author_id AND t.id < %(before)s {{reach}} AND {_BELONGS}
        AND t.id >= COALESCE((SELECT id FROM bound), 0)
    ORDER BY t.id DESC LIMIT %(limit)s) t
ORDER BY t.id DESC LIMIT %(limit)s"""

_NEWER = f"""
SELECT t.id FROM ({_AUTHORS}) a CROSS JOIN LATERAL (
    SELECT t.id FROM tweets_tweet t
    WHERE t.author_id = a.author_id AND t.id > %(since)s AND {_BELONGS}
    ORDER BY t.id LIMIT %(limit)s) t
ORDER BY t.id LIMIT %(limit)s"""

_OLDER_BY_ID = f"""
SELECT t.id FROM (
    SELECT id, author_id, in_reply_to_user_id, deleted_at, reach FROM tweets_tweet
    WHERE id < %(before)s ORDER BY id DESC LIMIT {LOOKED_THROUGH} * %(limit)s) t
WHERE t.author_id IN ({_AUTHORS}) {{reach}} AND {_BELONGS}
ORDER BY t.id DESC LIMIT %(limit)s"""

NO_CURSOR = 2**63 - 1


def older(reader_id: int, before: int | None, limit: int, *, pushed_only: bool = False) -> list[int]:
    """The newest belonging ids below a cursor, newest first.

    Args:
        pushed_only: leave out tweets that are pulled from their author's own list.
    """
    values = {"reader": reader_id, "before": NO_CURSOR if before is None else before, "limit": limit}
    reach = f"AND t.reach = {Tweet.Reach.PUSH.value}" if pushed_only else ""
    if _follows_many(reader_id):
        found = _ids(_OLDER_BY_ID.format(reach=reach), values)
        if len(found) == limit:
            return found
    return _ids(_OLDER.format(reach=reach), values)


def newer(reader_id: int, since: int, limit: int) -> list[int]:
    """The oldest belonging ids above a cursor, oldest first."""
    return _ids(_NEWER, {"reader": reader_id, "since": since, "limit": limit})


def _follows_many(reader_id: int) -> bool:
    sql = f"SELECT count(*) FROM (SELECT FROM accounts_follow WHERE follower_id = %s LIMIT {MANY_FOLLOWED}) f"
    with connection.cursor() as cursor:
        cursor.execute(sql, [reader_id])
        return bool(cursor.fetchone()[0] == MANY_FOLLOWED)


def _ids(sql: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


def inbox_contents(reader_id: int, most: int) -> Contents:
    """What belongs into a reader's inbox, and whom he follows and pulls.

    Args:
        most: how many ids.
    """
    sql = f"""SELECT a.author_id, c.author_id IS NOT NULL FROM ({_AUTHORS}) a
        LEFT JOIN timelines_crowd c ON c.author_id = a.author_id"""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"reader": reader_id})
        authors = cursor.fetchall()
    ids = older(reader_id, None, most, pushed_only=True)
    return Contents(ids, [author for author, _ in authors], [author for author, is_pull in authors if is_pull])


def authored_contents(author_id: int, most: int) -> Contents:
    """What belongs into the list of an author who is pulled."""
    return Contents(authored(author_id, None, most))


def authored(author_id: int, before: int | None, limit: int) -> list[int]:
    """An author's newest ids below a cursor, newest first; without those that were pushed, which inboxes hold."""
    rows = Tweet.objects.filter(author=author_id, deleted_at=None, reach=Tweet.Reach.PULL)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:limit])


def ties_among(reader_id: int, person_ids: Sequence[int]) -> set[int]:
    """Whom of these people a reader follows."""
    sql = "SELECT followee_id FROM accounts_follow WHERE follower_id = %(reader)s AND followee_id = ANY(%(people)s)"
    return set(_ids(sql, {"reader": reader_id, "people": list(person_ids)}))
