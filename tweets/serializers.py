"""The shapes of tweets in the API: what may be sent, and what is documented to come out.

Tweets come out as finished JSON from `tweets.presenting`; the serializers of answers here are never run.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.fields import IdField, StrictSerializer, StringField
from accounts.serializers import PageSerializer, PersonSerializer
from tweets.composing import NewPoll, NewTweet
from tweets.models import MOST_CHOICES, TEXT_MAX_LENGTH, Tweet


class NewPollSerializer(StrictSerializer):
    choices = serializers.ListField(
        child=StringField(max_length=TEXT_MAX_LENGTH, allow_blank=True),
        max_length=100,
        help_text="Two to four, all different, of at most 25 characters each.",
    )
    minutes = serializers.IntegerField(help_text="How long it lasts: from 5 (minutes) to 10080 (7 days).")

    def to_internal_value(self, data: object) -> NewPoll:
        values: Any = super().to_internal_value(data)
        return NewPoll(tuple(values["choices"]), values["minutes"])


class TextAndPollSerializer(StrictSerializer):
    """One tweet of a thread."""

    text = StringField(
        min_length=1,
        max_length=TEXT_MAX_LENGTH,
        help_text="At most 280 weighted characters: a URL takes 23, CJK and emoji take 2.",
    )
    poll = NewPollSerializer(required=False, allow_null=True)


class ReplySettingsField(serializers.ChoiceField):
    """Who may answer, by name outside and by number inside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[each.name.lower() for each in Tweet.ReplySettings], **options)

    def to_internal_value(self, data: Any) -> Any:
        return Tweet.ReplySettings[super().to_internal_value(data).upper()]

    def to_representation(self, value: Any) -> Any:
        return Tweet.ReplySettings(value).name.lower()


WHO = "Who may answer in the conversation that this begins, besides its author and whom he mentions."


class NewTweetSerializer(TextAndPollSerializer):
    in_reply_to_id = IdField(required=False, allow_null=True)
    quote_of_id = IdField(required=False, allow_null=True)
    reply_settings = ReplySettingsField(required=False, help_text=WHO)


class NewThreadSerializer(StrictSerializer):
    tweets = TextAndPollSerializer(many=True, allow_empty=False, help_text="Up to 25, in order.")
    in_reply_to_id = IdField(required=False, allow_null=True, help_text="What the first of them answers.")
    quote_of_id = IdField(required=False, allow_null=True, help_text="What the first of them quotes.")
    reply_settings = ReplySettingsField(required=False, help_text=WHO)

    def content(self) -> dict[str, Any]:
        """As `actions.post_thread` takes it."""
        values = dict(self.validated_data)
        return values | {"tweets": [NewTweet(each["text"], each.get("poll")) for each in values["tweets"]]}


class VoteSerializer(StrictSerializer):
    choice = serializers.IntegerField(min_value=1, max_value=MOST_CHOICES, help_text="Its position.")


class EditedTweetSerializer(StrictSerializer):
    text = StringField(min_length=1, max_length=TEXT_MAX_LENGTH, help_text="As for a new tweet.")
    version = serializers.IntegerField(
        min_value=0, max_value=2**15 - 1, help_text="The tweet's `version` as last seen; another one is a 409."
    )


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
    pinned = serializers.BooleanField(help_text="It stands first on the viewer's own profile.")


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


class ChoiceSerializer(serializers.Serializer[Any]):
    position = serializers.IntegerField(min_value=1, max_value=MOST_CHOICES)
    text = serializers.CharField()
    votes = serializers.IntegerField(
        min_value=0, allow_null=True, help_text="Null until the viewer has voted or the poll is over; authors see it."
    )


class PollSerializer(serializers.Serializer[Any]):
    choices = ChoiceSerializer(many=True)
    ends_at = serializers.DateTimeField()
    closed = serializers.BooleanField()
    votes = serializers.IntegerField(min_value=0, help_text="All together.")
    voted_for = serializers.IntegerField(
        min_value=1, max_value=MOST_CHOICES, allow_null=True, help_text="The viewer's choice, by its position."
    )


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
    reply_settings = ReplySettingsField(
        allow_null=True, help_text="Who may answer; null for replies, since the conversation's first tweet says it."
    )
    poll = PollSerializer(allow_null=True)
    version = serializers.IntegerField(min_value=0, help_text="How often it was edited; an edit must say it.")
    edited_at = serializers.DateTimeField(allow_null=True)
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


class ThreadSerializer(serializers.Serializer[Any]):
    tweets = TweetSerializer(many=True)


class TweetPageSerializer(PageSerializer):
    results = TweetSerializer(many=True)


class ContextSerializer(serializers.Serializer[Any]):
    """A tweet's surroundings."""

    ancestors = serializers.ListField(
        child=TweetSerializer(allow_null=True),
        help_text="What it answers, from the farthest tweet down to the nearest; null for one that can't be seen.",
    )
    earlier = serializers.CharField(allow_null=True, help_text="Where there are more above these; null at the top.")
    thread = TweetSerializer(many=True, help_text="How its author goes on, one answer to oneself after the other.")
    later = serializers.CharField(allow_null=True, help_text="Where the author goes on after these; null at the end.")


class VersionSerializer(serializers.Serializer[Any]):
    """What a tweet says, or said once."""

    version = serializers.IntegerField(min_value=0)
    text = serializers.CharField()
    html = serializers.CharField(help_text="The same with links, safe to show.")
    created_at = serializers.DateTimeField()


class HistorySerializer(serializers.Serializer[Any]):
    results = VersionSerializer(many=True)
