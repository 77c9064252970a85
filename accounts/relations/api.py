"""Blocks, mutes and follow requests over REST."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import actions as people
from accounts import queries
from accounts.access.scopes import scoped
from accounts.api import people_response, relation_response
from accounts.authentication import member
from accounts.fields import StrictSerializer, StringField
from accounts.limits import limited
from accounts.models import MutedWord
from accounts.pagination import PageQuery, page_schema
from accounts.relations import actions, listings
from accounts.relations.actions import BadPhrase
from accounts.relations.models import PHRASE_MAX_LENGTH
from accounts.serializers import ErrorSerializer, RelationSerializer, UserPageSerializer

LONGEST = 10 * 365 * 24 * 3600


class MutingSerializer(StrictSerializer):
    """For how long; without `seconds`, for good."""

    seconds = serializers.IntegerField(min_value=1, max_value=LONGEST, required=False, allow_null=True)

    def until(self) -> Any:
        seconds = self.validated_data.get("seconds")
        return None if seconds is None else timezone.now() + timedelta(seconds=seconds)


@extend_schema(tags=["relations"])
@limited(POST="write", DELETE="write")
@scoped(POST="follow", DELETE="follow")
class BlockView(APIView):
    @extend_schema(
        operation_id="block",
        request=None,
        responses={200: RelationSerializer, 400: ErrorSerializer},
    )
    def post(self, request: Request, username: str) -> Response:
        """See nothing of a person any more, and show him nothing; follows between the two end."""
        person = queries.anybody(username)
        try:
            actions.block(blocker=member(request), blocked=person)
        except actions.CannotBlockYourself:
            raise ValidationError("You can't block yourself.", code="yourself") from None
        return relation_response(request, person)

    @extend_schema(operation_id="unblock", responses={200: RelationSerializer})
    def delete(self, request: Request, username: str) -> Response:
        """No longer block a person; the follows that ended do not come back."""
        person = queries.anybody(username)
        actions.unblock(blocker=member(request), blocked=person)
        return relation_response(request, person)


@extend_schema(tags=["relations"])
@limited(POST="write", DELETE="write")
@scoped(POST="follow", DELETE="follow")
class MuteView(APIView):
    @extend_schema(
        operation_id="mute",
        request=MutingSerializer,
        responses={200: RelationSerializer, 400: ErrorSerializer},
    )
    def post(self, request: Request, username: str) -> Response:
        """Read a person no more where many write, for good or for a time; he does not learn of it."""
        person = queries.anybody(username)
        muting = MutingSerializer(data=request.data)
        muting.is_valid(raise_exception=True)
        try:
            actions.mute(muter=member(request), muted=person, until=muting.until())
        except actions.CannotMuteYourself:
            raise ValidationError("You can't mute yourself.", code="yourself") from None
        return relation_response(request, person)

    @extend_schema(operation_id="unmute", responses={200: RelationSerializer})
    def delete(self, request: Request, username: str) -> Response:
        """No longer mute a person."""
        person = queries.anybody(username)
        actions.unmute(muter=member(request), muted=person)
        return relation_response(request, person)


@extend_schema(tags=["relations"])
@limited(POST="follow", DELETE="follow")
@scoped(POST="follow", DELETE="follow")
class HiddenRetweetsView(APIView):
    @extend_schema(operation_id="retweets_hide", request=None, responses={200: RelationSerializer})
    def post(self, request: Request, username: str) -> Response:
        """See none of the retweets of a person one follows; 404 for one whom one does not follow."""
        return self._show(request, username, False)

    @extend_schema(operation_id="retweets_show", responses={200: RelationSerializer})
    def delete(self, request: Request, username: str) -> Response:
        """See the retweets of a person one follows again."""
        return self._show(request, username, True)

    @staticmethod
    def _show(request: Request, username: str, show: bool) -> Response:
        person = queries.person(username, request.user.pk)
        try:
            actions.show_retweets(follower=member(request), followee=person, show=show)
        except actions.NotFollowed:
            raise NotFound from None
        return relation_response(request, person)


@extend_schema(tags=["relations"])
@limited(DELETE="follow")
@scoped(DELETE="follow")
class FollowerView(APIView):
    @extend_schema(operation_id="follower_remove", responses={200: RelationSerializer})
    def delete(self, request: Request, username: str) -> Response:
        """Let a person no longer follow the caller; whoever does not follow, nothing changes."""
        person = queries.anybody(username)
        actions.remove_follower(followee=member(request), follower=person)
        return relation_response(request, person)


@extend_schema(tags=["relations"])
@limited(POST="follow", DELETE="follow")
@scoped(POST="follow", DELETE="follow")
class FollowRequestView(APIView):
    @extend_schema(operation_id="follow_request_accept", request=None, responses={200: RelationSerializer})
    def post(self, request: Request, username: str) -> Response:
        """Let a person follow who has asked."""
        asked = listings.request_by(member(request), username)
        people.accept_request(request=asked)
        return relation_response(request, asked.requester)

    @extend_schema(operation_id="follow_request_refuse", responses={200: RelationSerializer})
    def delete(self, request: Request, username: str) -> Response:
        """Refuse a person who has asked to follow; he is not told."""
        asked = listings.request_by(member(request), username)
        actions.refuse_request(request=asked)
        return relation_response(request, asked.requester)


# --- Lists of people -------------------------------------------------------------------------------------------


@extend_schema(tags=["relations"])
@scoped(GET="follow")
class FollowRequestsView(APIView):
    permission_classes = [IsAuthenticated]

    @page_schema("follow_requests", UserPageSerializer)
    def get(self, request: Request) -> HttpResponse:
        """Who asks to follow the caller, the latest first."""
        return people_response(request, listings.requests(member(request), **PageQuery.read(request)))


@extend_schema(tags=["relations"])
@scoped(GET="follow")
class BlocksView(APIView):
    permission_classes = [IsAuthenticated]

    @page_schema("blocks", UserPageSerializer)
    def get(self, request: Request) -> HttpResponse:
        """Whom the caller blocks, the latest first."""
        return people_response(request, listings.blocked(member(request), **PageQuery.read(request)))


@extend_schema(tags=["relations"])
@scoped(GET="follow")
class MutesView(APIView):
    permission_classes = [IsAuthenticated]

    @page_schema("mutes", UserPageSerializer)
    def get(self, request: Request) -> HttpResponse:
        """Whom the caller has muted, the latest first."""
        return people_response(request, listings.muted(member(request), **PageQuery.read(request)))


@extend_schema(tags=["users"])
@scoped(GET="read")
class KnownFollowersView(APIView):
    permission_classes = [IsAuthenticated]

    @page_schema("followers_you_know", UserPageSerializer)
    def get(self, request: Request, username: str) -> HttpResponse:
        """Who follows a person and is followed by the caller, the latest first."""
        person = queries.person(username, request.user.pk)
        return people_response(request, listings.known_followers(person, member(request), **PageQuery.read(request)))


# --- Words -----------------------------------------------------------------------------------------------------


class NewWordSerializer(MutingSerializer):
    phrase = StringField(max_length=PHRASE_MAX_LENGTH, help_text="A word, a phrase, or a #hashtag.")


class WordSerializer(serializers.Serializer[MutedWord]):
    id = serializers.CharField()
    phrase = serializers.CharField(help_text="As it is compared: without regard to case.")
    until = serializers.DateTimeField(allow_null=True)


class WordsSerializer(serializers.Serializer[Any]):
    results = WordSerializer(many=True)


@extend_schema(tags=["relations"])
@limited(POST="write")
@scoped(GET="follow", POST="follow")
class WordsView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="muted_words", responses=WordsSerializer)
    def get(self, request: Request) -> Response:
        """The words, phrases and hashtags that the caller has muted: 200 at most."""
        return Response(WordsSerializer({"results": listings.muted_words(member(request))}).data)

    @extend_schema(
        operation_id="word_mute", request=NewWordSerializer, responses={200: WordSerializer, 400: ErrorSerializer}
    )
    def post(self, request: Request) -> Response:
        """Read no more of what has these words where many write; a second time changes for how long."""
        new = NewWordSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        try:
            word = actions.mute_phrase(user=member(request), phrase=new.validated_data["phrase"], until=new.until())
        except BadPhrase as refusal:
            raise ValidationError({"phrase": ErrorDetail(str(refusal), "phrase")}) from None
        return Response(WordSerializer(word).data)


@extend_schema(tags=["relations"])
@limited(DELETE="write")
@scoped(DELETE="follow")
class WordView(APIView):
    @extend_schema(operation_id="word_unmute", responses={204: None})
    def delete(self, request: Request, word_id: int) -> Response:
        """No longer mute a word."""
        if not actions.unmute_phrase(user=member(request), pk=word_id):
            raise NotFound
        return Response(status=204)
