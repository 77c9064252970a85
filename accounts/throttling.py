"""The throttle of the API. On its own, since REST framework imports it while it is itself imported."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts import limits
from stores.buckets import Bucket, Verdict

if TYPE_CHECKING:
    from rest_framework.views import APIView


class LimitsThrottle(BaseThrottle):
    """Asks for every call of the API, once it is known who calls."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        self.verdict = ask(request, view)
        return self.verdict is None or self.verdict.allowed

    def wait(self) -> float | None:
        return self.verdict.wait if self.verdict else None


def ask(request: Request, view: "APIView") -> Verdict | None:
    """Whether a call of the API may go on. However often it is asked, a call is counted once."""
    inner: HttpRequest = request._request  # noqa: SLF001  what it knows outlives the view
    if not was_counted(inner):
        kind: Any = type(view)
        name = limits.name_for(kind, request.method)
        wanted = buckets(name, request, inner)
        if not was_counted(inner):  # what looks a token up counts on its way
            counted(inner, limits.take(name, wanted))
    return limits.noted(inner)


def was_counted(inner: HttpRequest) -> bool:
    return hasattr(inner, "was_counted")


def counted(inner: HttpRequest, verdict: Verdict | None) -> None:
    inner.was_counted = True  # type: ignore[attr-defined]
    limits.note(inner, verdict)


def buckets(name: str, request: Request | HttpRequest, inner: HttpRequest) -> list[Bucket]:
    """From which a call draws. A limit that does not ask who calls leaves session and token alone."""
    if name == limits.UNLIMITED:
        return []
    if not limits.asks_who(name):
        return limits.buckets_of(name, inner)
    return limits.buckets_of(name, inner, *_caller(request))


def _caller(request: Request | HttpRequest) -> tuple[int | None, str | None]:
    """Account and token; nobody, where nothing has asked before and the credentials do not hold."""
    try:
        return request.user.pk, getattr(getattr(request, "auth", None), "pk", None)
    except APIException:
        return None, None
