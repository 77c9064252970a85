"""How figures, moments, people and icons look on a page."""

from datetime import UTC, datetime

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import cards
from accounts.models import User

register = template.Library()


@register.filter
def compact(number: int) -> str:
    """12345 as 12.3K; nothing is rounded up, so that 999,999 is not a million."""
    for unit, name in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")):
        if number >= unit:
            tenths = number * 10 // unit
            whole, tenth = divmod(tenths, 10)
            return f"{whole}.{tenth}{name}" if tenth and whole < 100 else f"{whole}{name}"
    return str(number)


@register.filter
def moment(iso: str) -> datetime:
    """The time that JSON carries as a string."""
    return datetime.fromisoformat(iso)


@register.filter
def ago(then: datetime) -> str:
    """How long ago, as short as it can be said; static/js/time.js says the same."""
    now = timezone.now()
    seconds = (now - then).total_seconds()
    for limit, unit, name in ((60, 1, "s"), (3600, 60, "m"), (86_400, 3600, "h")):
        if seconds < limit:
            return f"{max(0, int(seconds // unit))}{name}" if seconds >= 5 else "now"
    day = f"{then.astimezone(UTC):%b} {then.day}"
    return day if then.year == now.year else f"{day}, {then.year}"


@register.filter
def avatar(person: User) -> str:
    """The address of a person's picture."""
    return cards.avatar_url(person)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing from static/images/icons.svg; what it stands for must be said in words beside it."""
    address = f"{static('images/icons.svg')}#{name}"
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', address)
