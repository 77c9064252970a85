"""Who may register an app by POST (RFC 7591): a person, by session or with a token that may write."""

from django.http import HttpRequest
from oauth2_provider.dcr import enforce_csrf

from accounts.access import lookup
from accounts.access.bearer import bearer_token
from accounts.models import User


class ByMembers:
    def has_permission(self, request: HttpRequest) -> bool:
        token = bearer_token(request)
        if token is None:
            return isinstance(request.user, User) and bool(enforce_csrf(request))
        caller = lookup.find(token)
        if caller is None or caller.user is None or "write" not in caller.access.scopes:
            return False
        request.user = caller.user
        return True
