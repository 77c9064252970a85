"""Searching, and completing what somebody begins to write, over REST."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import finding
from accounts.access.scopes import scoped
from accounts.api import people_response
from accounts.authentication import member, viewer
from accounts.cards import fetch as person_cards
from accounts.limits import limited
from accounts.pagination import PageQuery, page_schema
from accounts.serializers import PersonSerializer, UserPageSerializer
from discovery import asking, search
from timelines.api import feed_response
from tweets import hashtags
from tweets.serializers import TweetPageSerializer

COMPLETED = 8
MOST_BEGUN = 50


class SearchQuery(PageQuery):
    q = serializers.CharField(
        help_text='Words, `"phrases"`, `#tags`, `from:` `to:` `since:` `until:` `has:media` `has:links`'
        " `filter:replies`; a minus before one of them leaves out. At most 500 characters."
    )
    order = serializers.ChoiceField(choices=["latest", "top"], default="latest")


class PeopleQuery(PageQuery):
    q = serializers.CharField(help_text="The beginning of a username, or of words of a name.")


class BeginningQuery(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=MOST_BEGUN, help_text="What has been written so far, without @ or #.")


class CompletedPeopleSerializer(serializers.Serializer[Any]):
    results = PersonSerializer(many=True)


class CompletedHashtagSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    tweets = serializers.IntegerField(min_value=0)


class CompletedHashtagsSerializer(serializers.Serializer[Any]):
    results = CompletedHashtagSerializer(many=True)


def _wrong(reason: asking.Nonsense) -> ValidationError:
    return ValidationError({"q": ErrorDetail(str(reason), reason.code)})


def _read(query: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """
    Raises:
        ValidationError: the request's query makes no sense.
    """
    given = query(data=request.query_params.dict())
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


@extend_schema(tags=["search"])
@limited(GET="search")
@scoped(GET="read")
class SearchTweetsView(APIView):
    @page_schema("search_tweets", TweetPageSerializer, query=SearchQuery)
    def get(self, request: Request) -> HttpResponse:
        """Tweets that are found: the latest first, or those that people cared most about. A page may be short and
        still have a next one, which looks further back."""
        query = SearchQuery.read(request)
        find = search.top if query.pop("order") == "top" else search.latest
        try:
            return feed_response(request, find(query.pop("q"), viewer(request), **query))
        except asking.Nonsense as reason:
            raise _wrong(reason) from None


@extend_schema(tags=["search"])
@limited(GET="search")
@scoped(GET="read")
class SearchPeopleView(APIView):
    @page_schema("search_people", UserPageSerializer, query=PeopleQuery)
    def get(self, request: Request) -> HttpResponse:
        """People whose username, or words of whose name, begin so: whom one follows first, then the most followed."""
        query = PeopleQuery.read(request)
        try:
            asking.checked(query["q"])
        except asking.Nonsense as reason:
            raise _wrong(reason) from None
        return people_response(request, finding.page(query.pop("q"), request.user.pk, **query))


@extend_schema(tags=["search"])
@limited(GET="complete")
@scoped(GET="read")
class CompletePeopleView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="complete_people", parameters=[BeginningQuery], responses=CompletedPeopleSerializer)
    def get(self, request: Request) -> HttpResponse:
        """Some people whom a beginning of @name could mean."""
        found = finding.people(_read(BeginningQuery, request)["q"], member(request).pk, COMPLETED)
        cards = person_cards([each.pk for each in found])
        shown = [cards[each.pk].json for each in found if each.pk in cards]
        return HttpResponse(b'{"results":[%b]}' % b",".join(shown), content_type="application/json")


@extend_schema(tags=["search"])
@limited(GET="complete")
@scoped(GET="read")
class CompleteHashtagsView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="complete_hashtags", parameters=[BeginningQuery], responses=CompletedHashtagsSerializer)
    def get(self, request: Request) -> Response:
        """Some hashtags that begin so, the most used first."""
        found = hashtags.starting_with(_read(BeginningQuery, request)["q"], COMPLETED)
        return Response({"results": [{"name": each.shown, "tweets": each.tweets_count} for each in found]})
