"""The search page."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import finding
from accounts.limits import limited
from discovery import asking, search
from timelines.feed import FeedPage
from timelines.views import PAGE, cursor, viewer_of
from tweets.pages import PageRequest, for_both, id_from

TABS = {"top": "Top", "latest": "Latest", "people": "People"}
_TWEETS: dict[str, Callable[..., FeedPage]] = {"top": search.top, "latest": search.latest}
_PARTS = {"top": "timelines/_page.html", "latest": "timelines/_page.html", "people": "timelines/_follows.html"}


@limited(GET="search")
@require_safe
def results(request: PageRequest) -> HttpResponse:
    """What is found, on one of three tabs; without a question the box alone."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "top"
    context: dict[str, Any] = {"q": request.GET.get("q", "").strip(), "tab": tab, "tabs": TABS}
    if not context["q"]:
        return render(request, "discovery/search.html", context)
    try:
        context |= _found(request, tab, context["q"])
    except asking.Nonsense as reason:
        return render(request, "discovery/search.html", context | {"wrong": reason}, status=400)
    return for_both(render(request, _PARTS[tab] if request.htmx else "discovery/search.html", context))


def _found(request: PageRequest, tab: str, q: str) -> dict[str, Any]:
    address = f"{request.path}?{urlencode({'q': q, 'tab': tab})}"
    if tab == "people":
        asking.checked(q)
        found = finding.page(q, request.user.pk, before=id_from(request, "before"), limit=PAGE)
        return {"people": found.people, "more": f"{address}&before={found.next}" if found.next else None}
    page = _TWEETS[tab](q, viewer_of(request), limit=PAGE, **cursor(request))
    return {
        "tweets": page.tweets,
        "older": f"{address}&before={page.older}" if page.older else None,
    }
