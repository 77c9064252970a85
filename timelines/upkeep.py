"""What an operator may want to know and do about the event table."""

from collections.abc import Collection

from django.utils import timezone

from timelines import tasks
from timelines.models import FeedEvent


def oldest_pending() -> FeedEvent | None:
    """The event that waits longest; its age is how late delivery is."""
    return FeedEvent.objects.order_by("pk").first()


def retry(*, event_ids: Collection[int]) -> int:
    """Make these events due now, whatever put them off.

    Returns:
        How many were still there.
    """
    due = FeedEvent.objects.filter(pk__in=event_ids).update(due_at=timezone.now())
    tasks.wake()
    return due
