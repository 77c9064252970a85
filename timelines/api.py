"""Feeds over REST: pages of finished JSON."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import queries
from accounts.access.scopes import scoped
from accounts.authentication import member, viewer
from accounts.lists.queries import visible_list
from accounts.pagination import PageQuery, page_response, page_schema
from timelines import explore, home, lists, marked, profile, quotes, replies
from timelines.feed import FeedPage
from tweets.serializers import TweetPageSerializer, TweetSerializer


class ProfileQuery(PageQuery):
    replies = serializers.BooleanField(default=False, help_text="Answers to others, too.")


def feed_response(request: Request, page: FeedPage) -> HttpResponse:
    return page_response(request, page.tweets, older=page.older, newer=page.newer)


@extend_schema(tags=["timelines"])
@scoped(GET="read")
class HomeView(APIView):
    permission_classes = [IsAuthenticated]

    @page_schema("home", TweetPageSerializer)
    def get(self, request: Request) -> HttpResponse:
        """What the people one follows wrote and retweeted, newest first."""
        return feed_response(request, home.page(member(request), **PageQuery.read(request)))


@extend_schema(tags=["timelines"])
@scoped(GET="read")
class PublicView(APIView):
    @page_schema("public", TweetPageSerializer)
    def get(self, request: Request) -> HttpResponse:
        """What anybody wrote, newest first."""
        return feed_response(request, explore.page(viewer(request), **PageQuery.read(request)))


@extend_schema(tags=["users"])
@scoped(GET="read")
class UserTweetsView(APIView):
    @page_schema("user_tweets", TweetPageSerializer, query=ProfileQuery)
    def get(self, request: Request, username: str) -> HttpResponse:
        """What a person wrote and retweeted, newest first."""
        query = ProfileQuery.read(request)
        with_replies = query.pop("replies")
        author = queries.person(username, request.user.pk)
        return feed_response(request, profile.page(author, viewer(request), with_replies=with_replies, **query))


@extend_schema(tags=["users"])
@scoped(GET="read")
class PinnedView(APIView):
    @extend_schema(operation_id="user_pinned", responses=TweetSerializer)
    def get(self, request: Request, username: str) -> HttpResponse:
        """The tweet that a person shows first on the profile; 404 when there is none."""
        pinned = profile.pinned(queries.person(username, request.user.pk), viewer(request))
        if pinned is None:
            raise NotFound
        return HttpResponse(pinned, content_type="application/json")


@extend_schema(tags=["tweets"])
@scoped(GET="read")
class RepliesView(APIView):
    @page_schema("tweet_replies", TweetPageSerializer)
    def get(self, request: Request, tweet_id: int) -> HttpResponse:
        """The direct replies to a tweet, newest first."""
        return feed_response(request, replies.page(tweet_id, request.user.pk, **PageQuery.read(request)))


@extend_schema(tags=["tweets"])
@scoped(GET="read")
class QuotesView(APIView):
    @page_schema("tweet_quotes", TweetPageSerializer)
    def get(self, request: Request, tweet_id: int) -> HttpResponse:
        """What quotes a tweet, newest first."""
        return feed_response(request, quotes.page(tweet_id, request.user.pk, **PageQuery.read(request)))


@extend_schema(tags=["tweets"])
@scoped(GET="read")
class MyLikesView(APIView):
    permission_classes = [IsAuthenticated]

    @page_schema("my_likes", TweetPageSerializer)
    def get(self, request: Request) -> HttpResponse:
        """What one likes oneself, latest like first; nobody else can ask for it."""
        return feed_response(request, marked.likes(member(request), **PageQuery.read(request)))


@extend_schema(tags=["tweets"])
@scoped(GET="read")
class MyBookmarksView(APIView):
    permission_classes = [IsAuthenticated]

    @page_schema("my_bookmarks", TweetPageSerializer)
    def get(self, request: Request) -> HttpResponse:
        """What one keeps, latest bookmark first; nobody else can ask for it."""
        return feed_response(request, marked.bookmarks(member(request), **PageQuery.read(request)))


@extend_schema(tags=["lists"])
@scoped(GET="read")
class ListTweetsView(APIView):
    @page_schema("list_tweets", TweetPageSerializer)
    def get(self, request: Request, list_id: int) -> HttpResponse:
        """What the people on a list wrote and retweeted, newest first; replies to each other among it."""
        shown = visible_list(request.user.pk, list_id)
        return feed_response(request, lists.page(shown, viewer(request), **PageQuery.read(request)))
