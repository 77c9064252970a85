"""Blocks and mutes over REST."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import queries
from accounts.access.scopes import scoped
from accounts.api import relation_response
from accounts.authentication import member
from accounts.fields import StrictSerializer
from accounts.limits import limited
from accounts.relations import actions
from accounts.serializers import ErrorSerializer, RelationSerializer

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
