"""Limits where everything passes: pages are asked for, answers of the API say how the caller stands."""

import math
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from rest_framework.views import APIView

from accounts import ahead, limits, throttling
from stores.buckets import Verdict


class LimitsMiddleware:
    """Asks for everything but calls of the API, and tells callers of the API how they stand."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        verdict = limits.noted(request)
        if verdict and _is_for_programs(request):
            tell(response, verdict)
        return response

    def process_view(self, request: HttpRequest, view: Any, *_: object) -> HttpResponseBase | None:
        if issubclass(limits.class_of(view) or object, APIView):
            return None  # LimitsThrottle will ask
        name = limits.name_for(view, request.method)
        account = request.user.pk if ahead.declared(view) else None
        more = ahead.questions(view, account, request)
        verdict, answers = limits.take_and_ask(name, throttling.buckets(name, request, request), more)
        limits.note(request, verdict)
        ahead.keep(request, account, answers)
        return None if verdict is None or verdict.allowed else too_many(request, verdict)


def _is_for_programs(request: HttpRequest) -> bool:
    return request.path_info.startswith(("/api/", "/oauth/")) and request.path_info != "/oauth/authorize/"


def tell(response: HttpResponseBase, verdict: Verdict) -> None:
    """Both trios of headers that clients know; `RateLimit-Reset` is so many seconds, `X-RateLimit-Reset` a moment."""
    limit, remaining, reset = map(str, verdict[1:])
    moment = str(int(time.time()) + verdict.reset)
    store = response.headers._store  # noqa: SLF001  what Django checks of each header would cost more than asking
    store["ratelimit-limit"] = "RateLimit-Limit", limit
    store["ratelimit-remaining"] = "RateLimit-Remaining", remaining
    store["ratelimit-reset"] = "RateLimit-Reset", reset
    store["x-ratelimit-limit"] = "X-RateLimit-Limit", limit
    store["x-ratelimit-remaining"] = "X-RateLimit-Remaining", remaining
    store["x-ratelimit-reset"] = "X-RateLimit-Reset", moment


def too_many(request: HttpRequest, verdict: Verdict) -> HttpResponse:
    """The refusal: for programs in the shape of the API's errors, for htmx a sentence, else a page."""
    wait, words = {"Retry-After": str(verdict.wait)}, in_words(verdict.wait)
    if _is_for_programs(request):
        error = {"code": "throttled", "detail": f"Too many requests. Try again in {words}.", "attr": None}
        return JsonResponse({"type": "client_error", "errors": [error]}, status=429, headers=wait)
    if getattr(request, "htmx", False):
        return HttpResponse(f"Please wait {words}.", content_type="text/plain; charset=utf-8", status=429, headers=wait)
    response = render(request, "429.html", {"wait": words}, status=429)
    response["Retry-After"] = wait["Retry-After"]
    return response


def in_words(seconds: float) -> str:
    for unit, length in (("hour", 3600), ("minute", 60)):
        if seconds > 1.5 * length:
            return f"{math.ceil(seconds / length)} {unit}s"
    return f"{math.ceil(seconds)} second{'s' * (seconds > 1)}"
