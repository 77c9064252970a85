"""Where lists in Redis and PostgreSQL disagree, by belonging alone.

What PostgreSQL says is asked here in other words than `timelines.truth` uses, so that a slip there shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from django.db import connection

from timelines import inbox
from timelines.inbox import AUTHORED, INBOX, TAGGED
from timelines.inspection import Seen
from timelines.models import Crowd
from tweets.models import Tweet

_INBOXES = f"""
SELECT r.reader_id, COALESCE(string_agg(int8send(t.id), ''::bytea ORDER BY t.id), '')
FROM unnest(%s::bigint[], %s::bigint[]) AS r (reader_id, floor)
LEFT JOIN LATERAL (
    SELECT t.id FROM (
        SELECT r.reader_id AS author_id
        UNION ALL SELECT followee_id FROM accounts_follow WHERE follower_id = r.reader_id) a
    JOIN tweets_tweet t ON t.author_id = a.author_id AND t.id > r.floor
    LEFT JOIN accounts_follow answered
        ON answered.follower_id = r.reader_id AND answered.followee_id = t.in_reply_to_user_id
    WHERE t.deleted_at IS NULL AND t.reach = {Tweet.Reach.PUSH.value} AND (
        COALESCE(t.in_reply_to_user_id, t.author_id) IN (t.author_id, r.reader_id)
        OR t.author_id = r.reader_id OR answered.id IS NOT NULL)) t ON true
GROUP BY r.reader_id"""

_AUTHORED = f"""
SELECT o.author_id, COALESCE(string_agg(int8send(t.id), ''::bytea ORDER BY t.id), '')
FROM unnest(%s::bigint[], %s::bigint[]) AS o (author_id, floor)
LEFT JOIN tweets_tweet t ON t.author_id = o.author_id AND t.id > o.floor
    AND t.deleted_at IS NULL AND t.reach = {Tweet.Reach.PULL.value}
GROUP BY o.author_id"""

_TAGGED = """
SELECT o.tag_id, COALESCE(string_agg(int8send(t.id), ''::bytea ORDER BY t.id), '')
FROM unnest(%s::bigint[], %s::bigint[]) AS o (tag_id, floor)
LEFT JOIN (tweets_tweettag w JOIN tweets_tweet t ON t.id = w.tweet_id AND t.deleted_at IS NULL)
    ON w.tag_id = o.tag_id AND t.id > o.floor
GROUP BY o.tag_id"""

_BELONGING = {INBOX: _INBOXES, AUTHORED: _AUTHORED, TAGGED: _TAGGED}

_TIES = f"""
SELECT r.reader_id, array_agg(a.author_id), array_agg(a.author_id) FILTER (WHERE c.state = {Crowd.State.PULL.value}),
    ARRAY(SELECT tag_id FROM tweets_tagfollow f WHERE f.user_id = r.reader_id)
FROM unnest(%s::bigint[]) AS r (reader_id)
CROSS JOIN LATERAL (
    SELECT r.reader_id AS author_id
    UNION ALL SELECT followee_id FROM accounts_follow WHERE follower_id = r.reader_id) a
LEFT JOIN timelines_crowd c ON c.author_id = a.author_id
GROUP BY r.reader_id"""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a warm list and PostgreSQL disagree.

    Attributes:
        missing: tweets that belong above the floor and are not there.
        stale: entries that do not belong (any more).
        ties: people wrongly among the ties, or wrongly not.
        pulls: authors who have to be pulled, and are not among the pulls.
        tags: tags wrongly among the pulls, or wrongly not.
        disordered: the entries are not ascending, or not once each.
    """

    missing: frozenset[int] = frozenset()
    stale: frozenset[int] = frozenset()
    ties: frozenset[int] = frozenset()
    pulls: frozenset[int] = frozenset()
    tags: frozenset[int] = frozenset()
    disordered: bool = False

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.is_wrong_beside)

    @property
    def is_wrong_beside(self) -> bool:
        return bool(self.ties or self.pulls or self.tags or self.disordered)

    def __and__(self, other: "Difference") -> "Difference":
        return Difference(
            self.missing & other.missing,
            self.stale & other.stale,
            self.ties & other.ties,
            self.pulls & other.pulls,
            self.tags & other.tags,
            self.disordered and other.disordered,
        )


Differences: TypeAlias = dict[int, Difference]


def of_inboxes(seen: Mapping[int, Seen]) -> Differences:
    """By reader, without those whose inbox is as it should be."""
    belonging, ties = _belonging(_INBOXES, seen), _ties(list(seen))
    found = {
        reader_id: Difference(
            *_entries_differing(each.entries, belonging[reader_id]),
            ties=each.ties ^ ties[reader_id][0],
            pulls=ties[reader_id][1] - each.pulls,
            tags=ties[reader_id][2] ^ each.tags,
            disordered=_is_disordered(each.entries),
        )
        for reader_id, each in seen.items()
    }
    return {reader_id: difference for reader_id, difference in found.items() if difference}


def of_authored_lists(seen: Mapping[int, Seen]) -> Differences:
    """By author: only what readers have to pull must be there; he may have been pushed when his list was warmed."""
    return _of_pulled_lists(AUTHORED, seen)


def of_tagged_lists(seen: Mapping[int, Seen]) -> Differences:
    """By tag: whatever has it must be there; what had it before an edit may be, and is no longer seen for it."""
    return _of_pulled_lists(TAGGED, seen)


def _of_pulled_lists(kind: str, seen: Mapping[int, Seen]) -> Differences:
    belonging = _belonging(_BELONGING[kind], seen)
    found = {
        owner_id: Difference(
            missing=_entries_differing(each.entries, belonging[owner_id])[0],
            disordered=_is_disordered(each.entries),
        )
        for owner_id, each in seen.items()
    }
    return {owner_id: difference for owner_id, difference in found.items() if difference}


def number_belonging(kind: str, owner_id: int) -> int:
    """How many tweets a list would hold if nothing were ever cut from it."""
    return len(_belonging(_BELONGING[kind], {owner_id: Seen(0, b"")})[owner_id]) // 8


def _entries_differing(held: bytes, belonging: bytes) -> tuple[frozenset[int], frozenset[int]]:
    """What is missing, and what is stale."""
    if held == belonging:
        return frozenset(), frozenset()
    there, wanted = frozenset(inbox.unpack_ids(held)), frozenset(inbox.unpack_ids(belonging))
    return wanted - there, there - wanted


def _is_disordered(held: bytes) -> bool:
    ids = inbox.unpack_ids(held)
    return any(lower >= higher for lower, higher in pairwise(ids))


def _belonging(sql: str, seen: Mapping[int, Seen]) -> dict[int, bytes]:
    """By owner, the packed ids that belong above the list's floor."""
    values = [list(seen), [each.floor for each in seen.values()]]
    return {owner_id: bytes(ids) for owner_id, ids in _rows(sql, values)}


def _ties(readers: list[int]) -> dict[int, tuple[frozenset[int], frozenset[int], frozenset[int]]]:
    """By reader, whom he follows, himself included, who of them has to be pulled, and which tags he follows."""
    return {row[0]: (frozenset(row[1]), frozenset(row[2] or ()), frozenset(row[3])) for row in _rows(_TIES, [readers])}


def _rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
