"""Apps: who registered which, whom they act for. Only here they are made and changed; `endings` ends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Q
from django.utils import timezone
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from accounts.access import scopes
from accounts.models import Application, User


@dataclass(frozen=True, slots=True)
class Authorised:
    """An app that may act for somebody.

    Attributes:
        since: when the oldest of what it still holds was given.
    """

    app: Application
    scopes: Sequence[str]
    since: datetime


def own(user: User) -> list[Application]:
    return list(Application.objects.filter(user=user).order_by("name", "pk"))


def own_app(user: User, app_id: int) -> Application:
    """
    Raises:
        Application.DoesNotExist: there is none, or it is somebody else's.
    """
    app: Application = Application.objects.get(user=user, pk=app_id)
    return app


def register(*, app: Application) -> str:
    """Keep a new app.

    Args:
        app: checked, with its owner.

    Returns:
        Its secret, which nobody can see again; "" if it can't keep one.
    """
    secret = str(app.client_secret) if app.is_confidential else ""
    app.save()
    return secret


def change(*, app: Application) -> None:
    app.save(update_fields=["name", "website", "redirect_uris", "updated"])


def renew_secret(*, app: Application) -> str:
    """A new secret; the old one opens nothing any more."""
    secret = str(generate_client_secret())
    app.client_secret = secret
    app.save(update_fields=["client_secret", "updated"])
    return secret


def authorised(user: User) -> list[Authorised]:
    """The apps that may act for this person now, or get a token again without asking."""
    live = get_refresh_token_model().objects.filter(user=user, revoked=None).values("access_token")
    tokens = get_access_token_model().objects.filter(Q(expires__gt=timezone.now()) | Q(pk__in=live), user=user)
    rows = tokens.exclude(application=None).values("application").annotate(since=Min("created"))
    since = {row["application"]: row["since"] for row in rows}
    texts: dict[int, list[str]] = {}
    for app_id, text in tokens.values_list("application", "scope"):
        texts.setdefault(app_id, []).extend(text.split())
    apps = Application.objects.filter(pk__in=since).order_by("name", "pk")
    return [Authorised(app, scopes.written(texts[app.pk]).split(), since[app.pk]) for app in apps]
