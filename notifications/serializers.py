"""The shapes of notifications in the API: what may be sent, and what is documented to come out."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.fields import IdField, StrictSerializer
from accounts.serializers import PageSerializer, PersonSerializer
from notifications.models import NAMED, Kind

NAMES = [kind.name.lower() for kind in Kind]


class NotificationSerializer(serializers.Serializer[Any]):
    """What some people did, of one kind and about one tweet."""

    id = IdField()
    position = IdField(help_text="Its place in the list, which rises when somebody joins; see `read`.")
    kind = serializers.ChoiceField(choices=NAMES)
    latest_at = serializers.DateTimeField(help_text="When the latest of them did it.")
    unread = serializers.BooleanField()
    count = serializers.IntegerField(min_value=1, help_text="How many people there are with those not named.")
    people = PersonSerializer(many=True, help_text=f"At most {NAMED}, those whom one follows first, then the latest.")
    tweet = serializers.SerializerMethodField(
        help_text="The tweet liked or retweeted; the reply, quote, mention or poll itself; null for a follow."
    )

    @extend_schema_field({"allOf": [{"$ref": "#/components/schemas/Tweet"}], "nullable": True})
    def get_tweet(self, notification: object) -> object: ...


class NotificationPageSerializer(PageSerializer):
    results = NotificationSerializer(many=True)


class ReadSerializer(StrictSerializer):
    up_to = IdField(help_text="The `position` of the latest notification that was read.")


class UnreadSerializer(serializers.Serializer[Any]):
    """How many notifications have not been read."""

    unread = serializers.IntegerField(min_value=0, help_text="100 stands for more than 99.")
    badge = serializers.CharField(help_text='The same in words for a badge, such as "99+"; empty for none.')
    read_up_to = IdField(help_text="Everything up to this `position` has been read.")
