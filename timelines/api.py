"""Feeds over REST: pages of finished JSON."""

import orjson
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import ahead, queries
from accounts.access.scopes import scoped
from accounts.ahead import asks_ahead
from accounts.authentication import member, viewer
from accounts.lists.queries import visible_list
from accounts.pagination import PageQuery, page_response, page_schema, site_of
from timelines import conversation, explore, home, lists, marked, profile, quotes, replies
from timelines.feed import FeedPage
from tweets import queries as tweets
from tweets.serializers import ContextSerializer, TweetPageSerializer, TweetSerializer


class ProfileQuery(PageQuery):
    replies = serializers.BooleanField(default=False, help_text="Answers to others, too.")


def feed_response(request: Request, page: FeedPage) -> HttpResponse:
    return page_response(request, page.tweets, older=page.older, newer=page.newer)


@asks_ahead(home.questions)
@extend_schema(tags=["timelines"])
@scoped(GET="read")
class HomeView(APIView):
    permission_classes = [IsAuthenticated]

    @page_schema("home", TweetPageSerializer)
    def get(self, request: Request) -> HttpResponse:
        """What the people one follows wrote and retweeted, newest first."""
        reader = member(request)
        answers = ahead.answers(request._request, reader.pk)  # noqa: SLF001  with which they wait
        return feed_response(request, home.page(reader, ahead=answers, **PageQuery.read(request)))


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


@extend_schema(tags=["tweets"])
@scoped(GET="read")
class ContextView(APIView):
    @extend_schema(operation_id="tweet_context", responses=ContextSerializer)
    def get(self, request: Request, tweet_id: int) -> HttpResponse:
        """What a tweet answers, and how its author goes on; the answers of others are its replies."""
        around = conversation.around(tweets.visible_original(tweet_id, request.user.pk), request.user.pk)
        earlier = _context_of(request, around.ancestors[0]) if around.has_earlier else None
        later = _context_of(request, around.thread[-1]) if around.has_later else None
        body = b'{"ancestors":[%b],"earlier":%b,"thread":[%b],"later":%b}' % (
            b",".join(around.ancestors),
            orjson.dumps(earlier),
            b",".join(around.thread),
            orjson.dumps(later),
        )
        return HttpResponse(body, content_type="application/json")


def _context_of(request: Request, tweet: bytes) -> str:
    return f"{site_of(request)}{reverse('api_context', args=[int(orjson.loads(tweet)['id'])])}"
