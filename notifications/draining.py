"""Empties the ledger of events, partition by partition.

Drains may run side by side, be killed at any moment and do anything twice. What they change is in PostgreSQL alone, and
events are deleted in the transaction that dealt with them; after it, those who look are told.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from notifications import folding, telling, unfolding
from notifications.models import FIRST_OF_MANY, PARTITIONS, NotificationEvent

BATCH = 1000
SECONDS = 5.0
LONGEST_BACK_OFF_SECONDS = 600

logger = logging.getLogger(__name__)


def drain(seconds: float = SECONDS, batch: int = BATCH) -> bool:
    """Deal with due events until none is left, or the time is up.

    Returns:
        Whether none is left.
    """
    until = time.monotonic() + seconds
    while partitions := pending(timezone.now()):
        for partition in partitions:
            if time.monotonic() > until:
                return False
            _next_batch(partition, batch)
    return True


def pending(by: datetime) -> list[int]:
    """The partitions in which something was due by then."""
    sql = """
        SELECT p FROM generate_series(0, %s) AS p
        WHERE EXISTS (SELECT 1 FROM notifications_notificationevent e WHERE e.partition = p AND e.due_at <= %s)"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [PARTITIONS - 1, by])
        return [row[0] for row in cursor.fetchall()]


def _next_batch(partition: int, size: int) -> None:
    """Deal with one batch; with each event alone when one of them raises."""
    taken: list[NotificationEvent] = []
    try:
        with transaction.atomic():
            lock(partition)
            due = NotificationEvent.objects.filter(partition=partition, due_at__lte=timezone.now())
            taken = list(due.order_by("due_at", "pk")[:size])
            told = _deal_with(taken)
    except Exception:
        if not taken:
            raise
        for event in taken:
            _alone(event)
    else:
        telling.tell(told)


def lock(partition: int) -> None:
    """Keep everybody else from folding for the recipients of this partition, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('notifications'), %s)", [partition])


def _alone(event: NotificationEvent) -> None:
    """One event, from a batch of which something raised; if it is this one, it is put off."""
    try:
        with transaction.atomic():
            lock(event.partition)
            told = _deal_with(list(NotificationEvent.objects.filter(pk=event.pk)))
    except Exception as error:
        logger.exception("event %s (%s) raised", event.pk, event)
        _put_off(event, error)
    else:
        telling.tell(told)


def _put_off(event: NotificationEvent, error: Exception) -> None:
    attempts = event.attempts + 1
    delay = timedelta(seconds=min(2 ** min(attempts, 10), LONGEST_BACK_OFF_SECONDS))
    NotificationEvent.objects.filter(pk=event.pk).update(
        attempts=attempts, due_at=timezone.now() + delay, error=f"{type(error).__name__}: {error}"[:1000]
    )


def _deal_with(events: Sequence[NotificationEvent]) -> set[int]:
    """
    Returns:
        The recipients whose notifications have changed.
    """
    pairs = [each for each in events if each.kind < FIRST_OF_MANY]
    many = [each for each in events if each.kind >= FIRST_OF_MANY]
    told = folding.fold(pairs) | {each.recipient_id for each in many}
    unfinished = [each for each in many if not unfolding.step(each)]
    NotificationEvent.objects.filter(pk__in={each.pk for each in events} - {each.pk for each in unfinished}).delete()
    for event in unfinished:
        event.due_at = timezone.now()
    NotificationEvent.objects.bulk_update(unfinished, ["cursor", "due_at"])
    return told
