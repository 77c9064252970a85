"""How access ends: of everything somebody has, of one session, of one app, of one token."""

from contextlib import suppress
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import F, Q
from django.dispatch import Signal
from django.utils import timezone
from oauth2_provider.models import (
    get_access_token_model,
    get_application_model,
    get_grant_model,
    get_refresh_token_model,
)

from accounts.access import lookup
from accounts.access.lookup import Access
from accounts.models import Application, PersonalToken, User
from stores import commits

AT_ONCE = 1000

access_changed = Signal()
"""Sent after a commit, with a `user_id`: somebody's sessions or tokens are fewer, and open sockets must look again."""


@transaction.atomic
def end_all(*, user: User) -> None:
    """End every session, token and open socket of this person, and all that could still become a token.

    A session of the caller's own goes on if it is told the new hash (`update_session_auth_hash`).
    """
    User.objects.filter(pk=user.pk).update(epoch=F("epoch") + 1)  # it also locks out who would make tokens just now
    user.refresh_from_db(fields=["epoch"])
    _end_tokens(Q(user=user))
    PersonalToken.objects.filter(user=user).delete()
    _tell_sockets(user.pk)


@transaction.atomic
def end_app_of(*, user: User, application_id: int) -> None:
    """No longer let this app act for this person.

    Raises:
        Application.DoesNotExist: it holds nothing of this person's.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not _end_tokens(Q(user=user, application=application_id)):
        raise Application.DoesNotExist
    _tell_sockets(user.pk)


def _end_tokens(of_whom: Q) -> bool:
    """
    Returns:
        Whether there was anything to end.
    """
    models = (get_grant_model(), get_refresh_token_model(), get_access_token_model())
    return bool(sum(model.objects.filter(of_whom).delete()[0] for model in models))


@transaction.atomic
def end_session(*, user: User, session_id: int) -> None:
    """
    Raises:
        UserSession.DoesNotExist: it is not this person's.
    """
    UserSession.objects.get(user=user, pk=session_id).end()
    _tell_sockets(user.pk)


@transaction.atomic
def end_token(*, access: Access) -> None:
    """End the token that a call is made with; one that has ended already is fine."""
    kind, pk = access.pk.split(":")
    if kind == "personal":
        with suppress(PersonalToken.DoesNotExist):
            end_personal(pk=int(pk))
        return
    with suppress(get_access_token_model().DoesNotExist):
        end_issued(access_token=get_access_token_model().objects.get(pk=int(pk)))


@transaction.atomic
def end_issued(*, access_token: Any) -> None:
    """End a token of an app, and the one that would bring the next."""
    get_refresh_token_model().objects.filter(access_token=access_token).delete()
    access_token.delete()


@transaction.atomic
def end_personal(*, pk: int, user: User | None = None) -> None:
    """End a personal token; if a person is named, only one of his.

    Raises:
        PersonalToken.DoesNotExist: there is none.
    """
    whose = Q(user=user) if user else Q()
    PersonalToken.objects.get(whose, pk=pk).delete()


def end_application(*, application: Any) -> None:
    """Delete an app. Its tokens go first, some at a time, since it may have many."""
    tokens = get_access_token_model().objects.filter(application=application)
    while some := list(tokens.values_list("pk", flat=True)[:AT_ONCE]):
        tokens.filter(pk__in=some).delete()
    get_application_model().objects.filter(pk=application.pk).delete()


def _tell_sockets(user_id: int) -> None:
    commits.afterwards(access_changed.send_robust, sender=User, user_id=user_id)


def token_deleted(instance: Any, origin: object = None, **_: object) -> None:
    """Whoever deletes the row of a token, it opens nothing from that moment on. Who deletes many tells the sockets."""
    if _has_expired(instance):
        return
    digests, user_id = [getattr(instance, "token_checksum", "") or instance.digest], instance.user_id
    lookup.block(digests)
    commits.afterwards(lookup.block, digests)
    if origin is instance and user_id:
        _tell_sockets(user_id)


def _has_expired(token: Any) -> bool:
    until = token.expires_at if isinstance(token, PersonalToken) else token.expires
    return until is not None and until <= timezone.now()
