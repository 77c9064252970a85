"""The page, and the call, of what a reader missed."""

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import orjson
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.access.scopes import scoped
from accounts.authentication import member
from accounts.limits import limited
from accounts.pagination import PageQuery, page_response, page_schema
from timelines import catchup
from timelines.views import PAGE
from tweets.pages import MemberRequest, for_both, for_members, id_from
from tweets.serializers import TweetPageSerializer

SPANS = {
    catchup.LAST_VISIT: "Since you last read",
    "6h": "6 hours",
    "1d": "1 day",
    "3d": "3 days",
    "1w": "1 week",
}
ORDERS = {catchup.ENGAGEMENT: "Most engaged", catchup.AUTHOR: "By author"}


def _choice(request: MemberRequest, name: str, choices: dict[str, str]) -> str:
    """
    Raises:
        BadRequest: it is none of these.
    """
    chosen = request.GET.get(name) or next(iter(choices))
    if chosen not in choices:
        raise BadRequest(f"{name} is one of {', '.join(choices)}.")
    return chosen


@limited(GET="digest")
@require_safe
@for_members
def catch_up(request: MemberRequest) -> HttpResponse:
    """What the reader missed, of a span and in an order that he chooses."""
    span, by = _choice(request, "span", SPANS), _choice(request, "by", ORDERS)
    page = catchup.page(request.user, span=span, by=by, before=id_from(request, "before"), limit=PAGE)
    address = f"{request.path}?{urlencode({'span': span, 'by': by})}"
    context = {
        "groups": _groups(page.tweets) if by == catchup.AUTHOR else [(None, page.tweets)],
        "tweets": page.tweets,
        "older": f"{address}&before={page.older}" if page.older else None,
        "span": span,
        "by": by,
        "spans": SPANS,
        "orders": ORDERS,
    }
    template = "timelines/_catch_up.html" if request.htmx else "timelines/catch_up.html"
    return for_both(render(request, template, context))


def _groups(tweets: list[bytes]) -> list[tuple[Any, list[bytes]]]:
    """Tweets under the author of each run of them."""
    authored = [(orjson.loads(tweet)["author"], tweet) for tweet in tweets]
    runs = groupby(authored, key=lambda each: each[0])
    return [(author, [tweet for _, tweet in run]) for author, run in runs]


class CatchUpQuery(PageQuery):
    since = None  # type: ignore[assignment]  # what the library takes a field away by
    span = serializers.ChoiceField(
        list(SPANS), default=catchup.LAST_VISIT, help_text="`visit`: since where home was read, see `/api/markers/`."
    )
    by = serializers.ChoiceField(list(ORDERS), default=catchup.ENGAGEMENT)


@extend_schema(tags=["timelines"])
@limited(GET="digest")
@scoped(GET="read")
class CatchUpView(APIView):
    permission_classes = [IsAuthenticated]

    @page_schema("catch_up", TweetPageSerializer, query=CatchUpQuery)
    def get(self, request: Request) -> HttpResponse:
        """What one missed in home, most engaged first or author by author; the first page settles the order of all."""
        page = catchup.page(member(request), **CatchUpQuery.read(request))
        return page_response(request, page.tweets, older=page.older, newer=page.newer)
