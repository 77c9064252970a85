"""Manners that pages share: whom they let in, where they send people back to, how they read a cursor."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event
from django_htmx.middleware import HtmxDetails

from accounts.models import User

BIGGEST_ID = 2**63 - 1


class PageRequest(HttpRequest):
    """Any request, as the middlewares leave it."""

    htmx: HtmxDetails


class MemberRequest(PageRequest):
    """A request by somebody who is logged in."""

    user: User


Rest = ParamSpec("Rest")


def for_members(
    view: Callable[Concatenate[MemberRequest, Rest], HttpResponse],
) -> Callable[Concatenate[PageRequest, Rest], HttpResponse]:
    """Send strangers to the login page, and from there back to the page they were on."""

    @wraps(view)
    def guarded(request: PageRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(cast(MemberRequest, request), *args, **kwargs)
        if not request.htmx:
            asked = request.get_full_path() if request.method == "GET" else came_from(request)
            return redirect_to_login(asked)
        login = redirect_to_login(request.htmx.current_url_abs_path or "/")
        return HttpResponseClientRedirect(login.url)

    return cast(Callable[Concatenate[PageRequest, Rest], HttpResponse], guarded)


def came_from(request: HttpRequest, default: str = settings.LOGIN_REDIRECT_URL) -> str:
    """The page on which a form was sent, if it is one of ours."""
    for address in (request.POST.get("next"), request.headers.get("referer")):
        if address and url_has_allowed_host_and_scheme(
            address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return address
    return resolve_url(default)


def back(request: HttpRequest, default: str = settings.LOGIN_REDIRECT_URL) -> HttpResponse:
    """Return to where the form was sent, to the very tweet if the form names the entry."""
    entry = request.POST.get("entry", "")
    place = f"#tweet-{entry}" if entry.isdecimal() else ""
    return HttpResponseRedirect(came_from(request, default).partition("#")[0] + place)


def for_both(response: HttpResponse) -> HttpResponse:
    """Keep caches from taking the piece of a page that scripts get for the page itself."""
    patch_vary_headers(response, ["HX-Request"])
    return response


def changed(response: HttpResponse, tweet_ids: list[int]) -> HttpResponse:
    """The answer to a form that was taken: scripts close it, and fetch these tweets again wherever they show them."""
    return trigger_client_event(response, "posted", {"changed": [str(each) for each in tweet_ids]}, after="settle")


def page_behind(request: PageRequest) -> tuple[str, dict[str, Any]]:
    """The name and arguments of the page on which a script asks, unless it is a later page of a list."""
    try:
        match = resolve(request.htmx.current_url_abs_path or "")
    except Resolver404:
        return "", {}
    return match.url_name or "", match.kwargs


def id_from(request: HttpRequest, name: str) -> int | None:
    """An id from the address's query.

    Raises:
        BadRequest: it is there, but no id.
    """
    text = request.GET.get(name)
    return _id(name, text) if text else None


def id_from_form(request: HttpRequest, name: str) -> int:
    """An id from the form that was sent.

    Raises:
        BadRequest: it is not there, or no id.
    """
    return _id(name, request.POST.get(name, ""))


def ids_from(request: HttpRequest, name: str) -> list[int]:
    """Ids from the address's query, with commas between them.

    Raises:
        BadRequest: one of them is none.
    """
    text = request.GET.get(name)
    return [_id(name, each) for each in text.split(",")] if text else []


def _id(name: str, text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 19 or int(text) > BIGGEST_ID:
        raise BadRequest(f"{name} is no id.")
    return int(text)
