"""A short way for API calls that carry a token."""

from collections.abc import Callable

from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponseBase

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}


class TokenLane:
    """Sends API calls with a bearer token straight to their view, past the middleware that only pages need.

    Sessions, CSRF, messages and the rest do nothing for a call that names its own credentials, but cost about as much as the
    view itself (bench row 1). Everything named before this middleware still applies to both.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._pages = get_response
        self._view = convert_exception_to_response(_without_middleware())

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _is_token_call(request):
            return self._pages(request)
        request.get_host()  # refuses hosts that are not ours, as CommonMiddleware does for pages
        response = self._view(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def _is_token_call(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/") and request.META.get("HTTP_AUTHORIZATION", "")[:7].lower() == "bearer "


def _without_middleware() -> Callable[[HttpRequest], HttpResponseBase]:
    """Django's own way from a request to its view, as if settings named no middleware."""
    handler = BaseHandler()
    handler._view_middleware = []  # noqa: SLF001  what load_middleware() would set
    handler._template_response_middleware = []  # noqa: SLF001
    handler._exception_middleware = []  # noqa: SLF001
    return handler._get_response  # noqa: SLF001
