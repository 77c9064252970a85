"""What the viewer has liked, retweeted, bookmarked and pinned among the tweets of a page.

Redis keeps, per viewer and kind, the set of the newest tweets marked, complete above a floor they share, which is in
their state (`stores.kept`) together with the one tweet that is pinned; below it, and where Redis has nothing,
PostgreSQL answers.
"""

from collections.abc import Iterable, Sequence
from enum import IntFlag
from typing import Any

from django.db import connection

from stores import kept, redis, wire
from stores.kept import Contents
from stores.wire import Command

MOST_KEPT = 400
SENTINEL = 0


class Mark(IntFlag):
    LIKED = 1
    RETWEETED = 2
    BOOKMARKED = 4
    PINNED = 8


_NEWEST = {
    Mark.LIKED: "SELECT tweet_id FROM tweets_like WHERE user_id = %(user)s",
    Mark.RETWEETED: """SELECT retweet_of_id AS tweet_id FROM tweets_tweet
        WHERE author_id = %(user)s AND retweet_of_id IS NOT NULL AND deleted_at IS NULL""",
    Mark.BOOKMARKED: "SELECT tweet_id FROM tweets_bookmark WHERE user_id = %(user)s",
    Mark.PINNED: "SELECT tweet_id FROM tweets_pin WHERE user_id = %(user)s",
}


_IN_SETS = (Mark.LIKED, Mark.RETWEETED, Mark.BOOKMARKED)
_ID_BITS = 63


def _state_key(viewer_id: int) -> str:
    return f"marks:{{{viewer_id}}}"


def _keys(viewer_id: int) -> list[str]:
    return [_state_key(viewer_id), *(f"{_state_key(viewer_id)}:{mark.value}" for mark in _IN_SETS)]


def block(viewer_id: int) -> None:
    """To be called within the transaction that changes a mark, before it commits."""
    try:
        kept.block([_state_key(viewer_id)])
    except redis.RedisError:
        pass  # a Redis that is away shows nobody old marks; one that comes back with them loses them within an hour


def questions(viewer_id: int, tweet_ids: Sequence[int]) -> list[Command]:
    """What to ask Redis (`stores.wire`); `complete` reads the four answers."""
    state, *sets = _keys(viewer_id)
    return [("GET", state), *[("SMISMEMBER", key, SENTINEL, *tweet_ids) for key in sets]]


def complete(viewer_id: int, tweet_ids: Sequence[int], answers: Sequence[Any]) -> dict[int, int]:
    """The viewer's marks on these tweets, from the answers and, where these are silent, from PostgreSQL."""
    state, liked, retweeted, bookmarked = answers
    if not kept.is_good(state) or not (liked[0] and retweeted[0] and bookmarked[0]):
        if kept.may_build(state):
            rebuild(viewer_id, useless_state=state)
        return load(viewer_id, tweet_ids)
    bits = zip(tweet_ids, liked[1:], retweeted[1:], bookmarked[1:], strict=True)
    marks = {tweet_id: like | retweet << 1 | bookmark << 2 for tweet_id, like, retweet, bookmark in bits}
    pinned_id, floor = divmod(int(state), 1 << _ID_BITS)
    if pinned_id in marks:
        marks[pinned_id] |= Mark.PINNED.value
    older = [each for each in tweet_ids if each <= floor]
    return marks | load(viewer_id, older) if older else marks


def of(viewer_id: int | None, tweet_ids: Sequence[int]) -> dict[int, int]:
    """The viewer's marks on these tweets, as sums of `Mark`; none for an anonymous viewer."""
    if viewer_id is None or not tweet_ids:
        return dict.fromkeys(tweet_ids, 0)
    try:
        return complete(viewer_id, tweet_ids, wire.ask(questions(viewer_id, tweet_ids)))
    except redis.RedisError:
        return load(viewer_id, tweet_ids)


def load(viewer_id: int, tweet_ids: Iterable[int]) -> dict[int, int]:
    """PostgreSQL's own answer."""
    marks = dict.fromkeys(tweet_ids, 0)
    sql = " UNION ALL ".join(
        f"SELECT {mark.value}, tweet_id FROM ({newest}) t WHERE tweet_id = ANY(%(ids)s)"
        for mark, newest in _NEWEST.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"user": viewer_id, "ids": list(marks)})
        for value, tweet_id in cursor.fetchall():
            marks[tweet_id] |= value
    return marks


def rebuild(viewer_id: int, useless_state: bytes | None = None) -> None:
    """Keep the newest marks of each kind, unless somebody is at it, or a change comes in between.

    Args:
        useless_state: the state of sets of which one was evicted; it is no reason not to build.
    """
    keys = _keys(viewer_id)
    try:
        token = kept.begin(keys[0], useless_state)
        if token is not None:
            kept.finish(keys, token, _contents(viewer_id))
    except redis.RedisError:
        pass  # the next reader tries again


def _contents(viewer_id: int) -> Contents:
    newest = [_newest(viewer_id, mark) for mark in _IN_SETS]
    floor = max(ids[-1] if len(ids) > MOST_KEPT else 0 for ids in newest)
    fills = [("SADD", SENTINEL, *(each for each in ids if each > floor)) for ids in newest]
    (pinned_id,) = _newest(viewer_id, Mark.PINNED)[:1] or [0]
    return Contents(pinned_id << _ID_BITS | floor, kept.KEPT_SECONDS, fills)


def _newest(viewer_id: int, mark: Mark) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_NEWEST[mark]} ORDER BY tweet_id DESC LIMIT {MOST_KEPT + 1}", {"user": viewer_id})
        return [row[0] for row in cursor.fetchall()]
