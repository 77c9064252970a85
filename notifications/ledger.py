"""Where it is written down that somebody may have to be told."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from notifications.models import PARTITIONS

# Written here: the ORM would make it anew for every like (bench row 8).
_ADD = """
INSERT INTO notifications_notificationevent
    (recipient_id, kind, tweet_id, actor_id, partition, due_at, created_at, cursor, attempts, error) VALUES """
_EVENT = "(%s, %s, %s, %s, %s, %s, %s, 0, 0, '')"


class Pair(NamedTuple):
    """Somebody who does something to somebody: one member of one group.

    Attributes:
        kind: a number of `models.Kind`; as an event also one of `NotificationEvent.Many`.
        tweet_id: as in `models.Notification`.
    """

    recipient_id: int
    kind: int
    tweet_id: int
    actor_id: int


def add(pairs: Iterable[Pair], due_at: datetime | None = None) -> bool:
    """Have these pairs looked at, at once or from `due_at` on, if the caller's transaction commits. Rows are only ever
    inserted, so nobody waits for anybody.

    Returns:
        Whether there were any.
    """
    now = timezone.now()
    events = [(*pair, pair.recipient_id % PARTITIONS, due_at or now, now) for pair in pairs]
    if events:
        with connection.cursor() as cursor:
            cursor.execute(_ADD + ", ".join([_EVENT] * len(events)), [value for event in events for value in event])
    return bool(events)
