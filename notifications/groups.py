"""Groups and who is in them, in bulk: what a fold asks about and changes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from notifications.ledger import Pair
from notifications.models import NAMED, Notification, NotificationActor

OPEN_FOR = timedelta(days=1)
CLEARED_AT_ONCE = 5000


class Subject(NamedTuple):
    """What a group is about, and whose it is."""

    recipient_id: int
    kind: int
    tweet_id: int


def memberships(pairs: Collection[Pair]) -> dict[Pair, int]:
    """The group in which each of these pairs is, for those that are in one."""
    sql = """
        SELECT p.recipient, p.kind, p.tweet, p.actor, n.id
        FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::bigint[]) AS p (recipient, kind, tweet, actor)
        JOIN notifications_notification n
            ON n.recipient_id = p.recipient AND n.kind = p.kind AND n.tweet_id = p.tweet AND n.count > 0
        JOIN notifications_notificationactor a ON a.actor_id = p.actor AND a.notification_id = n.id"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(column) for column in zip(*pairs, strict=True)])
        return {Pair(*row[:4]): row[4] for row in cursor.fetchall()}


def open_groups(subjects: Collection[Subject]) -> dict[Subject, Notification]:
    """The groups that still take members in: not yet seen by their recipient, and begun less than `OPEN_FOR` ago."""
    sql = """
        SELECT DISTINCT ON (n.recipient_id, n.kind, n.tweet_id) n.*
        FROM unnest(%s::bigint[], %s::int[], %s::bigint[]) AS s (recipient, kind, tweet)
        JOIN notifications_notification n
            ON n.recipient_id = s.recipient AND n.kind = s.kind AND n.tweet_id = s.tweet
        LEFT JOIN notifications_readmarker m ON m.user_id = n.recipient_id
        WHERE n.count > 0 AND n.position > COALESCE(m.read_up_to, 0) AND n.opened_at > %s
        ORDER BY n.recipient_id, n.kind, n.tweet_id, n.position DESC"""
    columns: list[object] = [list(column) for column in zip(*subjects, strict=True)]
    found = Notification.objects.raw(sql, [*columns, timezone.now() - OPEN_FOR])
    return {Subject(each.recipient_id, each.kind, each.tweet_id): each for each in found}


def mint(number: int) -> list[int]:
    """So many positions, each above all that there are: numbers of the clock that mints the ids of tweets."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT new_tweet_id() FROM generate_series(1, %s)", [number])
        return sorted(row[0] for row in cursor.fetchall())


def add(members: Sequence[tuple[int, int]]) -> None:
    """Put members, each with its group first, into these in this order; the groups' own columns are the caller's."""
    sql = """
        INSERT INTO notifications_notificationactor (notification_id, actor_id)
        SELECT m.notification, m.actor
        FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS m (notification, actor, place) ORDER BY m.place"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(column) for column in zip(*members, strict=True)])


def remove(memberships: Mapping[Pair, int]) -> None:
    """Take these members out, as `add` puts them in."""
    sql = """
        DELETE FROM notifications_notificationactor a
        USING unnest(%s::bigint[], %s::bigint[]) AS g (actor, notification)
        WHERE a.actor_id = g.actor AND a.notification_id = g.notification"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [[pair.actor_id for pair in memberships], list(memberships.values())])


def newest_actors(notification_ids: Sequence[int]) -> dict[int, list[int]]:
    """Who is to be named in these groups: the newest in them."""
    return _newest(notification_ids, "")


def newest_friends(notification_ids: Sequence[int]) -> dict[int, list[int]]:
    """The same of those whom the recipient follows."""
    friends = "JOIN accounts_follow f ON f.followee_id = a.actor_id AND f.follower_id = n.recipient_id"
    return _newest(notification_ids, friends)


def _newest(notification_ids: Sequence[int], friends: str) -> dict[int, list[int]]:
    sql = f"""
        SELECT n.id, ARRAY(
            SELECT a.actor_id FROM notifications_notificationactor a {friends}
            WHERE a.notification_id = n.id ORDER BY a.id DESC LIMIT {NAMED})
        FROM notifications_notification n WHERE n.id = ANY(%s)"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(notification_ids)])
        return dict(cursor.fetchall())


def clear(notifications: Iterable[Notification], most: int = CLEARED_AT_ONCE) -> bool:
    """Delete these groups with all their members, in one step of at most `most` members; call it again until it says
    that nothing is left. Meanwhile nobody sees them.

    Returns:
        Whether all of them are gone.
    """
    ids = [each.pk for each in notifications]
    Notification.objects.filter(pk__in=ids, count__gt=0).update(count=0)
    members = NotificationActor.objects.filter(notification__in=ids).values("pk")[:most]
    if NotificationActor.objects.filter(pk__in=members).delete()[0] == most:
        return False
    Notification.objects.filter(pk__in=ids).delete()
    return True
