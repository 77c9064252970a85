"""PostgreSQL's own answer: which tweets belong into a reader's home, whatever Redis holds.

A tweet belongs if it is not deleted and by the reader, or by somebody he follows and, being a reply, answers its own
author, the reader, or somebody he follows. Everything that hides tweets (suspension, mutes ...) is no matter of
belonging: rules see to it at every read.
"""

from django.db import connection

from timelines.inbox import Contents
from timelines.plans import Plan
from tweets.models import Tweet

_BELONGS = """t.deleted_at IS NULL AND (
    t.author_id = %(reader)s OR t.in_reply_to_user_id IS NULL OR t.in_reply_to_user_id IN (t.author_id, %(reader)s)
    OR EXISTS (SELECT FROM accounts_follow r
        WHERE r.follower_id = %(reader)s AND r.followee_id = t.in_reply_to_user_id))"""

_AUTHORS = """SELECT followee_id AS author_id FROM accounts_follow WHERE follower_id = %(reader)s
    UNION ALL SELECT %(reader)s"""

_PLAN = Plan(_AUTHORS, _BELONGS)


def older(reader_id: int, before: int | None, limit: int, *, pushed_only: bool = False) -> list[int]:
    """The newest belonging ids below a cursor, newest first.

    Args:
        pushed_only: leave out tweets that are pulled from their author's own list.
    """
    reach = f"AND t.reach = {Tweet.Reach.PUSH.value}" if pushed_only else ""
    return _PLAN.older({"reader": reader_id}, before, limit, reach)


def newer(reader_id: int, since: int, limit: int) -> list[int]:
    """The oldest belonging ids above a cursor, oldest first."""
    return _PLAN.newer({"reader": reader_id}, since, limit)


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
