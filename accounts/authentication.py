"""Who calls the API: the owner of a token in `Authorization: Bearer`."""

from django.db.models import Q
from django.utils import timezone
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from accounts.models import User


def viewer(request: Request) -> User | None:
    """Who calls; None for whoever shows no credentials."""
    return request.user if isinstance(request.user, User) else None


def member(request: Request) -> User:
    """Who calls, in a view that lets nobody in without an account."""
    if isinstance(request.user, User):
        return request.user
    raise NotAuthenticated


class BearerAuthentication(TokenAuthentication):  # type: ignore[misc]  # comes without types
    """One indexed read for each request. A token is 256 random bits, so its plain hash may be looked up."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken]:
        """
        Raises:
            AuthenticationFailed: there is no such token, it has expired, or its owner is suspended.
        """
        unexpired = Q(expiry=None) | Q(expiry__gt=timezone.now())
        tokens = AuthToken.objects.filter(unexpired, digest=hash_token(token.decode("latin-1")), user__is_active=True)
        found = tokens.select_related("user").first()
        if found is None:
            raise AuthenticationFailed("Invalid token.")
        return found.user, found
