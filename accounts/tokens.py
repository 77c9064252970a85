"""Tokens for programs: shown once, kept as a hash."""

from django.db import transaction
from knox.models import AuthToken
from knox.settings import knox_settings

from accounts.models import User


@transaction.atomic
def issue(*, user: User) -> str:
    """
    Returns:
        A new token. With `TOKEN_LIMIT_PER_USER` of them issued before, the oldest end.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # one at a time, so that none slips past the limit
    newest = (
        AuthToken.objects.filter(user=user).order_by("-created").values("pk")[: knox_settings.TOKEN_LIMIT_PER_USER - 1]
    )
    AuthToken.objects.filter(user=user).exclude(pk__in=newest).delete()
    token: str = AuthToken.objects.create(user=user)[1]
    return token


def revoke(*, token: AuthToken) -> None:
    """End a token; one that has ended already is fine."""
    AuthToken.objects.filter(pk=token.pk).delete()
