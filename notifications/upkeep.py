"""What happens to notifications without anybody asking, and what an operator may do."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from notifications import groups
from notifications.models import Notification, NotificationEvent
from tweets.models import id_at

KEPT_FOR = timedelta(days=90)
PURGED_AT_ONCE = 1000


@transaction.atomic
def purge() -> bool:
    """Delete some of what nobody has joined for `KEPT_FOR`.

    Returns:
        Whether there was any.
    """
    stale = Notification.objects.filter(position__lt=id_at(timezone.now() - KEPT_FOR))
    found = list(stale.order_by("position")[:PURGED_AT_ONCE])
    groups.clear(found)
    return bool(found)


def oldest_pending() -> NotificationEvent | None:
    """The event that waits longest; its age is how late notifications are."""
    return NotificationEvent.objects.order_by("pk").first()


def retry(*, event_ids: Collection[int]) -> int:
    """Make these events due now, whatever put them off; the next sweep takes them.

    Returns:
        How many were still there.
    """
    return NotificationEvent.objects.filter(pk__in=event_ids).update(due_at=timezone.now())
