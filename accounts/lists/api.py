"""Lists over REST; their feeds are in `timelines.api`."""

from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import presenting as people_presenting
from accounts import queries as people
from accounts.access.scopes import scoped
from accounts.authentication import member
from accounts.limits import limited
from accounts.lists import actions, presenting, queries
from accounts.lists.models import List
from accounts.lists.serializers import ListPageSerializer, ListSerializer, MembershipsQuery, NewListSerializer
from accounts.pagination import PageQuery, page_response, page_schema
from accounts.queries import PeoplePage
from accounts.serializers import ErrorSerializer, UserPageSerializer


def list_json(each: List, request: Request) -> dict[str, Any]:
    return presenting.shown([each], request.user.pk)[0]


def _lists(request: Request, page: queries.ListsPage) -> HttpResponse:
    results = [orjson.dumps(each) for each in presenting.shown(page.lists, request.user.pk)]
    return page_response(request, results, older=page.next, newer=page.newer)


def _people(request: Request, page: PeoplePage) -> HttpResponse:
    results = [orjson.dumps(person) for person in people_presenting.shown(page.people, request.user.pk)]
    return page_response(request, results, older=page.next, newer=page.newer)


def _refused(refusal: actions.Refused) -> ValidationError:
    return ValidationError({"non_field_errors": ErrorDetail(str(refusal), refusal.code)})


@extend_schema(tags=["lists"])
@limited(POST="list")
@scoped(GET="read", POST="write:lists")
class ListsView(APIView):
    permission_classes = [IsAuthenticated]

    @page_schema("lists", ListPageSerializer)
    def get(self, request: Request) -> HttpResponse:
        """One's own lists, the latest first."""
        return _lists(request, queries.owned(member(request), request.user.pk, **PageQuery.read(request)))

    @extend_schema(operation_id="list_create", request=NewListSerializer, responses={201: ListSerializer})
    def post(self, request: Request) -> HttpResponse:
        """Make a list. At most 1,000 for a person."""
        new = NewListSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        try:
            made = actions.create_list(owner=people.oneself(member(request)), **new.validated_data)
        except actions.Refused as refusal:
            raise _refused(refusal) from None
        return Response(list_json(made, request), status=201)


@extend_schema(tags=["lists"])
@scoped(GET="read")
class FollowedListsView(APIView):
    permission_classes = [IsAuthenticated]

    @page_schema("lists_followed", ListPageSerializer)
    def get(self, request: Request) -> HttpResponse:
        """The lists one follows, the latest follow first."""
        return _lists(request, queries.followed(member(request), **PageQuery.read(request)))


@extend_schema(tags=["lists"])
@limited(PATCH="list", DELETE="list")
@scoped(GET="read", PATCH="write:lists", DELETE="write:lists")
class ListView(APIView):
    @extend_schema(operation_id="list", responses=ListSerializer)
    def get(self, request: Request, list_id: int) -> Response:
        """A list; a private one is there for its owner only."""
        return Response(list_json(queries.visible_list(request.user.pk, list_id), request))

    @extend_schema(operation_id="list_change", request=NewListSerializer, responses={200: ListSerializer})
    def patch(self, request: Request, list_id: int) -> Response:
        """Change a list of one's own; what is left out stays as it is."""
        edited = queries.own_list(member(request), list_id)
        changes = NewListSerializer(data=request.data, partial=True)
        changes.is_valid(raise_exception=True)
        actions.edit_list(edited=edited, changes=changes.validated_data)
        return Response(list_json(edited, request))

    @extend_schema(operation_id="list_delete", responses={204: None})
    def delete(self, request: Request, list_id: int) -> Response:
        """Delete a list of one's own."""
        actions.delete_list(deleted=queries.own_list(member(request), list_id))
        return Response(status=204)


@extend_schema(tags=["lists"])
@scoped(GET="read")
class MembersView(APIView):
    @page_schema("list_members", UserPageSerializer)
    def get(self, request: Request, list_id: int) -> HttpResponse:
        """Who is on a list, the latest first."""
        shown = queries.visible_list(request.user.pk, list_id)
        return _people(request, queries.members(shown, request.user.pk, **PageQuery.read(request)))


@extend_schema(tags=["lists"])
@limited(POST="list", DELETE="list")
@scoped(POST="write:lists", DELETE="write:lists")
class MemberView(APIView):
    @extend_schema(operation_id="list_add", request=None, responses={200: ListSerializer, 400: ErrorSerializer})
    def post(self, request: Request, list_id: int, username: str) -> Response:
        """Put a person on a list of one's own, which takes 5,000 at most; adding twice changes nothing."""
        changed = queries.own_list(member(request), list_id)
        try:
            actions.add_member(to=changed, person=people.person(username, request.user.pk))
        except actions.Refused as refusal:
            raise _refused(refusal) from None
        return Response(list_json(changed, request))

    @extend_schema(operation_id="list_remove", responses={200: ListSerializer})
    def delete(self, request: Request, list_id: int, username: str) -> Response:
        """Take a person off a list of one's own; whoever is not on it, nothing changes."""
        changed = queries.own_list(member(request), list_id)
        actions.remove_member(of=changed, person=people.anybody(username))
        return Response(list_json(changed, request))


@extend_schema(tags=["lists"])
@scoped(GET="read")
class ListFollowersView(APIView):
    @page_schema("list_followers", UserPageSerializer)
    def get(self, request: Request, list_id: int) -> HttpResponse:
        """Who follows a list, the latest first."""
        shown = queries.visible_list(request.user.pk, list_id)
        return _people(request, queries.followers(shown, request.user.pk, **PageQuery.read(request)))


@extend_schema(tags=["lists"])
@limited(POST="list", DELETE="list")
@scoped(POST="write:lists", DELETE="write:lists")
class ListFollowView(APIView):
    @extend_schema(operation_id="list_follow", request=None, responses={200: ListSerializer, 400: ErrorSerializer})
    def post(self, request: Request, list_id: int) -> Response:
        """Follow a list of somebody else; following twice changes nothing."""
        followed = queries.visible_list(request.user.pk, list_id)
        try:
            actions.follow_list(follower=member(request), followed=followed)
        except actions.Refused as refusal:
            raise _refused(refusal) from None
        return Response(list_json(followed, request))

    @extend_schema(operation_id="list_unfollow", responses={200: ListSerializer})
    def delete(self, request: Request, list_id: int) -> Response:
        """No longer follow a list; if it was not followed, nothing changes."""
        followed = queries.visible_list(request.user.pk, list_id)
        actions.unfollow_list(follower=member(request), followed=followed)
        return Response(list_json(followed, request))


@extend_schema(tags=["users"])
@scoped(GET="read")
class UserListsView(APIView):
    @page_schema("user_lists", ListPageSerializer)
    def get(self, request: Request, username: str) -> HttpResponse:
        """The lists of a person: all of one's own, the public ones of somebody else."""
        owner = people.person(username, request.user.pk)
        return _lists(request, queries.owned(owner, request.user.pk, **PageQuery.read(request)))


@extend_schema(tags=["users"])
@scoped(GET="read")
class MembershipsView(APIView):
    @page_schema("user_memberships", ListPageSerializer, query=MembershipsQuery)
    def get(self, request: Request, username: str) -> HttpResponse:
        """The lists that a person is on: public ones and one's own."""
        query = MembershipsQuery.read(request)
        return _lists(request, queries.with_member(people.person(username, request.user.pk), request.user.pk, **query))
