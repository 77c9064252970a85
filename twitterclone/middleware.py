"""A short way for API calls that carry a token; and what caches and other sites may do with answers."""

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar, cast

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import ResolverMatch, get_resolver, get_urlconf

_FOR_EVERYBODY = ("/static/", "/media/", "/avatars/")
_PAGE = {"Cache-Control": "private, no-cache", "Cross-Origin-Resource-Policy": "same-origin"}
_JSON = {"Cache-Control": "private, no-store", "Cross-Origin-Resource-Policy": "same-origin"}
_HEADERS = _JSON | {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}


class TokenLane:
    """Sends API calls with a bearer token straight to their view, past the middleware that only pages need.

    Sessions, CSRF, messages and the rest do nothing for a call that names its own credentials, but cost about as much
    as the view itself (bench row 1). Everything named before this middleware still applies to both.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._pages = get_response
        self._view = convert_exception_to_response(_Direct())

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _is_token_call(request):
            return self._pages(request)
        response = cast(HttpResponseBase, self._view(request))
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if isinstance(response, HttpResponse):
            response.headers["Content-Length"] = str(len(response.content))
        return response


class Isolation:
    """What the answer depends on, above all who asks, no shared cache knows; and no other site may load it.

    Pictures and the like are the same for everybody, and shown by programs of others; they say themselves how long
    they keep.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if request.path_info.startswith(_FOR_EVERYBODY):
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            return response
        for name, value in (_JSON if request.path_info.startswith("/api/") else _PAGE).items():
            response.headers.setdefault(name, value)
        return response


class ContentSecurityPolicy(CSPMiddleware):
    """django-csp, which makes the policy anew for each answer; nearly all have the one of the settings."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if settings.DEBUG or any(name.startswith("_csp") for name in (*vars(request), *vars(response))):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _policy())
        return response


@cache
def _policy() -> str:
    return build_policy()


def _is_token_call(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/") and request.META.get("HTTP_AUTHORIZATION", "")[:7].lower() == "bearer "


class _Direct(BaseHandler):
    """Django's own way from a request to its view, as if settings named no middleware."""

    _view_middleware: ClassVar[list[Any]] = []
    _template_response_middleware: ClassVar[list[Any]] = []
    _exception_middleware: ClassVar[list[Any]] = []

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.get_host()  # refuses hosts that are not ours, as CommonMiddleware does for pages
        response: HttpResponseBase = self._get_response(request)  # type: ignore[attr-defined]  # stubs leave it out
        return response

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Looks an address that names nobody and nothing up once: a tenth of what home costs (bench row 1)."""
        path, urls = request.path_info, get_urlconf() or settings.ROOT_URLCONF
        match = _fixed.get((urls, path))
        if match is None:
            match = get_resolver(urls).resolve(path)
            if not match.kwargs and not match.args and match.route == path[1:]:
                _fixed[urls, path] = match
        request.resolver_match = match
        return match


_fixed: dict[tuple[str, str], ResolverMatch] = {}
"""What is at addresses without parameters, of which there are only so many."""
