"""How long ago something was."""

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
