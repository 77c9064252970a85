"""Reads about somebody's notifications."""

from collections.abc import Sequence

from django.db.models import Max, Q, QuerySet, TextChoices

from notifications.models import ADDRESSED, Notification, ReadMarker


class Filter(TextChoices):
    """Which notifications a page shows."""

    ALL = "all"
    MENTIONS = "mentions"
    FOLLOWING = "following"


_FILTERS = {
    Filter.ALL: Q(),
    Filter.MENTIONS: Q(kind__in=ADDRESSED),
    Filter.FOLLOWING: ~Q(friends=[]),
}


def read_up_to(user_id: int) -> int:
    """The position up to which somebody has read; 0 for nothing yet."""
    return ReadMarker.objects.filter(pk=user_id).values_list("read_up_to", flat=True).first() or 0


def newest_position(user_id: int) -> int:
    """Where the latest of somebody's notifications stands; 0 without any."""
    return Notification.objects.filter(recipient=user_id).aggregate(Max("position"))["position__max"] or 0


def older(user_id: int, which: Filter, before: int | None, count: int, above: int = 0) -> Sequence[Notification]:
    """The latest ones below a cursor, and above another, latest first."""
    rows = _rows(user_id, which).filter(position__gt=above)
    if before is not None:
        rows = rows.filter(position__lt=before)
    return list(rows.order_by("-position")[:count])


def newer(user_id: int, which: Filter, since: int, count: int) -> Sequence[Notification]:
    """Those nearest above a cursor, oldest first."""
    return list(_rows(user_id, which).filter(position__gt=since).order_by("position")[:count])


def _rows(user_id: int, which: Filter) -> QuerySet[Notification]:
    return Notification.objects.filter(_FILTERS[which], recipient=user_id, count__gt=0)
