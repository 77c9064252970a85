"""Hashtags over REST."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.scopes import scoped
from accounts.authentication import member, viewer
from accounts.limits import limited
from accounts.pagination import PageQuery, page_schema
from timelines import tagged
from timelines.api import feed_response
from tweets import hashtags
from tweets.counts import tags as counts
from tweets.hashtags import Tag
from tweets.serializers import TweetPageSerializer


class TagViewerSerializer(serializers.Serializer[Any]):
    following = serializers.BooleanField()


class HashtagSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="Without #, in the form first written; case and width do not matter.")
    url = serializers.CharField()
    tweets = serializers.IntegerField(min_value=0, help_text="As of at most a minute ago.")
    viewer = TagViewerSerializer()


class HashtagsSerializer(serializers.Serializer[Any]):
    results = HashtagSerializer(many=True)


def _shown(tag: Tag, is_followed: bool, tweets: int) -> dict[str, Any]:
    url = settings.SITE_URL + reverse("hashtag", args=[tag.shown])
    return {"name": tag.shown, "url": url, "tweets": tweets, "viewer": {"following": is_followed}}


def _response(request: Request, written: str) -> Response:
    tag = hashtags.tag(written)
    tweets = counts.shown([tag.pk])[tag.pk]["tweets"] if tag.pk else 0
    return Response(_shown(tag, hashtags.is_followed(tag, request.user.pk), tweets))


@extend_schema(tags=["hashtags"])
@scoped(GET="read")
class HashtagView(APIView):
    @extend_schema(operation_id="hashtag", responses=HashtagSerializer)
    def get(self, request: Request, tag: str) -> Response:
        """A hashtag, whether anybody has used it or not."""
        return _response(request, tag)


@extend_schema(tags=["hashtags"])
@scoped(GET="read")
class HashtagTweetsView(APIView):
    @page_schema("hashtag_tweets", TweetPageSerializer)
    def get(self, request: Request, tag: str) -> HttpResponse:
        """What was written with a hashtag, replies among it, newest first."""
        return feed_response(request, tagged.page(hashtags.tag(tag), viewer(request), **PageQuery.read(request)))


@extend_schema(tags=["hashtags"])
@limited(POST="follow", DELETE="follow")
@scoped(POST="follow", DELETE="follow")
class HashtagFollowView(APIView):
    @extend_schema(operation_id="hashtag_follow", request=None, responses={200: HashtagSerializer})
    def post(self, request: Request, tag: str) -> Response:
        """Read in home what anybody writes with a hashtag; following twice changes nothing. At most a hundred."""
        try:
            hashtags.follow(user=member(request), written=tag)
        except hashtags.TooManyFollowed as refusal:
            raise ValidationError(ErrorDetail(str(refusal), "too_many")) from None
        return _response(request, tag)

    @extend_schema(operation_id="hashtag_unfollow", responses={200: HashtagSerializer})
    def delete(self, request: Request, tag: str) -> Response:
        """No longer follow a hashtag; without following, nothing changes."""
        hashtags.unfollow(user=member(request), written=tag)
        return _response(request, tag)


@extend_schema(tags=["hashtags"])
@scoped(GET="read")
class FollowedHashtagsView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="hashtags_followed", responses=HashtagsSerializer)
    def get(self, request: Request) -> Response:
        """The hashtags one follows, by name."""
        rows = hashtags.followed(member(request).pk)
        tweets = counts.shown([row.pk for row in rows])
        return Response({"results": [_shown(Tag(row.shown, row), True, tweets[row.pk]["tweets"]) for row in rows]})
