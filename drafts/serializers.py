"""The shapes of drafts in the API."""

from typing import Any

from rest_framework import serializers

from accounts.fields import IdField, StrictSerializer, StringField
from drafts.models import Draft
from tweets.composing import MOST_IN_THREAD, Content, NewTweet
from tweets.models import TEXT_MAX_LENGTH
from tweets.serializers import NewPollSerializer, ReplySettingsField

WHEN = "When it is to be posted: in the future, at most 18 months ahead. Null for a draft that waits for its author."


class UnfinishedTweetSerializer(StrictSerializer):
    text = StringField(max_length=TEXT_MAX_LENGTH, allow_blank=True, trim_whitespace=False)
    poll = NewPollSerializer(required=False, allow_null=True)


class NewDraftSerializer(StrictSerializer):
    """What a scheduled tweet must not be, a draft may be: unfinished, too long, without words."""

    tweets = UnfinishedTweetSerializer(  # type: ignore[call-arg]  # which the list takes
        many=True, allow_empty=False, max_length=MOST_IN_THREAD, help_text="Up to 25, in order."
    )
    in_reply_to_id = IdField(required=False, allow_null=True)
    quote_of_id = IdField(required=False, allow_null=True)
    reply_settings = ReplySettingsField(required=False)
    scheduled_at = serializers.DateTimeField(required=False, allow_null=True, help_text=WHEN)

    def content(self) -> Content:
        values: dict[str, Any] = dict(self.validated_data)
        values.pop("scheduled_at", None)
        tweets = [NewTweet(each["text"], each.get("poll")) for each in values["tweets"]]
        return {**values, "tweets": tweets}  # type: ignore[typeddict-item]  # as declared above


class KeptPollSerializer(serializers.Serializer[Any]):
    choices = serializers.ListField(child=serializers.CharField(allow_blank=True))
    minutes = serializers.IntegerField()


class KeptTweetSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(allow_blank=True)
    poll = KeptPollSerializer(allow_null=True)


class DraftSerializer(serializers.ModelSerializer[Draft]):
    id = IdField()
    tweets = KeptTweetSerializer(many=True)
    in_reply_to_id = IdField(allow_null=True)
    quote_of_id = IdField(allow_null=True)
    reply_settings = ReplySettingsField()
    scheduled_at = serializers.DateTimeField(allow_null=True, help_text=WHEN)
    error = serializers.CharField(help_text="Why it was not posted when its time came; empty if nothing is wrong.")

    class Meta:
        model = Draft
        fields = (
            "id",
            "tweets",
            "in_reply_to_id",
            "quote_of_id",
            "reply_settings",
            "scheduled_at",
            "error",
            "created_at",
        )


class DraftsSerializer(serializers.Serializer[Any]):
    drafts = DraftSerializer(many=True, help_text="At most 100, so there are no pages.")


class DraftsQuery(serializers.Serializer[Any]):
    scheduled = serializers.BooleanField(default=False, help_text="What waits for its time instead, the next first.")
