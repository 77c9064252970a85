"""What accounts hear of the libraries below: signing in and out, and tokens that go. Nothing else is connected here."""

import logging
from typing import Any

from django.contrib.auth import signals
from django.db.models.signals import post_delete
from django.http import HttpRequest
from oauth2_provider.models import get_access_token_model

from accounts import addresses
from accounts.access import endings
from accounts.models import PersonalToken, User
from stores import commits

audit = logging.getLogger("audit")


def connect() -> None:
    for signal, receiver in (
        (signals.user_logged_in, signed_in),
        (signals.user_login_failed, sign_in_failed),
        (signals.user_logged_out, signed_out),
    ):
        signal.connect(receiver, dispatch_uid=f"accounts.{receiver.__name__}")
    for model in (PersonalToken, get_access_token_model()):
        post_delete.connect(endings.token_deleted, sender=model, dispatch_uid=f"accounts.deleted.{model.__name__}")


def signed_in(user: User, request: HttpRequest | None = None, **_: object) -> None:
    audit.info("signed in: user %d from %s", user.pk, _from(request))


def sign_in_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: object) -> None:
    name = str(credentials.get("username") or credentials.get("email") or "")
    audit.warning("sign-in failed: %.80r from %s", name, _from(request))


def signed_out(user: User | None, request: HttpRequest | None = None, **_: object) -> None:
    """Open sockets of the session that ended must look whether they may go on."""
    if user is None:
        return
    audit.info("signed out: user %d from %s", user.pk, _from(request))
    commits.afterwards(endings.access_changed.send_robust, sender=User, user_id=user.pk)


def _from(request: HttpRequest | None) -> str:
    return addresses.client(request) if request and request.META.get("REMOTE_ADDR") else "nowhere"
