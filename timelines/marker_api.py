"""Where readers were, over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.scopes import scoped
from accounts.authentication import member
from accounts.fields import IdField, StrictSerializer
from accounts.limits import limited
from accounts.serializers import ErrorSerializer
from timelines import markers
from timelines.models import Marker

MOST_VERSIONS = 2**31 - 2


class NewMarkerSerializer(StrictSerializer):
    last_read_id = IdField(help_text="Everything up to here is read.")
    version = serializers.IntegerField(
        min_value=0, max_value=MOST_VERSIONS, help_text="That of the marker you know; 0 if there was none."
    )


class NewMarkersSerializer(StrictSerializer):
    home = NewMarkerSerializer()


class MarkerSerializer(serializers.Serializer[Any]):
    last_read_id = IdField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class MarkersSerializer(serializers.Serializer[Any]):
    home = MarkerSerializer(allow_null=True, help_text="Null for who has never read on.")


class MarkersConflictSerializer(ErrorSerializer):
    """The refusal of a change that is based on an old version."""

    current = MarkersSerializer()


def _shown(marker: Marker | None) -> dict[str, Any]:
    return {"home": MarkerSerializer(marker).data if marker else None}


@extend_schema(tags=["timelines"])
@limited(POST="position")
@scoped(GET="read", POST="write:markers")
class MarkersView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="markers", responses=MarkersSerializer)
    def get(self, request: Request) -> Response:
        """Up to where one has read one's home, on whatever device."""
        return Response(_shown(markers.of(member(request))))

    @extend_schema(
        operation_id="markers_move",
        request=NewMarkersSerializer,
        responses={200: MarkersSerializer, 409: MarkersConflictSerializer},
    )
    def post(self, request: Request) -> Response:
        """Say up to where one has read. If another device has done so meanwhile, 409 with what is known now."""
        new = NewMarkersSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        try:
            return Response(_shown(markers.move(reader=member(request), **new.validated_data["home"])))
        except markers.NotWritten:
            problem = ErrorDetail("No such tweet can be written yet.", "in_the_future")
            raise ValidationError({"home": {"last_read_id": problem}}) from None
        except markers.Moved as conflict:
            return _conflict(conflict)


def _conflict(conflict: markers.Moved) -> Response:
    error = {"code": "conflict", "detail": str(conflict), "attr": "home.version"}
    refusal = {"type": "client_error", "errors": [error], "current": _shown(conflict.current)}
    return Response(refusal, status=409)
