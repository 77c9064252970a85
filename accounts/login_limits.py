"""How many wrong passwords are too many: the limit `guess` of docs/limits.md, and `code` for a second factor.

Wrong guesses are counted for the address, for the name at that address, and for the name wherever they come from. Where
the account's owner is known, in a session of his and in browsers in which he has logged in before, they are counted for
these alone: nobody can be kept out of an account by somebody else's guesses. Successful logins are not counted, and no
limit ends a session that exists. Names are counted as they are typed, known or not, so that nothing tells which are.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from accounts import addresses, limits
from accounts.models import User
from stores.buckets import Bucket

COOKIE = "known_logins"
COOKIE_SECONDS = 365 * 24 * 3600
KNOWN = "where he is known"


class TooManyGuesses(ValidationError):
    """Not even the right one is looked at for so many seconds."""

    def __init__(self, wait: int, what: str) -> None:
        super().__init__(f"Too many wrong {what}. Wait a few minutes, then try again.", code="too_many_guesses")
        self.wait = wait


def guess(request: HttpRequest, login: str) -> Sequence[Bucket]:
    """Count a password as a wrong one, before it is looked at: so many at once are no way around the limit.

    Returns:
        What to hand to `was_right` if it was not wrong after all.

    Raises:
        TooManyGuesses: none may be looked at now, and none was counted.
    """
    return _taken(request, "guess", _buckets(request, login), "passwords")


def guess_code(request: HttpRequest, user: User) -> Sequence[Bucket]:
    """The same for a code of this person's second factor. Who gets there knows the password."""
    return _taken(request, "code", limits.buckets_of("code", request, user.pk), "codes")


def was_right(taken: Sequence[Bucket]) -> None:
    limits.give_back(taken)


def start_anew(request: HttpRequest, user: User) -> None:
    """Whoever has just set the password may mistype it as often as anybody."""
    for login in _logins(user):
        limits.fill(limits.buckets_named("guess", login_at_address=_at_address(request, login)))


def may_mail(mailbox: str) -> bool:
    """Whether one more mail may go there that anybody could have asked for."""
    verdict = limits.take("mail", limits.buckets_named("mail", mailbox=_hidden(mailbox)))
    return verdict is None or verdict.allowed


def remember_browser(response: HttpResponse, user: User) -> None:
    """Let this browser be known as one in which this person has logged in."""
    known: dict[str, Any] = {"max_age": COOKIE_SECONDS, "httponly": True, "samesite": "Lax"}
    response.set_signed_cookie(_cookie(), " ".join(_logins(user)), secure=settings.SESSION_COOKIE_SECURE, **known)


def _cookie() -> str:
    """Its name; over https one that no other host can have set."""
    return f"__Host-{COOKIE}" if settings.SESSION_COOKIE_SECURE else COOKIE


def _taken(request: HttpRequest, limit: str, wanted: Sequence[Bucket], what: str) -> Sequence[Bucket]:
    verdict = limits.take(limit, wanted)
    limits.note(request, verdict)
    if verdict and not verdict.allowed:
        raise TooManyGuesses(verdict.wait, what)
    return wanted


def _buckets(request: HttpRequest, login: str) -> list[Bucket]:
    if _is_known(request, login):
        return limits.buckets_named("guess", login_at_address=_hidden(f"{login} {KNOWN}"))
    return limits.buckets_named(
        "guess",
        address=addresses.group(addresses.client(request)),
        login_at_address=_at_address(request, login),
        login=_hidden(login),
    )


def _at_address(request: HttpRequest, login: str) -> str:
    return _hidden(f"{login} {addresses.group(addresses.client(request))}")


def _hidden(name: str) -> str:
    """Names and mail addresses are nobody's business, and may be long."""
    return sha256(name.lower().encode()).hexdigest()[:32]


def _is_known(request: HttpRequest, login: str) -> bool:
    user = getattr(request, "user", None)
    if isinstance(user, User) and login.lower() in _logins(user):
        return True
    known = request.get_signed_cookie(_cookie(), default="", max_age=COOKIE_SECONDS) or ""
    return login.lower() in known.split()


def _logins(user: User) -> list[str]:
    return [each.lower() for each in (user.username, user.email) if each]
