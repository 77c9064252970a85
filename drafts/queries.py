"""Reads about drafts. Nobody but its author knows of one."""

from django.utils import timezone

from accounts.models import User
from drafts.models import Draft


def own_draft(author: User, draft_id: int) -> Draft:
    """
    Raises:
        Draft.DoesNotExist: the author has no such draft (any more).
    """
    return Draft.objects.get(pk=draft_id, author=author)


def drafts_of(author: User) -> list[Draft]:
    """What waits for its author, the newest first."""
    return list(Draft.objects.filter(author=author, scheduled_at=None).order_by("-pk"))


def scheduled_of(author: User) -> list[Draft]:
    """What waits for its time, or has missed it, the next first."""
    return list(Draft.objects.filter(author=author, scheduled_at__isnull=False).order_by("scheduled_at", "pk"))


def due_ids(most: int) -> list[int]:
    """Whose time has come, the longest due first."""
    due = Draft.objects.filter(scheduled_at__lte=timezone.now(), error="")
    return list(due.order_by("scheduled_at").values_list("pk", flat=True)[:most])
