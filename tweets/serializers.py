"""The shapes of tweets in the API: what may be sent, and what is documented to come out.

Tweets come out as finished JSON from `tweets.presenting`; the serializers of answers here are never run.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.fields import IdField, StrictSerializer, StringField
from accounts.serializers import PageSerializer, PersonSerializer
from tweets.models import TEXT_MAX_LENGTH


class NewTweetSerializer(StrictSerializer):
    text = StringField(
        min_length=1,
        max_length=TEXT_MAX_LENGTH,
        help_text="At most 280 weighted characters: a URL takes 23, CJK and emoji take 2.",
    )
    in_reply_to_id = IdField(required=False, allow_null=True)
    quote_of_id = IdField(required=False, allow_null=True)


class IdempotencyKeySerializer(serializers.Serializer[Any]):
    """The header `Idempotency-Key`."""

    key = serializers.RegexField(
        r"\A[\x21-\x7e]{1,64}\Z", error_messages={"invalid": "1 to 64 visible ASCII characters."}
    )


class TweetCountsSerializer(serializers.Serializer[Any]):
    """Of the original, if the tweet is a retweet."""

    replies = serializers.IntegerField(min_value=0)
    retweets = serializers.IntegerField(min_value=0)
    quotes = serializers.IntegerField(min_value=0)
    likes = serializers.IntegerField(min_value=0)


class TweetViewerSerializer(serializers.Serializer[Any]):
    """What the viewer has done with the tweet, or with the original if it is a retweet."""

    liked = serializers.BooleanField()
    retweeted = serializers.BooleanField()
    bookmarked = serializers.BooleanField()


class PlaceSerializer(serializers.Serializer[Any]):
    """A place in the text, in characters of Unicode; `end` is behind the last."""

    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=1)


class MentionSerializer(PlaceSerializer):
    id = IdField()
    username = serializers.CharField()


class HashtagEntitySerializer(PlaceSerializer):
    tag = serializers.CharField(help_text="Without #, as written.")


class UrlSerializer(PlaceSerializer):
    url = serializers.CharField()


class EntitiesSerializer(serializers.Serializer[Any]):
    """What in the text is a link, in order. Only people who were there when it was written are mentioned."""

    mentions = MentionSerializer(many=True)
    hashtags = HashtagEntitySerializer(many=True)
    urls = UrlSerializer(many=True)


class TweetSerializer(serializers.Serializer[Any]):
    id = IdField()
    url = serializers.CharField()
    author = PersonSerializer()
    in_reply_to_user = PersonSerializer(allow_null=True)
    text = serializers.CharField(help_text="Empty for a retweet.")
    html = serializers.CharField(help_text="The same with links, safe to show.")
    entities = EntitiesSerializer()
    created_at = serializers.DateTimeField()
    in_reply_to_id = IdField(allow_null=True)
    conversation_id = IdField(help_text="The tweet with which the conversation began.")
    retweet_of_id = IdField(allow_null=True)
    quote_of_id = IdField(allow_null=True)
    media = serializers.ListField(child=serializers.JSONField(), help_text="None yet.")
    retweet_of = serializers.SerializerMethodField()
    quote_of = serializers.SerializerMethodField(help_text="Null, with a `quote_of_id`, when it can't be seen.")
    counts = TweetCountsSerializer()
    viewer = TweetViewerSerializer()

    _NESTED = {"allOf": [{"$ref": "#/components/schemas/Tweet"}], "nullable": True}

    @extend_schema_field(_NESTED)
    def get_retweet_of(self, tweet: object) -> object: ...

    @extend_schema_field(_NESTED)
    def get_quote_of(self, tweet: object) -> object: ...


class TweetPageSerializer(PageSerializer):
    results = TweetSerializer(many=True)
