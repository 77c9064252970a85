"""Tokens that people make for their own scripts: shown once, kept as a hash."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.access import lookup, scopes
from accounts.models import PersonalToken, User

MOST = 50


class Suspended(Exception):
    """Nobody makes tokens for an account that is closed."""


@transaction.atomic
def issue(
    *,
    user: User,
    name: str = "Token",
    scope: Iterable[str] = ("read", "write", "follow"),
    until: datetime | None = None,
) -> str:
    """
    Returns:
        A new token. With `MOST` of them issued before, the oldest end.

    Raises:
        Suspended: the account was closed a moment ago.
    """
    # One at a time, so that none slips past the limit, or past what ends all of them.
    if not User.objects.select_for_update(no_key=True).filter(pk=user.pk, is_active=True):
        raise Suspended
    newest = PersonalToken.objects.filter(user=user).order_by("-created_at").values("pk")[: MOST - 1]
    PersonalToken.objects.filter(user=user).exclude(pk__in=newest).delete()
    token = lookup.PREFIX + secrets.token_urlsafe(32)
    PersonalToken.objects.create(
        user=user, name=name, digest=lookup.digest(token), scope=scopes.written(scope), expires_at=until
    )
    return token


def of(user: User) -> list[PersonalToken]:
    """Those that still open something, the newest first."""
    rows = PersonalToken.objects.filter(user=user).exclude(expires_at__lt=timezone.now())
    return list(rows.order_by("-created_at"))
