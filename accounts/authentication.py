"""Who calls the API: the owner of a token in `Authorization: Bearer`, as far as the token goes."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.request import Request

from accounts import callers
from accounts.access import scopes
from accounts.access.bearer import bearer_token
from accounts.access.lookup import Access
from accounts.models import User


def viewer(request: Request) -> User | None:
    """Who calls; None for whoever shows no credentials, and for an app that speaks for itself."""
    return request.user if isinstance(request.user, User) else None


def member(request: Request) -> User:
    """Who calls, in a view that lets nobody in without an account."""
    if isinstance(request.user, User):
        return request.user
    raise NotAuthenticated


class InsufficientScope(PermissionDenied):
    """The token is good, but not for this (RFC 6750, 3.1)."""

    default_code = "insufficient_scope"

    def __init__(self, scope: str | None) -> None:
        if scope is None:
            super().__init__("No token opens this.")
            self.auth_header = 'Bearer error="insufficient_scope"'
        else:
            super().__init__(f"This needs a token with the scope {scope}.")
            self.auth_header = f'Bearer error="insufficient_scope", scope="{scope}"'


class BearerAuthentication(BaseAuthentication):
    """A session may do all that its owner may; a token only what its scopes say, in any view: see `scopes.scoped`."""

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, Access] | None:
        """
        Raises:
            AuthenticationFailed: there is no such token, it has expired, or its owner is suspended.
            InsufficientScope: the view is beyond its scopes.
        """
        token = bearer_token(request._request)  # noqa: SLF001  Django's, which all of the house takes
        if token is None:
            return None
        caller = callers.find(token, request)
        if caller is None:
            raise AuthenticationFailed("This token is not, or no longer, valid.")
        _refuse_beyond(caller.access, request)
        return caller.user or AnonymousUser(), caller.access

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer error="invalid_token"' if "HTTP_AUTHORIZATION" in request.META else "Bearer"


def _refuse_beyond(access: Access, request: Request) -> None:
    view: Any = request.parser_context["view"]
    scope = scopes.needed(view, request.method)
    if scope is None or (scope != scopes.ANY and scope not in access.scopes):
        raise InsufficientScope(scope)
