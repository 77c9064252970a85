"""Notes of each session when and from where it was last used, for the page that lists them."""

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User

NOTED = "noted_at"
WITHIN_SECONDS = 3600


class NoteSession:
    """Once an hour and session; allauth's own middleware would write with every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        session = request.session
        if session.session_key and isinstance(request.user, User) and _is_due(session.get(NOTED, 0)):
            session[NOTED] = int(time.time())
            UserSession.objects.create_from_request(request)
        return self._get_response(request)


def _is_due(noted_at: float) -> bool:
    return noted_at < time.time() - WITHIN_SECONDS
