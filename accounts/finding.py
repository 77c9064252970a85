"""People found by the beginning of a username, or of words of a name."""

import re
from collections.abc import Sequence

from django.db import connection

from accounts.models import User
from accounts.queries import PeoplePage, with_relations
from accounts.relations.queries import is_open_to, is_there_for

FEW = 500
MOST_FOLLOWED = 2000
LAST_POSITION = 2**63 - 1
_PARTS = re.compile(r"\w+")
_ID_BITS = 32
_LAST_ID = 2**_ID_BITS - 1
_MOST_COUNTED = 2 ** (61 - _ID_BITS) - 1

_BEGINS = "upper(username) LIKE %(username)s"
_NAMED = "to_tsvector('simple'::regconfig, COALESCE(name, '')) @@ to_tsquery('simple'::regconfig, %(name)s)"

# The most followed are looked through, for there may be very many; of all others the indexes give a few. What puts
# people in order is one number, which is also the cursor: 63 bits, and never the same for two.
_MATCHING = f"""
WITH matching AS (
    SELECT id FROM (SELECT id, username, name FROM accounts_user ORDER BY followers_count DESC LIMIT {MOST_FOLLOWED}) u
    WHERE {_BEGINS} OR {_NAMED}
    UNION (SELECT id FROM accounts_user WHERE {_BEGINS} LIMIT {FEW})
    UNION (SELECT id FROM accounts_user WHERE {_NAMED} LIMIT {FEW})),
placed AS (
    SELECT u.id, ((upper(u.username) = %(exact)s)::int::bigint << 62) | ((f.id IS NOT NULL)::int::bigint << 61)
        | (least(u.followers_count, {_MOST_COUNTED})::bigint << {_ID_BITS}) | ({_LAST_ID} - u.id) AS position
    FROM matching m JOIN accounts_user u ON u.id = m.id
    LEFT JOIN accounts_follow f ON f.followee_id = u.id AND f.follower_id = %(viewer)s
    WHERE u.is_active AND NOT EXISTS (
        SELECT FROM accounts_block b WHERE b.blocker_id = u.id AND b.blocked_id = %(viewer)s)
    AND NOT EXISTS (
        SELECT FROM accounts_block b WHERE b.blocker_id = %(viewer)s AND b.blocked_id = u.id))
SELECT id, position FROM placed"""

_OLDER = f"{_MATCHING} WHERE position < %(before)s ORDER BY position DESC LIMIT %(limit)s"
_NEWER = f"{_MATCHING} WHERE position > %(since)s ORDER BY position LIMIT %(limit)s"


def people(text: str, viewer_id: int | None, limit: int) -> list[User]:
    """The first of those found, as `page`."""
    return page(text, viewer_id, limit=limit).people


def page(
    text: str, viewer_id: int | None, *, before: int | None = None, since: int | None = None, limit: int = 20
) -> PeoplePage:
    """Those meant first: the one of exactly this username, then whom the viewer follows, then the most followed.

    Args:
        before, since: cursors, places in this order. Whoever is followed meanwhile, or left, moves in it alone.
    """
    if since is not None:
        nearest = _found(_NEWER, text, viewer_id, since=since, limit=limit)[::-1]
        return _page(nearest, viewer_id, has_more=bool(nearest) and since > 0, empty=since)
    found = _found(_OLDER, text, viewer_id, before=LAST_POSITION if before is None else before, limit=limit + 1)
    return _page(found[:limit], viewer_id, has_more=len(found) > limit, empty=(before or 1) - 1)


def _page(found: Sequence[tuple[int, int]], viewer_id: int | None, *, has_more: bool, empty: int) -> PeoplePage:
    by_id = User.objects.in_bulk([user_id for user_id, _ in found])
    people = with_relations(viewer_id, [by_id[user_id] for user_id, _ in found if user_id in by_id])
    return PeoplePage(people, found[-1][1] if has_more else None, found[0][1] if found else empty)


def _found(sql: str, text: str, viewer_id: int | None, **cursor: int) -> list[tuple[int, int]]:
    """Ids, each with its place in the order."""
    parts = _PARTS.findall(text)
    if not parts:
        return []
    username = text.strip().removeprefix("@").upper()
    values: dict[str, str | int] = {
        "username": _escaped(username) + "%",
        "exact": username,
        "name": " & ".join(f"{part}:*" for part in parts),
        "viewer": viewer_id or 0,
        **cursor,
    }
    with connection.cursor() as rows:
        rows.execute(sql, values)
        return list(rows.fetchall())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def may_be_read(person_id: int, viewer_id: int | None) -> bool:
    """Whether a viewer may see what this person writes."""
    return User.objects.filter(is_there_for(viewer_id), is_open_to(viewer_id), pk=person_id).exists()
