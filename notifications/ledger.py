"""Where it is written down that somebody may have to be told."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from notifications.models import PARTITIONS, NotificationEvent


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
    due = due_at or timezone.now()
    return bool(NotificationEvent.objects.bulk_create([_event(pair, due) for pair in pairs]))


def _event(pair: Pair, due_at: datetime) -> NotificationEvent:
    return NotificationEvent(
        recipient_id=pair.recipient_id,
        kind=pair.kind,
        tweet_id=pair.tweet_id,
        actor_id=pair.actor_id,
        partition=pair.recipient_id % PARTITIONS,
        due_at=due_at,
    )
