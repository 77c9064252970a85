"""People over REST."""

from dataclasses import asdict
from typing import cast

import orjson
from allauth.account.adapter import get_adapter
from django.http import HttpResponse, QueryDict
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import actions, presenting, queries, serializers, tokens
from accounts.access import endings, second_factor
from accounts.access.lookup import Access
from accounts.access.scopes import ANY, scoped
from accounts.authentication import BearerAuthentication, member
from accounts.limits import limited
from accounts.login_limits import TooManyGuesses
from accounts.models import User
from accounts.pagination import PageQuery, page_response, page_schema
from accounts.relations.queries import relations


@extend_schema(tags=["auth"])
@limited(POST="login", DELETE="write")
@scoped(DELETE=ANY)
class TokenView(APIView):
    authentication_classes = [BearerAuthentication]

    def perform_authentication(self, request: Request) -> None:
        """Whoever asks for a token may show an old one, or none."""
        if request.method != "POST":
            super().perform_authentication(request)

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated()] if self.request.method == "DELETE" else [AllowAny()]

    @extend_schema(
        operation_id="token_create",
        auth=[],
        request=serializers.CredentialsSerializer,
        responses={200: serializers.TokenSerializer, 429: serializers.ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Exchange a name and a password for a personal token with all scopes; not with a second factor."""
        credentials = serializers.CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        user = _authenticated(request, credentials.validated_data)
        return Response({"token": tokens.issue(user=user, name="By name and password")})

    @extend_schema(operation_id="token_revoke", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Revoke the token that this call is made with."""
        endings.end_token(access=cast(Access, request.auth))
        return Response(status=204)


def _authenticated(request: Request, credentials: dict[str, str]) -> User:
    """
    Raises:
        ValidationError: no account is meant; which part is wrong, or whether the account is suspended, is not told.
        Throttled: too many wrong guesses before this one.
    """
    try:
        user: User | None = get_adapter().authenticate(request._request, **credentials)  # noqa: SLF001  allauth wants Django's
    except TooManyGuesses as refusal:
        raise Throttled(refusal.wait, refusal.message) from None
    if user is None or not user.is_active:
        raise ValidationError("There is no account with this name and password.", code="wrong_credentials")
    if second_factor.is_set_up(user):
        raise ValidationError(
            "Make a token in the settings: your second factor is asked for there.", code="second_factor"
        )
    return user


@extend_schema(tags=["users"])
@limited(PATCH="upload")
@scoped(GET="read:profile", PATCH="write:profile")
class MeView(APIView):
    permission_classes = [IsAuthenticated]
    parser_classes = [*APIView.parser_classes, MultiPartParser]

    @extend_schema(operation_id="me", responses=serializers.UserSerializer)
    def get(self, request: Request) -> Response:
        """The account this call is made for."""
        return Response(presenting.shown([queries.oneself(member(request))], request.user.pk)[0])

    @extend_schema(
        operation_id="me_change",
        request={
            "application/json": serializers.ProfileSerializer,
            "multipart/form-data": serializers.ProfileUploadSerializer,
        },
        responses={200: serializers.UserSerializer, 403: serializers.ErrorSerializer},
    )
    def patch(self, request: Request) -> Response:
        """Change the profile. A picture is sent as multipart/form-data, and removed by null."""
        uploaded = isinstance(request.data, QueryDict)
        shape = serializers.ProfileUploadSerializer if uploaded else serializers.ProfileSerializer
        profile = shape(data=request.data, partial=True)
        profile.is_valid(raise_exception=True)
        actions.edit_profile(user=member(request), changes=profile.changes())
        return self.get(request)


@extend_schema(tags=["users"])
@scoped(GET="read")
class UserView(APIView):
    @extend_schema(operation_id="user", responses=serializers.UserSerializer)
    def get(self, request: Request, username: str) -> Response:
        """A person, whatever the case of the name."""
        return Response(presenting.shown([queries.person(username, request.user.pk)], request.user.pk)[0])


@extend_schema(tags=["users"])
@limited(POST="follow", DELETE="follow")
@scoped(POST="follow", DELETE="follow")
class FollowView(APIView):
    @extend_schema(
        operation_id="follow",
        request=None,
        responses={200: serializers.RelationSerializer, 400: serializers.ErrorSerializer},
    )
    def post(self, request: Request, username: str) -> Response:
        """Follow a person; following twice changes nothing. Of a protected one it is asked: `requested`."""
        person = queries.person(username, request.user.pk)
        try:
            actions.follow(follower=member(request), followee=person)
        except actions.CannotFollowYourself:
            raise ValidationError("You can't follow yourself.", code="yourself") from None
        except actions.CannotFollowBlocked:
            raise ValidationError("You have blocked this person.", code="blocking") from None
        return relation_response(request, person)

    @extend_schema(operation_id="unfollow", responses={200: serializers.RelationSerializer})
    def delete(self, request: Request, username: str) -> Response:
        """No longer follow a person, nor ask to; if nobody was followed, nothing changes."""
        person = queries.person(username, request.user.pk)
        actions.unfollow(follower=member(request), followee=person)
        return relation_response(request, person)


def relation_response(request: Request, person: User) -> Response:
    """How the viewer and a person stand to each other now."""
    return Response(asdict(relations(request.user.pk, [person.pk])[person.pk]))


@extend_schema(tags=["users"])
@scoped(GET="read")
class FollowersView(APIView):
    @page_schema("followers", serializers.UserPageSerializer)
    def get(self, request: Request, username: str) -> HttpResponse:
        """Who follows a person, the latest first."""
        person = queries.person(username, request.user.pk)
        return people_response(request, queries.followers(person, request.user.pk, **PageQuery.read(request)))


@extend_schema(tags=["users"])
@scoped(GET="read")
class FollowingView(APIView):
    @page_schema("following", serializers.UserPageSerializer)
    def get(self, request: Request, username: str) -> HttpResponse:
        """Whom a person follows, the latest first."""
        person = queries.person(username, request.user.pk)
        return people_response(request, queries.following(person, request.user.pk, **PageQuery.read(request)))


def people_response(request: Request, page: queries.PeoplePage) -> HttpResponse:
    """A page of people as the caller sees them."""
    results = [orjson.dumps(person) for person in presenting.shown(page.people, request.user.pk)]
    return page_response(request, results, older=page.next, newer=page.newer)
