"""How many wrong passwords are too many.

The policy: an address may fail 10 times a minute, and 5 times in 5 minutes at one account. All strangers together may
fail 100 times an hour at one account. The last limit does not hold for a browser in which the account's owner has
logged in before, so that nobody can be locked out of an account by somebody else's guesses. Successful logins are not
counted, and no limit ends a session that exists.
"""

from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import User

ALL_STRANGERS = {"login_failed_anywhere": "100/h/key"}
COOKIE = "known_logins"
COOKIE_SECONDS = 365 * 24 * 3600


def strangers_may_try(request: HttpRequest, login: str) -> ratelimit.RateLimitUsage | None:
    """Count one try at this account against the limit that all strangers share; None when it is used up."""
    if login in _known_logins(request):
        return ratelimit.RateLimitUsage(usage=[])
    usage: ratelimit.RateLimitUsage | None = ratelimit.consume(
        request, app="accounts", action="login_failed_anywhere", config=ALL_STRANGERS, key=login
    )
    return usage


def remember_browser(response: HttpResponse, user: User) -> None:
    """Let this browser be known as one in which this person has logged in."""
    known: dict[str, Any] = {"max_age": COOKIE_SECONDS, "httponly": True, "samesite": "Lax"}
    logins = " ".join(each.lower() for each in (user.username, user.email) if each)
    response.set_signed_cookie(COOKIE, logins, secure=settings.SESSION_COOKIE_SECURE, **known)


def _known_logins(request: HttpRequest) -> list[str]:
    return str(request.get_signed_cookie(COOKIE, default="", max_age=COOKIE_SECONDS)).split()
