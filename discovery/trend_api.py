"""What is rising, and whom to follow, over REST."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import presenting
from accounts import queries as people
from accounts.access.scopes import scoped
from accounts.authentication import member
from accounts.limits import limited
from accounts.serializers import UserSerializer
from discovery import actions, suggestions, trends
from discovery.models import Term


class LimitQuery(serializers.Serializer[Any]):
    limit = serializers.IntegerField(min_value=1, max_value=50, default=20)

    @classmethod
    def read(cls, request: Request) -> int:
        query = cls(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        return int(query.validated_data["limit"])


class TrendSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["hashtag", "word"])
    text = serializers.CharField(help_text="As it is written, a hashtag without #.")
    url = serializers.CharField(help_text="The page of a hashtag, or what is found for a word.")
    authors = serializers.IntegerField(help_text="How many people used it lately, of those looked at.")


class TrendsSerializer(serializers.Serializer[Any]):
    results = TrendSerializer(many=True)


class SuggestionSerializer(serializers.Serializer[Any]):
    user = UserSerializer()
    reason = serializers.CharField(help_text="For people, such as: Followed by Ada and 3 others you follow.")
    followed_by = serializers.IntegerField(help_text="How many of those one follows follow this person, at least.")


class SuggestionsSerializer(serializers.Serializer[Any]):
    results = SuggestionSerializer(many=True)


@extend_schema(tags=["discovery"])
@scoped(GET="read")
class TrendsView(APIView):
    @extend_schema(operation_id="trends", parameters=[LimitQuery], responses=TrendsSerializer)
    def get(self, request: Request) -> Response:
        """What is rising now, above its usual level."""
        return Response({"results": [_trend(term) for term in trends.rising(LimitQuery.read(request))]})


def _trend(term: Term) -> dict[str, Any]:
    return {
        "kind": term.get_kind_display(),
        "text": term.shown,
        "url": settings.SITE_URL + term.url,
        "authors": term.authors,
    }


@extend_schema(tags=["discovery"])
@scoped(GET="read")
class SuggestionsView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="suggestions", parameters=[LimitQuery], responses=SuggestionsSerializer)
    def get(self, request: Request) -> Response:
        """People to follow, with the reason for each."""
        found = suggestions.of(member(request).pk, LimitQuery.read(request))
        shown = presenting.shown([each.person for each in found], request.user.pk)
        pairs = zip(found, shown, strict=True)
        return Response({"results": [_suggestion(each, user) for each, user in pairs]})


def _suggestion(each: suggestions.Suggestion, user: dict[str, Any]) -> dict[str, Any]:
    return {"user": user, "reason": each.reason, "followed_by": len(each.followed_by) + each.others}


@extend_schema(tags=["discovery"])
@limited(DELETE="write")
@scoped(DELETE="follow")
class SuggestionView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="suggestion_dismiss", responses={204: None})
    def delete(self, request: Request, username: str) -> Response:
        """Have this person suggested no longer."""
        try:
            actions.dismiss(viewer=member(request), person=people.person(username, request.user.pk))
        except actions.Yourself:
            raise ValidationError("You are not suggested to yourself.", code="yourself") from None
        return Response(status=204)
