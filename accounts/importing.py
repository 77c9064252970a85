"""People and follows by the thousand: rows and figures as if one by one, in one statement each, without signals."""

from collections.abc import Iterable, Sequence

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models.functions import Upper

from accounts.models import User

_FOLLOW = """
WITH asked AS (
    SELECT DISTINCT follower_id, followee_id FROM unnest(%s::bigint[], %s::bigint[]) AS a (follower_id, followee_id)
    WHERE follower_id <> followee_id),
made AS (
    INSERT INTO accounts_follow (follower_id, followee_id, created_at)
    SELECT follower_id, followee_id, now() FROM asked ORDER BY 1, 2
    ON CONFLICT DO NOTHING RETURNING follower_id, followee_id),
counted AS (
    INSERT INTO accounts_personcountchange (subject_id, kind, change)
    SELECT follower_id, 'following', count(*) FROM made GROUP BY 1
    UNION ALL SELECT followee_id, 'followers', count(*) FROM made GROUP BY 1)
SELECT follower_id, count(*) FROM made GROUP BY 1"""


def people_named(usernames: Sequence[str]) -> dict[str, int]:
    """Everybody's id by the username given; those not there yet get an account that nobody can log in to.

    At most some thousand belong into one call, as they do for `follow_all`: a transaction may not take long.
    """
    known = _ids(usernames)
    User.objects.bulk_create(
        (User(username=each, password=make_password(None)) for each in usernames if each.upper() not in known),
        ignore_conflicts=True,
    )
    known = _ids(usernames)
    return {each: known[each.upper()] for each in usernames}


def _ids(usernames: Iterable[str]) -> dict[str, int]:
    rows = User.objects.annotate(upper=Upper("username")).filter(upper__in=[each.upper() for each in usernames])
    return dict(rows.values_list("upper", "pk"))


def follow_all(pairs: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Let people follow others, as (follower, followee); who does so already, or would follow himself, is passed over.

    Returns:
        By follower, how many follows are new.
    """
    followers, followees = zip(*pairs, strict=True) if pairs else ((), ())
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, [list(followers), list(followees)])
        return dict(cursor.fetchall())
