"""The shapes of lists in the API: what may be sent, and what is documented to come out."""

from typing import Any

from rest_framework import serializers

from accounts.fields import CleanTextField, IdField, StrictSerializer, TrulyBooleanField
from accounts.lists.models import DESCRIPTION_MAX_LENGTH, NAME_MAX_LENGTH
from accounts.pagination import PageQuery
from accounts.serializers import PageSerializer, PersonSerializer
from stores import text


class LineField(CleanTextField):
    """Clean text on one line."""

    def to_internal_value(self, data: object) -> str:
        return text.one_line(super().to_internal_value(data))


class NewListSerializer(StrictSerializer):
    name = LineField(max_length=NAME_MAX_LENGTH)
    description = LineField(max_length=DESCRIPTION_MAX_LENGTH, allow_blank=True, required=False)
    private = TrulyBooleanField(required=False)


class ListCountsSerializer(serializers.Serializer[Any]):
    members = serializers.IntegerField(min_value=0)
    followers = serializers.IntegerField(min_value=0)


class ListViewerSerializer(serializers.Serializer[Any]):
    """How the viewer stands to a list; all false for nobody."""

    following = serializers.BooleanField()
    member = serializers.BooleanField()


class ListSerializer(serializers.Serializer[Any]):
    id = IdField()
    url = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    private = serializers.BooleanField(help_text="Nobody but its owner knows of it.")
    created_at = serializers.DateTimeField()
    owner = PersonSerializer()
    counts = ListCountsSerializer()
    viewer = ListViewerSerializer()


class ListPageSerializer(PageSerializer):
    results = ListSerializer(many=True)


class MembershipsQuery(PageQuery):
    owned = serializers.BooleanField(default=False, help_text="Lists of the viewer's own only.")
