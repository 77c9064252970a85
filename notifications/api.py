"""Notifications over REST."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.scopes import scoped
from accounts.authentication import member
from accounts.limits import limited
from accounts.models import User
from accounts.pagination import PageQuery, page_response, page_schema
from notifications import actions, queries, reading, unread
from notifications.queries import Filter
from notifications.serializers import NotificationPageSerializer, ReadSerializer, UnreadSerializer


class NotificationQuery(PageQuery):
    filter = serializers.ChoiceField(
        choices=Filter.values,
        default=Filter.ALL,
        help_text="`mentions`: replies, quotes and mentions. `following`: by people whom one follows.",
    )


@extend_schema(tags=["notifications"])
@scoped(GET="read:notifications")
class NotificationsView(APIView):
    permission_classes = [IsAuthenticated]

    @page_schema("notifications", NotificationPageSerializer, query=NotificationQuery)
    def get(self, request: Request) -> HttpResponse:
        """What others did that concerns one, the latest first. Asking does not mark anything as read."""
        query = NotificationQuery.read(request)
        page = reading.page(member(request), Filter(query.pop("filter")), **query)
        return page_response(request, [entry.json for entry in page.entries], older=page.older, newer=page.newer)


@extend_schema(tags=["notifications"])
@limited(GET="poll")
@scoped(GET="read:notifications")
class UnreadView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="notifications_unread", responses=UnreadSerializer)
    def get(self, request: Request) -> Response:
        """How many notifications have not been read."""
        return _unread_response(member(request))


@extend_schema(tags=["notifications"])
@limited(POST="write")
@scoped(POST="write:notifications")
class ReadView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="notifications_read", request=ReadSerializer, responses=UnreadSerializer)
    def post(self, request: Request) -> Response:
        """Mark everything up to a position as read. What another device has marked before stays: the answer says how
        far everything is read now.
        """
        marker = ReadSerializer(data=request.data)
        marker.is_valid(raise_exception=True)
        actions.mark_read(user=member(request), up_to=marker.validated_data["up_to"])
        return _unread_response(member(request))


def _unread_response(user: User) -> Response:
    number = unread.count(user.pk)
    shown = {"unread": number, "badge": unread.written(number), "read_up_to": str(queries.read_up_to(user.pk))}
    return Response(shown, headers={"Cache-Control": "no-store"})
