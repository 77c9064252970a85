"""What is stricter here than in django-oauth-toolkit. Tokens of a person are made one at a time, under the lock that
ending them takes too (`accounts.access.endings`), so that none slips past it.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from oauth2_provider.models import get_grant_model, get_refresh_token_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError

from accounts.models import User

_CODES = uuid.UUID("2f6a5a43-6f5b-4c43-9a0c-6a2f7d4b9f11")


class _UsedTwice(Exception):
    """The same refresh token came twice, the second time before the first was answered."""


@contextmanager
def _while_it_lasts(request: Any) -> Iterator[None]:
    """A code that was good a moment ago may have been exchanged by another since."""
    try:
        yield
    except get_grant_model().DoesNotExist:
        raise InvalidGrantError(request=request) from None


def family_of(client_id: str, code: str) -> uuid.UUID:
    """The family of all tokens that come from a code, so that a code used twice leads to them."""
    return uuid.uuid5(_CODES, f"{client_id} {code}")


class Validator(OAuth2Validator):  # type: ignore[misc]  # the library comes without types
    def validate_code(self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        """A code that is used again, by whomever, ends what it was once exchanged for (RFC 6749, 4.1.2)."""
        if super().validate_code(client_id, code, client, request, *args, **kwargs):
            return True
        get_refresh_token_model().revoke_family(family_of(client.client_id, code))
        return False

    def confirm_redirect_uri(self, client_id: str, code: str, uri: str, client: Any, request: Any, *args: Any) -> bool:
        with _while_it_lasts(request):
            return bool(super().confirm_redirect_uri(client_id, code, uri, client, request, *args))

    def get_code_challenge(self, code: str, request: Any) -> Any:
        with _while_it_lasts(request):
            return super().get_code_challenge(code, request)

    def get_code_challenge_method(self, code: str, request: Any) -> Any:
        with _while_it_lasts(request):
            return super().get_code_challenge_method(code, request)

    def save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        try:
            super().save_bearer_token(token, request, *args, **kwargs)
        except _UsedTwice:
            get_refresh_token_model().revoke_family(request.refresh_token_instance.token_family)
            raise InvalidGrantError(request=request) from None

    def _save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        if request.grant_type != "client_credentials":
            self._lock_owner(request)
        if request.grant_type == "refresh_token":
            self._see_it_is_unused(request)
        super()._save_bearer_token(token, request, *args, **kwargs)
        if request.grant_type == "authorization_code":
            self._use_up(request)

    def _lock_owner(self, request: Any) -> None:
        if not User.objects.select_for_update(no_key=True).filter(pk=request.user.pk, is_active=True):
            raise InvalidGrantError(request=request)

    def _see_it_is_unused(self, request: Any) -> None:
        """Again, now that nobody can use it at the same time."""
        row = get_refresh_token_model().objects.filter(pk=request.refresh_token_instance.pk).first()
        if row is None:
            raise InvalidGrantError(request=request)
        if row.revoked:
            raise _UsedTwice

    def _use_up(self, request: Any) -> None:
        """Within the transaction that makes the tokens: of two that exchange a code at once, one gets nothing."""
        used, _ = get_grant_model().objects.filter(code=request.code, application=request.client).delete()
        if not used:
            raise InvalidGrantError(request=request)

    def invalidate_authorization_code(self, *args: Any, **kwargs: Any) -> None:
        """It is used up already."""

    def _create_refresh_token(self, request: Any, code: str, access_token: Any, previous: Any) -> Any:
        row = super()._create_refresh_token(request, code, access_token, previous)
        if request.grant_type == "authorization_code":
            row.token_family = family_of(request.client.client_id, request.code)
            row.save(update_fields=["token_family"])
        return row

    def revoke_token(self, *args: Any, **kwargs: Any) -> None:
        """An app ends its own token."""
        with transaction.atomic():
            super().revoke_token(*args, **kwargs)
