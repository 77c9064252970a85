"""People found by the beginning of a username, or of words of a name."""

import re
from collections.abc import Sequence

from django.db import connection

from accounts.models import User
from accounts.queries import with_relations
from accounts.relations.queries import is_open_to, is_there_for

FEW = 500
MOST_FOLLOWED = 2000
_PARTS = re.compile(r"\w+")

_BEGINS = "upper(username) LIKE %(username)s"
_NAMED = "to_tsvector('simple'::regconfig, COALESCE(name, '')) @@ to_tsquery('simple'::regconfig, %(name)s)"

# The most followed are looked through, for there may be very many; of all others the indexes give a few.
_MATCHING = f"""
WITH matching AS (
    SELECT id FROM (SELECT id, username, name FROM accounts_user ORDER BY followers_count DESC LIMIT {MOST_FOLLOWED}) u
    WHERE {_BEGINS} OR {_NAMED}
    UNION (SELECT id FROM accounts_user WHERE {_BEGINS} LIMIT {FEW})
    UNION (SELECT id FROM accounts_user WHERE {_NAMED} LIMIT {FEW}))
SELECT u.id FROM matching m JOIN accounts_user u ON u.id = m.id
LEFT JOIN accounts_follow f ON f.followee_id = u.id AND f.follower_id = %(viewer)s
WHERE u.is_active
ORDER BY upper(u.username) = %(exact)s DESC, f.id IS NOT NULL DESC, u.followers_count DESC, u.id
LIMIT %(limit)s"""


def people(text: str, viewer_id: int | None, limit: int) -> list[User]:
    """Those meant first: the one of exactly this username, then whom the viewer follows, then the most followed; each
    with `relation` to the viewer."""
    parts = _PARTS.findall(text)
    if not parts:
        return []
    username = text.strip().removeprefix("@").upper()
    values: dict[str, str | int] = {
        "username": _escaped(username) + "%",
        "exact": username,
        "name": " & ".join(f"{part}:*" for part in parts),
        "viewer": viewer_id or 0,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MATCHING, values)
        ids = [row[0] for row in cursor.fetchall()]
    return with_relations(viewer_id, _in_order(ids, viewer_id))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def may_be_read(person_id: int, viewer_id: int | None) -> bool:
    """Whether a viewer may see what this person writes."""
    return User.objects.filter(is_there_for(viewer_id), is_open_to(viewer_id), pk=person_id).exists()


def _in_order(ids: Sequence[int], viewer_id: int | None) -> list[User]:
    found = User.objects.filter(is_there_for(viewer_id)).in_bulk(ids)
    return [found[each] for each in ids if each in found]
