"""PostgreSQL's own answer: which tweets belong into a reader's home, whatever Redis holds.

A tweet belongs if it is not deleted and by the reader, or by somebody he follows and, being a reply, answers its own
author, the reader, or somebody he follows; or if it has a tag he follows, whoever wrote it and whomever it answers.
Everything that hides tweets (suspension, mutes ...) is no matter of belonging: rules see to it at every read.
"""

from django.db import connection

from timelines.inbox import AUTHORED, INBOX, TAGGED, Contents
from timelines.plans import Plan
from tweets.hashtags import followed_ids
from tweets.models import Tweet, TweetTag

_BELONGS = """t.deleted_at IS NULL AND (
    t.author_id = %(reader)s OR t.in_reply_to_user_id IS NULL OR t.in_reply_to_user_id IN (t.author_id, %(reader)s)
    OR EXISTS (SELECT FROM accounts_follow r
        WHERE r.follower_id = %(reader)s AND r.followee_id = t.in_reply_to_user_id))"""

_AUTHORS = """SELECT followee_id AS author_id FROM accounts_follow WHERE follower_id = %(reader)s
    UNION ALL SELECT %(reader)s"""

_TAGGED = """SELECT t.id FROM tweets_tagfollow f CROSS JOIN LATERAL (
    SELECT w.tweet_id AS id FROM tweets_tweettag w JOIN tweets_tweet t ON t.id = w.tweet_id
    WHERE w.tag_id = f.tag_id AND {cursor} AND t.deleted_at IS NULL
    ORDER BY w.tweet_id {direction} LIMIT %(limit)s) t
WHERE f.user_id = %(reader)s"""

_IS_TAGGED = """t.deleted_at IS NULL AND EXISTS (
    SELECT FROM tweets_tweettag w JOIN tweets_tagfollow f ON f.tag_id = w.tag_id AND f.user_id = %(reader)s
    WHERE w.tweet_id = t.id)"""

_PUSHED = Plan(_AUTHORS, _BELONGS)
_ALL = Plan(
    _AUTHORS,
    _BELONGS,
    besides_older="UNION " + _TAGGED.format(cursor="w.tweet_id < %(before)s", direction="DESC"),
    besides_newer="UNION " + _TAGGED.format(cursor="w.tweet_id > %(since)s", direction="ASC"),
    belongs_besides=f"OR {_IS_TAGGED}",
)


def older(reader_id: int, before: int | None, limit: int, *, pushed_only: bool = False) -> list[int]:
    """The newest belonging ids below a cursor, newest first.

    Args:
        pushed_only: leave out what is pulled, from an author's own list or that of a tag.
    """
    if pushed_only:
        return _PUSHED.older({"reader": reader_id}, before, limit, f"AND t.reach = {Tweet.Reach.PUSH.value}")
    return _ALL.older({"reader": reader_id}, before, limit)


def newer(reader_id: int, since: int, limit: int) -> list[int]:
    """The oldest belonging ids above a cursor, oldest first."""
    return _ALL.newer({"reader": reader_id}, since, limit)


def inbox_contents(reader_id: int, most: int) -> Contents:
    """What belongs into a reader's inbox, whom he follows and pulls, and which tags he follows.

    Args:
        most: how many ids.
    """
    sql = f"""SELECT a.author_id, c.author_id IS NOT NULL FROM ({_AUTHORS}) a
        LEFT JOIN timelines_crowd c ON c.author_id = a.author_id"""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"reader": reader_id})
        authors = cursor.fetchall()
    ids = older(reader_id, None, most, pushed_only=True)
    pulls = [author for author, is_pull in authors if is_pull]
    return Contents(ids, [author for author, _ in authors], pulls, followed_ids(reader_id))


def authored_contents(author_id: int, most: int) -> Contents:
    """What belongs into the list of an author who is pulled."""
    return Contents(authored(author_id, None, most))


def tagged_contents(tag_id: int, most: int) -> Contents:
    """What belongs into the list of a tag."""
    rows = TweetTag.objects.filter(tag=tag_id, tweet__deleted_at=None)
    return Contents(list(rows.order_by("-tweet").values_list("tweet", flat=True)[:most]))


def authored(author_id: int, before: int | None, limit: int) -> list[int]:
    """An author's newest ids below a cursor, newest first; without those that were pushed, which inboxes hold."""
    rows = Tweet.objects.filter(author=author_id, deleted_at=None, reach=Tweet.Reach.PULL)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:limit])


def contents(kind: str, owner_id: int, most: int) -> Contents:
    """What belongs into a list of any kind: of its owner, and how many ids at most."""
    load = {INBOX: inbox_contents, AUTHORED: authored_contents, TAGGED: tagged_contents}[kind]
    return load(owner_id, most)
