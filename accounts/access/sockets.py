"""Who may open a socket, and whether he still may: by a session of this site's own pages, or by a token.

A program names its token in the Authorization header or, where it can't set headers, as
`Sec-WebSocket-Protocol: bearer, <token>`; never in the address, which ends up in logs.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, TypeAlias

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.security.websocket import AllowedHostsOriginValidator
from channels.sessions import SessionMiddlewareStack
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from accounts.access import lookup
from accounts.access.closing import Line
from accounts.models import User

Scope: TypeAlias = dict[str, Any]
Application: TypeAlias = Callable[[Scope, Any, Any], Awaitable[None]]

PROTOCOL = "bearer"
NEEDED = "read"


class Refused(Exception):
    """This does not, or no longer, open a socket."""


class BeyondScope(Refused):
    """The token is good, but not for this."""


@dataclass(frozen=True, slots=True)
class Pass:
    """
    Attributes:
        user_id: whose socket it is.
        until: when it ends by itself, in seconds of the clock.
    """

    user_id: int
    until: float


class Credentials(Protocol):
    """What a socket was opened with, and can be looked at again."""

    def check(self) -> Pass:
        """
        Raises:
            Refused: they open nothing now.
        """


@dataclass(frozen=True, slots=True)
class BySession:
    session_key: str | None

    def check(self) -> Pass:
        """As the middlewares of a page do, from the very beginning: nothing of an earlier look is kept."""
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(self.session_key)
        user = get_user(request)
        if not isinstance(user, User):
            raise Refused
        return Pass(user.pk, time.time() + request.session.get_expiry_age())


@dataclass(frozen=True, slots=True)
class ByToken:
    token: str

    def check(self) -> Pass:
        return _pass(lookup.find(self.token))


def _pass(caller: lookup.Caller | None) -> Pass:
    if caller is None or caller.user is None:
        raise Refused
    if NEEDED not in caller.access.scopes:
        raise BeyondScope
    return Pass(caller.user.pk, caller.access.until)


async def check(credentials: Credentials) -> Pass:
    """
    Raises:
        Refused: they open nothing now.
    """
    found: Pass = await database_sync_to_async(credentials.check)()
    return found


async def check_all(credentials: Sequence[Credentials]) -> list[Pass | None]:
    """As `check` for each, None where they open nothing now; the tokens among them in one conversation with Redis."""
    found: list[Pass | None] = await database_sync_to_async(_check_all)(credentials)
    return found


def _check_all(credentials: Sequence[Credentials]) -> list[Pass | None]:
    callers = lookup.find_all([each.token for each in credentials if isinstance(each, ByToken)])
    return [_checked(each, callers) for each in credentials]


def _checked(credentials: Credentials, callers: Mapping[str, lookup.Caller | None]) -> Pass | None:
    try:
        return _pass(callers[credentials.token]) if isinstance(credentials, ByToken) else credentials.check()
    except Refused:
        return None


class Doorkeeper:
    """Gives every socket its `credentials`. A page's come by cookie, so it must be a page of ours; a token has to be
    shown on purpose, but a browser that shows it must be on a page of ours, too.
    """

    def __init__(self, application: Application) -> None:
        ours = AllowedHostsOriginValidator
        self._page = ours(SessionMiddlewareStack(_with_session(application)))
        self._browser = ours(application)
        self._program = application

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        line = Line(receive, send)
        receive, send = line.receive, line.send
        headers = dict(scope["headers"])
        token = _token(headers, scope.get("subprotocols", []))
        if token is None:
            await self._page(scope, receive, send)
            return
        door = self._browser if b"origin" in headers else self._program
        await door(scope | {"credentials": ByToken(token)}, receive, send)


def _token(headers: dict[bytes, bytes], protocols: list[str]) -> str | None:
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    if len(protocols) == 2 and protocols[0] == PROTOCOL:
        return protocols[1]
    return None


def _with_session(application: Application) -> Application:
    async def opened(scope: Scope, receive: Any, send: Any) -> None:
        key = await sync_to_async(lambda: scope["session"].session_key)()
        await application(scope | {"credentials": BySession(key)}, receive, send)

    return opened
