"""Tweets over REST."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import APIException, ErrorDetail, PermissionDenied, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.scopes import scoped
from accounts.api import people_response
from accounts.authentication import member
from accounts.limits import limited
from accounts.pagination import PageQuery, page_schema
from accounts.relations.api import MutingSerializer
from accounts.serializers import ErrorSerializer, UserPageSerializer
from tweets import actions, editing, muting, pinning, presenting, queries
from tweets.models import Tweet
from tweets.rejections import MayNotReply, Rejected
from tweets.serializers import (
    EditedTweetSerializer,
    HistorySerializer,
    IdempotencyKeySerializer,
    NewThreadSerializer,
    NewTweetSerializer,
    ThreadSerializer,
    TweetSerializer,
)

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": r"^[\x21-\x7e]{1,64}$"},
    OpenApiParameter.HEADER,
    description="A second call with the same key posts nothing, and answers with what the first one posted.",
)


def tweet_response(tweet_id: int, request: Request, status: int = 200) -> HttpResponse:
    """The tweet as it now is for the viewer.

    Raises:
        Tweet.DoesNotExist: it is gone, or may not be seen.
    """
    shown = presenting.gather([tweet_id], request.user.pk).json(tweet_id)
    if shown == presenting.NOTHING:
        raise Tweet.DoesNotExist
    return HttpResponse(shown, content_type="application/json", status=status)


@extend_schema(tags=["tweets"])
@limited(POST="post")
@scoped(POST="write:tweets")
class TweetsView(APIView):
    @extend_schema(
        operation_id="tweet_post",
        parameters=[IDEMPOTENCY_KEY],
        request=NewTweetSerializer,
        responses={201: TweetSerializer, 404: ErrorSerializer},
    )
    def post(self, request: Request) -> HttpResponse:
        """Post a tweet, a reply or a quote."""
        new = NewTweetSerializer.checked(request.data)
        try:
            tweet = actions.post_tweet(author=member(request), idempotency_key=idempotency_key(request), **new)
        except Rejected as rejected:
            raise refusal(rejected) from None
        return tweet_response(tweet.pk, request, status=201)


def refusal(rejected: Rejected) -> APIException:
    """What is wrong with what was sent is a 400; who may not reply is told so by a 403."""
    if isinstance(rejected, MayNotReply):
        return PermissionDenied(str(rejected), rejected.code)
    detail = ErrorDetail(str(rejected), rejected.code)
    return ValidationError({rejected.field: detail} if rejected.field else [detail])


@extend_schema(tags=["tweets"])
@limited(POST="thread")
@scoped(POST="write:tweets")
class ThreadsView(APIView):
    @extend_schema(
        operation_id="thread_post",
        parameters=[IDEMPOTENCY_KEY],
        request=NewThreadSerializer,
        responses={201: ThreadSerializer, 404: ErrorSerializer},
    )
    def post(self, request: Request) -> HttpResponse:
        """Post several tweets as one, each an answer to the one before: all of them or none."""
        new = NewThreadSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        try:
            posted = actions.post_thread(
                author=member(request), idempotency_key=idempotency_key(request), **new.content()
            )
        except Rejected as rejected:
            raise in_thread(rejected) from None
        return thread_response([tweet.pk for tweet in posted], request)


def in_thread(rejected: Rejected) -> APIException:
    """The refusal of a thread, naming the tweet that is wrong if it is one of them."""
    if rejected.field not in ("text", "poll"):
        return refusal(rejected)
    return ValidationError({f"tweets.{rejected.at}.{rejected.field}": ErrorDetail(str(rejected), rejected.code)})


def thread_response(tweet_ids: list[int], request: Request) -> HttpResponse:
    """What is still there of a thread.

    Raises:
        Tweet.DoesNotExist: nothing is.
    """
    material = presenting.gather(tweet_ids, request.user.pk)
    shown = [json for each in tweet_ids if (json := material.json(each)) != presenting.NOTHING]
    if not shown:
        raise Tweet.DoesNotExist
    return HttpResponse(b'{"tweets":[%b]}' % b",".join(shown), content_type="application/json", status=201)


def idempotency_key(request: Request) -> str | None:
    """
    Raises:
        ValidationError: the header is there and nonsense.
    """
    if "Idempotency-Key" not in request.headers:
        return None
    header = IdempotencyKeySerializer(data={"key": request.headers["Idempotency-Key"]})
    if not header.is_valid():
        raise ValidationError({"Idempotency-Key": header.errors["key"]})
    key: str = header.validated_data["key"]
    return key


@extend_schema(tags=["tweets"])
@limited(PATCH="post", DELETE="write")
@scoped(GET="read", PATCH="write:tweets", DELETE="write:tweets")
class TweetView(APIView):
    @extend_schema(operation_id="tweet", responses=TweetSerializer)
    def get(self, request: Request, tweet_id: int) -> HttpResponse:
        """A tweet."""
        return tweet_response(tweet_id, request)

    @extend_schema(
        operation_id="tweet_edit",
        parameters=[IDEMPOTENCY_KEY],
        request=EditedTweetSerializer,
        responses={200: TweetSerializer, 409: ErrorSerializer},
    )
    def patch(self, request: Request, tweet_id: int) -> HttpResponse:
        """Change the text of a tweet of one's own: for an hour, five times at most. What it said stays to be read."""
        new = EditedTweetSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        _edit(request, tweet_id, **new.validated_data)
        return tweet_response(tweet_id, request)

    @extend_schema(operation_id="tweet_delete", responses={204: None})
    def delete(self, request: Request, tweet_id: int) -> HttpResponse:
        """Delete a tweet, a reply, a quote or a retweet of one's own."""
        actions.delete_tweet(tweet=queries.own_tweet(member(request), tweet_id))
        return Response(status=204)


def _edit(request: Request, tweet_id: int, **changes: Any) -> None:
    key = idempotency_key(request)
    try:
        editing.edit_tweet(author=member(request), tweet_id=tweet_id, idempotency_key=key, **changes)
    except Rejected as rejected:
        raise refusal(rejected) from None
    except editing.EditedMeanwhile as conflict:
        raise Conflict(str(conflict), "edited_meanwhile") from None


class Conflict(APIException):
    """What was sent was made for something that is different by now."""

    status_code = 409
    default_code = "conflict"


@extend_schema(tags=["tweets"])
@scoped(GET="read")
class HistoryView(APIView):
    @extend_schema(operation_id="tweet_history", responses=HistorySerializer)
    def get(self, request: Request, tweet_id: int) -> Response:
        """What a tweet says and said, the latest first."""
        versions = queries.versions(queries.visible_original(tweet_id, request.user.pk))
        return Response(HistorySerializer({"results": versions}).data)


@extend_schema(tags=["tweets"])
@limited(POST="write", DELETE="write")
@scoped(POST="write:profile", DELETE="write:profile")
class PinView(APIView):
    @extend_schema(
        operation_id="pin", request=None, responses={200: TweetSerializer, 400: ErrorSerializer, 404: ErrorSerializer}
    )
    def post(self, request: Request, tweet_id: int) -> HttpResponse:
        """Show a tweet of one's own first on one's profile, instead of the one that was there."""
        try:
            pinning.pin(user=member(request), tweet_id=tweet_id)
        except Rejected as rejected:
            raise refusal(rejected) from None
        return tweet_response(tweet_id, request)

    @extend_schema(operation_id="unpin", responses={200: TweetSerializer})
    def delete(self, request: Request, tweet_id: int) -> HttpResponse:
        """No longer show a tweet first; of one that is not pinned nothing changes."""
        pinning.unpin(user=member(request), tweet_id=tweet_id)
        return tweet_response(tweet_id, request)


class MarkView(APIView):
    """What a member does with a tweet and can take back; a retweet stands for its original."""

    make: ClassVar[Callable[..., Tweet]]
    take_back: ClassVar[Callable[..., Tweet]]

    @extend_schema(tags=["tweets"], request=None, responses=TweetSerializer)
    def post(self, request: Request, tweet_id: int) -> HttpResponse:
        try:
            made = self.make(user=member(request), tweet_id=tweet_id)
        except actions.RetweetOfProtected:
            raise PermissionDenied("Tweets of a protected account can't be retweeted.", "protected") from None
        return _original_response(made, request)

    @extend_schema(tags=["tweets"], responses={200: TweetSerializer})
    def delete(self, request: Request, tweet_id: int) -> HttpResponse:
        return _original_response(self.take_back(user=member(request), tweet_id=tweet_id), request)


def _original_response(tweet: Tweet, request: Request) -> HttpResponse:
    return tweet_response(tweet.retweet_of_id or tweet.pk, request)


@extend_schema_view(
    post=extend_schema(operation_id="like", description="Like a tweet; liking twice changes nothing."),
    delete=extend_schema(operation_id="unlike", description="Take a like back; without one, nothing changes."),
)
@limited(POST="like", DELETE="like")
@scoped(POST="write:likes", DELETE="write:likes")
class LikeView(MarkView):
    make, take_back = staticmethod(actions.like), staticmethod(actions.unlike)


@extend_schema_view(
    post=extend_schema(operation_id="retweet", description="Retweet; retweeting twice changes nothing."),
    delete=extend_schema(operation_id="retweet_undo", description="Take a retweet back; without one, nothing changes."),
)
@limited(POST="post", DELETE="post")
@scoped(POST="write:tweets", DELETE="write:tweets")
class RetweetView(MarkView):
    make, take_back = staticmethod(actions.retweet), staticmethod(actions.undo_retweet)


@extend_schema_view(
    post=extend_schema(operation_id="bookmark", description="Keep a tweet; nobody else sees it."),
    delete=extend_schema(operation_id="bookmark_remove", description="No longer keep a tweet."),
)
@limited(POST="like", DELETE="like")
@scoped(POST="write:bookmarks", DELETE="write:bookmarks")
class BookmarkView(MarkView):
    make, take_back = staticmethod(actions.bookmark), staticmethod(actions.remove_bookmark)


@extend_schema(tags=["tweets"])
@scoped(GET="read")
class LikersView(APIView):
    permission_classes = [IsAuthenticated]

    @page_schema("tweet_likes", UserPageSerializer)
    def get(self, request: Request, tweet_id: int) -> HttpResponse:
        """Who likes a tweet of one's own, the latest first; of others' tweets it is not told."""
        return people_response(request, queries.likers(tweet_id, member(request), **PageQuery.read(request)))


@extend_schema(tags=["tweets"])
@scoped(GET="read")
class RetweetersView(APIView):
    @page_schema("tweet_retweets", UserPageSerializer)
    def get(self, request: Request, tweet_id: int) -> HttpResponse:
        """Who retweeted a tweet, the latest first."""
        return people_response(request, queries.retweeters(tweet_id, request.user.pk, **PageQuery.read(request)))


@limited(POST="write", DELETE="write")
@scoped(POST="follow", DELETE="follow")
class MuteConversationView(APIView):
    @extend_schema(
        operation_id="mute_conversation",
        tags=["relations"],
        request=MutingSerializer,
        responses={200: TweetSerializer, 400: ErrorSerializer},
    )
    def post(self, request: Request, tweet_id: int) -> HttpResponse:
        """Read no more of the conversation of a tweet where many write, for good or for a time."""
        given = MutingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        original = muting.mute(user=member(request), tweet_id=tweet_id, until=given.until())
        return tweet_response(original.pk, request)

    @extend_schema(operation_id="unmute_conversation", tags=["relations"], responses={200: TweetSerializer})
    def delete(self, request: Request, tweet_id: int) -> HttpResponse:
        """No longer mute the conversation of a tweet."""
        original = muting.unmute(user=member(request), tweet_id=tweet_id)
        return tweet_response(original.pk, request)
