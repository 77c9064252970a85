"""What is the case, as the tables of those below have it: whether somebody does what he is said to do."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from notifications.ledger import Pair
from notifications.models import Kind
from tweets.models import id_at

_OWN_TWEET = "JOIN tweets_tweet t ON t.id = p.tweet AND t.deleted_at IS NULL AND t.author_id = p.recipient"
_TWEET_BY_ACTOR = "JOIN tweets_tweet t ON t.id = p.tweet AND t.deleted_at IS NULL AND t.author_id = p.actor"

# For each kind, what pairs (recipient, tweet, actor) are joined with to leave those that hold.
_HOLDS: Mapping[int, str] = {
    Kind.FOLLOW: "JOIN accounts_follow f ON f.follower_id = p.actor AND f.followee_id = p.recipient",
    Kind.FOLLOW_REQUEST: "JOIN accounts_followrequest f ON f.requester_id = p.actor AND f.target_id = p.recipient",
    Kind.LIKE: f"JOIN tweets_like l ON l.user_id = p.actor AND l.tweet_id = p.tweet {_OWN_TWEET}",
    Kind.RETWEET: f"""
        JOIN tweets_tweet r ON r.author_id = p.actor AND r.retweet_of_id = p.tweet AND r.deleted_at IS NULL
        {_OWN_TWEET}""",
    Kind.REPLY: f"{_TWEET_BY_ACTOR} AND t.in_reply_to_user_id = p.recipient",
    Kind.MENTION: f"JOIN tweets_mention m ON m.tweet_id = p.tweet AND m.person_id = p.recipient {_TWEET_BY_ACTOR}",
    Kind.POLL: f"JOIN tweets_poll o ON o.id = p.tweet AND o.closed_at IS NOT NULL {_TWEET_BY_ACTOR}",
    Kind.QUOTE: f"{_TWEET_BY_ACTOR} AND t.quote_of_id IS NOT NULL",
}


def holding(pairs: Collection[Pair]) -> set[Pair]:
    """Those of these pairs that are so at this moment."""
    by_kind: dict[int, list[Pair]] = {}
    for pair in pairs:
        by_kind.setdefault(pair.kind, []).append(pair)
    return {pair for kind, asked in by_kind.items() for pair in _holding(kind, asked)}


def _holding(kind: int, pairs: Sequence[Pair]) -> Iterable[Pair]:
    sql = f"""
        SELECT p.recipient, {int(kind)}, p.tweet, p.actor
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS p (recipient, tweet, actor) {_HOLDS[kind]}"""
    columns = [[getattr(pair, name) for pair in pairs] for name in ("recipient_id", "tweet_id", "actor_id")]
    with connection.cursor() as cursor:
        cursor.execute(sql, columns)
        return [Pair(*row) for row in cursor.fetchall()]


_KEPT_AWAY = """
    SELECT b.blocker_id, b.blocked_id FROM p JOIN accounts_block b ON b.blocker_id = recipient AND b.blocked_id = actor
    UNION SELECT b.blocked_id, b.blocker_id FROM p
        JOIN accounts_block b ON b.blocked_id = recipient AND b.blocker_id = actor
    UNION SELECT m.muter_id, m.muted_id FROM p JOIN accounts_mute m ON m.muter_id = recipient AND m.muted_id = actor
        WHERE m.until IS NULL OR m.until > clock_timestamp()"""


def kept_away(pairs: Collection[Pair]) -> set[Pair]:
    """Those of these pairs of which the recipient is not told: one blocks the other, or he mutes the actor."""
    if not pairs:
        return set()
    sql = f"WITH p (recipient, actor) AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[])) {_KEPT_AWAY}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [[pair.recipient_id for pair in pairs], [pair.actor_id for pair in pairs]])
        found = set(cursor.fetchall())
    return {pair for pair in pairs if (pair.recipient_id, pair.actor_id) in found}


def friends_among(pairs: Collection[Pair]) -> set[tuple[int, int]]:
    """Recipient and actor of those pairs in which the recipient follows the actor."""
    sql = """
        SELECT f.follower_id, f.followee_id FROM unnest(%s::bigint[], %s::bigint[]) AS p (recipient, actor)
        JOIN accounts_follow f ON f.follower_id = p.recipient AND f.followee_id = p.actor"""
    asked = sorted({(pair.recipient_id, pair.actor_id) for pair in pairs})
    with connection.cursor() as cursor:
        cursor.execute(sql, [[each[0] for each in asked], [each[1] for each in asked]])
        return set(cursor.fetchall())


# For each kind, all that was done to some people (%(people)s) from a moment on: by its time, or by the ids of tweets.
_DONE: Mapping[int, str] = {
    Kind.FOLLOW: """
        SELECT followee_id, 0, follower_id FROM accounts_follow
        WHERE followee_id = ANY(%(people)s) AND created_at >= %(since)s""",
    Kind.LIKE: """
        SELECT t.author_id, t.id, l.user_id FROM tweets_tweet t JOIN tweets_like l ON l.tweet_id = t.id
        WHERE t.author_id = ANY(%(people)s) AND t.deleted_at IS NULL AND l.created_at >= %(since)s""",
    Kind.RETWEET: """
        SELECT t.author_id, t.id, r.author_id FROM tweets_tweet t JOIN tweets_tweet r ON r.retweet_of_id = t.id
        WHERE t.author_id = ANY(%(people)s) AND t.deleted_at IS NULL AND r.deleted_at IS NULL AND r.id >= %(least)s""",
    Kind.REPLY: """
        SELECT a.author_id, t.id, t.author_id FROM tweets_tweet a JOIN tweets_tweet t ON t.in_reply_to_id = a.id
        WHERE a.author_id = ANY(%(people)s) AND t.deleted_at IS NULL AND t.id >= %(least)s""",
    Kind.QUOTE: """
        SELECT q.author_id, t.id, t.author_id FROM tweets_tweet q JOIN tweets_tweet t ON t.quote_of_id = q.id
        WHERE q.author_id = ANY(%(people)s) AND t.deleted_at IS NULL AND t.id >= %(least)s
            AND t.in_reply_to_user_id IS DISTINCT FROM q.author_id""",
}


def done_to(people: Collection[int], since: datetime) -> set[Pair]:
    """All that others have done to these people since then, told or not, by going through what they wrote. (Mentions
    are left out: to whom a tweet is addressed otherwise decides whether they are told.)
    """
    given: dict[str, Any] = {"people": list(people), "since": since, "least": id_at(since)}
    found: set[Pair] = set()
    with connection.cursor() as cursor:
        for kind, sql in _DONE.items():
            cursor.execute(sql, given)
            rows: list[tuple[int, int, int]] = cursor.fetchall()
            found |= {Pair(to, kind, tweet, by) for to, tweet, by in rows if to != by}
    return found
