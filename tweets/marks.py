"""What the viewer has liked, retweeted and bookmarked among the tweets of a page.

Redis keeps, per viewer and kind, the set of the newest tweets marked, complete above a floor they share; below it, and
where Redis has nothing, PostgreSQL answers. A change blocks the sets before it commits, for longer than a transaction
may last, so that nobody can keep or read sets from before it; meanwhile, too, PostgreSQL answers.
"""

from collections.abc import Iterable, Sequence
from enum import IntFlag
from secrets import token_hex
from typing import Any

from django.db import connection

from stores import redis, wire
from stores.scripts import Script
from stores.wire import Command

KEPT_SECONDS = 24 * 3600
BLOCKED_SECONDS = 15
BUILDING_SECONDS = 30
MOST_KEPT = 400
SENTINEL = 0

# KEYS: floor. ARGV: a floor to be overwritten, token, seconds. The key holds a floor, or the token of whoever builds
# the sets, or nothing while they are blocked.
_BEGIN = Script("""
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
""")

# KEYS: floor, sets. ARGV: token, floor, seconds, for each set its ids.
_FINISH = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
for kind = 1, 3 do
  redis.call('DEL', KEYS[kind + 1])
  local ids = {}
  for id in ARGV[kind + 3]:gmatch('%d+') do ids[#ids + 1] = id end
  redis.call('SADD', KEYS[kind + 1], unpack(ids))
  redis.call('EXPIRE', KEYS[kind + 1], ARGV[3])
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
""")


class Mark(IntFlag):
    LIKED = 1
    RETWEETED = 2
    BOOKMARKED = 4


_NEWEST = {
    Mark.LIKED: "SELECT tweet_id FROM tweets_like WHERE user_id = %(user)s",
    Mark.RETWEETED: """SELECT retweet_of_id AS tweet_id FROM tweets_tweet
        WHERE author_id = %(user)s AND retweet_of_id IS NOT NULL AND deleted_at IS NULL""",
    Mark.BOOKMARKED: "SELECT tweet_id FROM tweets_bookmark WHERE user_id = %(user)s",
}


def _floor_key(viewer_id: int) -> str:
    return f"marks:{{{viewer_id}}}"


def _keys(viewer_id: int) -> list[str]:
    return [_floor_key(viewer_id), *(f"{_floor_key(viewer_id)}:{mark.value}" for mark in Mark)]


def block(viewer_id: int) -> None:
    """To be called within the transaction that changes a mark, before it commits."""
    try:
        redis.timelines().set(_floor_key(viewer_id), b"", ex=BLOCKED_SECONDS)
    except redis.RedisError:
        pass  # a Redis that is away shows nobody old marks; one that comes back with them loses them within a day


def questions(viewer_id: int, tweet_ids: Sequence[int]) -> list[Command]:
    """What to ask Redis (`stores.wire`); `complete` reads the four answers."""
    floor, *sets = _keys(viewer_id)
    return [("GET", floor), *[("SMISMEMBER", key, SENTINEL, *tweet_ids) for key in sets]]


def complete(viewer_id: int, tweet_ids: Sequence[int], answers: Sequence[Any]) -> dict[int, int]:
    """The viewer's marks on these tweets, from the answers and, where these are silent, from PostgreSQL."""
    floor, liked, retweeted, bookmarked = answers
    if not floor or not floor.isdigit() or not (liked[0] and retweeted[0] and bookmarked[0]):
        if floor is None or floor.isdigit():
            rebuild(viewer_id, useless_floor=floor)
        return load(viewer_id, tweet_ids)
    bits = zip(tweet_ids, liked[1:], retweeted[1:], bookmarked[1:], strict=True)
    marks = {tweet_id: like | retweet << 1 | bookmark << 2 for tweet_id, like, retweet, bookmark in bits}
    older = [each for each in tweet_ids if each <= int(floor)]
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


def rebuild(viewer_id: int, useless_floor: bytes | None = None) -> None:
    """Keep the newest marks of each kind, unless somebody is at it, or a change comes in between.

    Args:
        useless_floor: the floor of sets of which one was evicted; it is no reason not to build.
    """
    keys, token = _keys(viewer_id), f"building {token_hex(8)}"
    try:
        if not _BEGIN.run(keys[:1], [useless_floor or "none", token, BUILDING_SECONDS]):
            return
        newest = [_newest(viewer_id, mark) for mark in Mark]
        floor = max(ids[-1] if len(ids) > MOST_KEPT else 0 for ids in newest)
        listed = [" ".join(map(str, [SENTINEL, *(each for each in ids if each > floor)])) for ids in newest]
        _FINISH.run(keys, [token, floor, KEPT_SECONDS, *listed])
    except redis.RedisError:
        pass  # the next reader tries again


def _newest(viewer_id: int, mark: Mark) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_NEWEST[mark]} ORDER BY tweet_id DESC LIMIT {MOST_KEPT + 1}", {"user": viewer_id})
        return [row[0] for row in cursor.fetchall()]
