"""What a viewer must not see, and does not want to: people, words, conversations.

Redis keeps it per viewer (`stores.kept`). For most a state says that they hide nothing; for others a hash has the bits
of each person concerned, the muted words and the muted conversations; for those with more than `MOST_KEPT` entries a
state says that PostgreSQL answers, about the people of a page only, as it does wherever Redis does not know. The keys
expire with the first mute that ends.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import IntFlag
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.utils import timezone

from stores import kept, redis, wire
from stores.kept import Contents
from stores.wire import Command

MOST_KEPT = 4000

NOTHING, HASH, TOO_MUCH = 0, 1, 2  # states: hides nothing, look into the hash, ask PostgreSQL


class Hidden(IntFlag):
    """Why something by a person is not shown to a viewer."""

    BLOCKED = 1  # by either of them
    MUTED = 2
    RETWEETS = 4  # what he retweets


class Sight(NamedTuple):
    """What of a page a viewer must not see, or does not want to.

    Attributes:
        people: sums of `Hidden` by person, of those who were asked for and have any.
        phrases: muted words, as `words.any_in` takes them.
        conversations: muted ones.
    """

    people: Mapping[int, int] = {}
    phrases: tuple[str, ...] = ()
    conversations: frozenset[int] = frozenset()

    def hides(self, person_id: int, why: Hidden) -> bool:
        return bool(self.people.get(person_id, 0) & why)

    def blocked(self) -> set[int]:
        return {person_id for person_id, why in self.people.items() if why & Hidden.BLOCKED}


CLEAR = Sight()

# What is hidden: kind, subject, until when. A kind is a bit of `Hidden`; 0 is a conversation, -1 a word.
_PEOPLE = """
    SELECT 1, blocked_id, NULL::timestamptz FROM accounts_block WHERE blocker_id = %(viewer)s {blocked}
    UNION ALL SELECT 1, blocker_id, NULL FROM accounts_block WHERE blocked_id = %(viewer)s {blocker}
    UNION ALL SELECT 2, muted_id, until FROM accounts_mute WHERE muter_id = %(viewer)s {muted} AND {in_force}
    UNION ALL SELECT 4, followee_id, NULL FROM accounts_follow
        WHERE follower_id = %(viewer)s AND NOT shows_retweets {followee}"""
_REST = """
    SELECT 0, conversation_id::text, until FROM accounts_mutedconversation WHERE user_id = %(viewer)s AND {in_force}
    UNION ALL SELECT -1, phrase, until FROM accounts_mutedword WHERE user_id = %(viewer)s AND {in_force}"""
_SIDES = ("blocked", "blocker", "muted", "followee")


def _sql(of_people: str) -> str:
    """
    Args:
        of_people: a condition on the column of a person, or nothing.
    """
    sides = {side: of_people.format(column=f"{side}_id") for side in _SIDES}
    in_force = "(until IS NULL OR until > clock_timestamp())"
    people = _PEOPLE.format(**sides, in_force=in_force)
    return f"SELECT kind, subject::text, until FROM ({people}) p (kind, subject, until) UNION ALL" + _REST.format(
        in_force=in_force
    )


_ALL = f"{_sql('')} LIMIT {MOST_KEPT + 1}"
_OF_A_PAGE = _sql("AND {column} = ANY(%(people)s)")


def _state_key(viewer_id: int) -> str:
    return f"sight:{{{viewer_id}}}"


def _keys(viewer_id: int) -> list[str]:
    return [_state_key(viewer_id), f"{_state_key(viewer_id)}:people"]


def block(viewer_ids: Iterable[int]) -> None:
    """To be called within the transaction that changes what these people see, before it commits."""
    try:
        block_surely(viewer_ids)
    except redis.RedisError:
        pass  # whoever hears of the change does it again


def block_surely(viewer_ids: Iterable[int]) -> None:
    """
    Raises:
        RedisError: some may still see what they saw.
    """
    kept.block([_state_key(each) for each in viewer_ids])


def questions(viewer_id: int, person_ids: Sequence[int]) -> list[Command]:
    """What to ask Redis (`stores.wire`) about these people; `complete` reads the two answers."""
    state, people = _keys(viewer_id)
    return [("GET", state), ("HMGET", people, "rest", *person_ids)]


def complete(viewer_id: int, person_ids: Sequence[int], answers: Sequence[Any]) -> Sight:
    """The viewer's sight, from the answers and, where these are silent, from PostgreSQL."""
    state, (rest, *hidden) = answers
    if state == b"0":
        return CLEAR
    if state == b"1" and rest is not None:
        people = {each: int(bits) for each, bits in zip(person_ids, hidden, strict=True) if bits}
        return Sight(people, *_rest(rest))
    if state != b"2" and kept.may_build(state):
        rebuild(viewer_id, useless_state=state)
    return load(viewer_id, person_ids)


@lru_cache(1024)
def _rest(stored: bytes) -> tuple[tuple[str, ...], frozenset[int]]:
    phrases, conversations = orjson.loads(stored)
    return tuple(phrases), frozenset(conversations)


def of(viewer_id: int | None, person_ids: Sequence[int]) -> Sight:
    """The viewer's sight of these people; clear for an anonymous viewer."""
    if viewer_id is None:
        return CLEAR
    try:
        return complete(viewer_id, person_ids, wire.ask(questions(viewer_id, person_ids)))
    except redis.RedisError:
        return load(viewer_id, person_ids)


def load(viewer_id: int, person_ids: Sequence[int]) -> Sight:
    """PostgreSQL's own answer, about these people."""
    return _sight(_rows(_OF_A_PAGE, viewer=viewer_id, people=list(person_ids)))


class Row(NamedTuple):
    kind: int
    subject: str
    until: datetime | None


def _rows(sql: str, **values: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Row._make(row) for row in cursor.fetchall()]


def _sight(rows: Iterable[Row]) -> Sight:
    people: dict[int, int] = {}
    phrases, conversations = [], []
    for kind, subject, _ in rows:
        if kind > 0:
            people[int(subject)] = people.get(int(subject), 0) | kind
        elif kind == 0:
            conversations.append(int(subject))
        else:
            phrases.append(subject)
    return Sight(people, tuple(sorted(phrases)), frozenset(conversations))


def rebuild(viewer_id: int, useless_state: bytes | None = None) -> None:
    """Keep all that this viewer does not see, unless somebody is at it, or a change comes in between.

    Args:
        useless_state: the state of a hash that was evicted; it is no reason not to build.
    """
    keys = _keys(viewer_id)
    try:
        token = kept.begin(keys[0], useless_state)
        if token is not None:
            contents = _contents(_rows(_ALL, viewer=viewer_id))
            kept.finish(keys[: 1 + len(contents.fills)], token, contents)
    except redis.RedisError:
        pass  # the next reader tries again


def _contents(rows: Sequence[Row]) -> Contents:
    ends = [row.until for row in rows if row.until]
    seconds = min([kept.KEPT_SECONDS, *(max(1, int((end - timezone.now()).total_seconds())) for end in ends)])
    if not rows:
        return Contents(NOTHING, seconds, [])
    if len(rows) > MOST_KEPT:
        return Contents(TOO_MUCH, seconds, [])
    seen = _sight(rows)
    rest = orjson.dumps([seen.phrases, sorted(seen.conversations)])
    people = [word for pair in seen.people.items() for word in pair]
    return Contents(HASH, seconds, [("HSET", "rest", rest, *people)])
