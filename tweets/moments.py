"""How long ago something was, and how long it is until something."""

from datetime import UTC, datetime

from django.utils import timezone


def ago(then: datetime) -> str:
    """As short as it can be said; static/js/time.js says the same."""
    now = timezone.now()
    seconds = (now - then).total_seconds()
    for limit, unit, name in ((60, 1, "s"), (3600, 60, "m"), (86_400, 3600, "h")):
        if seconds < limit:
            return f"{max(0, int(seconds // unit))}{name}" if seconds >= 5 else "now"
    day = f"{then.astimezone(UTC):%b} {then.day}"
    return day if then.year == now.year else f"{day}, {then.year}"


def left(then: datetime) -> str:
    """How long it is until then, in whole units of the largest kind; static/js/time.js says the same."""
    seconds = (then - timezone.now()).total_seconds()
    for unit, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit:
            count = int(seconds // unit)
            return f"{count} {name}{'s' * (count > 1)} left"
    return "Less than a minute left" if seconds > 0 else "Ended"
