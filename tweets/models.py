"""What was said, and who liked or kept it."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse

from accounts.models import User
from accounts.relations.queries import is_open_to
from stores.counts import CountChange
from stores.rows import PlainRow
from tweets.text import MOST_TAG_CHARACTERS

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
ID_SHIFT = 22
TEXT_MAX_LENGTH = 4000  # what the column takes; tweets.text counts the 280 weighted characters
MOST_CHOICES = 4
CHOICE_MAX_LENGTH = 25


class NewTweetId(Func):
    """The next id of the table's own sequence; see the migration that defines the function."""

    function = "new_tweet_id"
    template = "%(function)s()"
    output_field = models.BigIntegerField()


def id_at(moment: datetime) -> int:
    """The smallest id a tweet posted at this moment can have: milliseconds since 2026 in the upper 41 bits."""
    return int((moment - EPOCH) / timedelta(milliseconds=1)) << ID_SHIFT


def posted_at(tweet_id: int) -> datetime:
    """The moment, to the millisecond, at which an id was minted."""
    return EPOCH + timedelta(milliseconds=tweet_id >> ID_SHIFT)


class TweetQuerySet(models.QuerySet["Tweet"]):
    def visible_to(self, viewer_id: int | None) -> Self:
        """What this viewer may see; a retweet only with what it retweets."""
        original = Q(retweet_of__deleted_at=None) & is_open_to(viewer_id, "retweet_of__author")
        return self.filter(is_open_to(viewer_id, "author"), Q(retweet_of=None) | original, deleted_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-id")


class Tweet(PlainRow):
    """A tweet, a reply, a quote, or (with `retweet_of` and no text) a retweet.

    A deleted tweet keeps its row, marked, until its event has cleared likes and retweets away; then the row goes.
    References to other tweets may therefore point to a tweet that is gone: it reads as unavailable.
    """

    class Reach(models.IntegerChoices):
        PUSH = 0, "pushed into the inboxes of followers"
        PULL = 1, "pulled by readers from the author's list"

    class ReplySettings(models.IntegerChoices):
        """Who may answer in the conversation that a tweet begins, besides its author. The API has them by name."""

        EVERYONE = 0, "Everyone can reply"
        MENTIONED_USERS = 1, "Only people you mention can reply"
        FOLLOWING = 2, "People you follow or mention can reply"

    id = models.BigIntegerField(primary_key=True, db_default=NewTweetId(), editable=False)
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tweets", db_index=False)
    text = models.CharField(max_length=TEXT_MAX_LENGTH, blank=True)
    in_reply_to = models.ForeignKey(
        "self", models.DO_NOTHING, null=True, blank=True, related_name="replies", db_constraint=False, db_index=False
    )
    in_reply_to_user = models.ForeignKey(
        User, models.DO_NOTHING, null=True, blank=True, related_name="+", db_constraint=False, db_index=False
    )
    conversation = models.ForeignKey(
        "self", models.DO_NOTHING, null=True, blank=True, related_name="+", db_constraint=False, db_index=False
    )
    retweet_of = models.ForeignKey(
        "self", models.DO_NOTHING, null=True, blank=True, related_name="retweets", db_constraint=False, db_index=False
    )
    quote_of = models.ForeignKey(
        "self", models.DO_NOTHING, null=True, blank=True, related_name="quotes", db_constraint=False, db_index=False
    )
    reach = models.SmallIntegerField(choices=Reach.choices, default=Reach.PUSH, editable=False)
    reply_settings = models.SmallIntegerField(
        choices=ReplySettings.choices,
        default=ReplySettings.EVERYONE,
        db_default=ReplySettings.EVERYONE,
        editable=False,
    )
    idempotency_key = models.CharField(max_length=64, null=True, blank=True, editable=False)
    edits_count = models.PositiveSmallIntegerField(default=0, editable=False)
    edited_at = models.DateTimeField(null=True, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    replies_count = models.PositiveIntegerField(default=0, editable=False)
    retweets_count = models.PositiveIntegerField(default=0, editable=False)
    quotes_count = models.PositiveIntegerField(default=0, editable=False)
    likes_count = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[models.Manager["Tweet"]] = TweetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "idempotency_key"], name="one_tweet_for_one_key"),
            models.UniqueConstraint(
                fields=["author", "retweet_of"],
                condition=Q(retweet_of__isnull=False, deleted_at__isnull=True),
                name="retweet_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["author", "-id"],
                include=["in_reply_to_user", "reach"],
                condition=Q(deleted_at__isnull=True),
                name="tweets_of_author",
            ),
            models.Index(fields=["in_reply_to", "id"], condition=Q(in_reply_to__isnull=False), name="replies_to_tweet"),
            models.Index(
                fields=["in_reply_to", "id"],
                condition=Q(in_reply_to__isnull=False, in_reply_to_user=F("author")),
                name="self_replies",
            ),
            models.Index(fields=["retweet_of", "id"], condition=Q(retweet_of__isnull=False), name="retweets_of_tweet"),
            models.Index(fields=["quote_of", "id"], condition=Q(quote_of__isnull=False), name="quotes_of_tweet"),
        ]

    def __str__(self) -> str:
        return self.text[:50] or f"retweet of {self.retweet_of_id}"

    def get_absolute_url(self) -> str:
        return reverse("tweet", args=[self.author.username, self.id])

    @property
    def created_at(self) -> datetime:
        return posted_at(self.id)


class Like(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="likes", db_index=False)
    tweet = models.ForeignKey(Tweet, on_delete=models.CASCADE, related_name="likes", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tweet"], name="like_once")]
        indexes = [
            models.Index(fields=["tweet", "-id"], name="likes_of_tweet"),
            models.Index(fields=["user", "-id"], name="likes_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.tweet_id}"


class Bookmark(models.Model):
    """Seen by nobody but its owner."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bookmarks", db_index=False)
    tweet = models.ForeignKey(Tweet, on_delete=models.CASCADE, related_name="bookmarks", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tweet"], name="bookmark_once")]
        indexes = [
            models.Index(fields=["tweet"], name="bookmarks_of_tweet"),
            models.Index(fields=["user", "-id"], name="bookmarks_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} keeps {self.tweet_id}"


class Edit(models.Model):
    """A change of a tweet's text, the author's `number`th; it keeps what the tweet said before."""

    tweet = models.ForeignKey(Tweet, on_delete=models.CASCADE, related_name="edits", db_index=False)
    number = models.PositiveSmallIntegerField()
    text_before = models.CharField(max_length=TEXT_MAX_LENGTH)
    made_at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=64, null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tweet", "number"], name="edits_in_order"),
            models.UniqueConstraint(fields=["tweet", "idempotency_key"], name="one_edit_for_one_key"),
        ]

    def __str__(self) -> str:
        return f"edit {self.number} of {self.tweet_id}"


class Pin(models.Model):
    """`tweet` stands first on the profile of its author."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="pin")
    tweet = models.ForeignKey(Tweet, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.user_id} pins {self.tweet_id}"


class TweetCountChange(CountChange):
    """A like, retweet, quote or reply more or less, not yet in the tweet's own figures."""

    class Meta(CountChange.Meta):
        indexes = [models.Index(fields=["subject_id"], name="tweet_changes")]


class Mention(models.Model):
    """`person` is named in the text of `tweet`. People who were not there when it was written are not mentioned."""

    tweet = models.ForeignKey(Tweet, on_delete=models.CASCADE, related_name="mentions", db_index=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mentions", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tweet", "person"], name="mention_once")]
        indexes = [models.Index(fields=["person", "-tweet"], name="mentions_of_person")]

    def __str__(self) -> str:
        return f"{self.tweet_id} mentions {self.person_id}"


class Hashtag(models.Model):
    """A tag that somebody has used or follows.

    Attributes:
        name: without #, as `tweets.text.tag_key` has it: what differs only in case or width is one tag.
        shown: the form in which it was first written.
    """

    name = models.CharField(max_length=MOST_TAG_CHARACTERS, unique=True, editable=False)
    shown = models.CharField(max_length=MOST_TAG_CHARACTERS, editable=False)
    tweets_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        indexes = [models.Index(fields=["-tweets_count"], name="tags_by_use")]

    def __str__(self) -> str:
        return f"#{self.shown}"


class TweetTag(models.Model):
    """`tag` stands in the text of `tweet`. The row goes with that of the tweet, a while after it was deleted."""

    tweet = models.ForeignKey(Tweet, on_delete=models.CASCADE, related_name="tag_rows", db_index=False)
    tag = models.ForeignKey(Hashtag, on_delete=models.CASCADE, related_name="tweet_rows", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tweet", "tag"], name="tag_once")]
        indexes = [models.Index(fields=["tag", "-tweet"], name="tweets_of_tag")]

    def __str__(self) -> str:
        return f"{self.tag_id} in {self.tweet_id}"


class TweetWords(models.Model):
    """What search knows of a tweet, as `tweets.words` has it. The row goes with that of the tweet."""

    tweet = models.OneToOneField(Tweet, on_delete=models.CASCADE, primary_key=True, related_name="+")
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="tweets_by_words")]

    def __str__(self) -> str:
        return f"words of {self.tweet_id}"


class TagFollow(models.Model):
    """`user` reads in his home what anybody writes with `tag`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tag_follows", db_index=False)
    tag = models.ForeignKey(Hashtag, on_delete=models.CASCADE, related_name="follow_rows", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tag"], name="follow_tag_once")]
        indexes = [models.Index(fields=["tag", "user"], name="followers_of_tag")]

    def __str__(self) -> str:
        return f"{self.user_id} follows tag {self.tag_id}"


class TagCountChange(CountChange):
    """A tweet with a tag more or less, not yet in the tag's own figure."""

    class Meta(CountChange.Meta):
        indexes = [models.Index(fields=["subject_id"], name="tag_changes")]


class Poll(models.Model):
    """What a tweet asks, and what may be answered; its id is the tweet's.

    Attributes:
        choices: two to four, in order; votes name them by position, from 1.
        closed_at: when its end was noticed, which happens once; from `ends_at` on no vote counts.
    """

    tweet = models.OneToOneField(Tweet, models.CASCADE, primary_key=True, db_column="id", related_name="poll")
    choices = ArrayField(models.CharField(max_length=CHOICE_MAX_LENGTH), size=MOST_CHOICES)
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    choice_1_count = models.PositiveIntegerField(default=0, editable=False)
    choice_2_count = models.PositiveIntegerField(default=0, editable=False)
    choice_3_count = models.PositiveIntegerField(default=0, editable=False)
    choice_4_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        indexes = [models.Index(fields=["ends_at"], condition=Q(closed_at__isnull=True), name="polls_to_close")]

    def __str__(self) -> str:
        return " / ".join(self.choices)


class PollVote(models.Model):
    """One person's vote. It is never changed and never taken back."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="votes", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="votes")
    choice = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "user"], name="vote_once")]

    def __str__(self) -> str:
        return f"{self.user_id} votes in {self.poll_id}"


class PollCountChange(CountChange):
    """A vote not yet in the poll's own figures."""

    class Meta(CountChange.Meta):
        indexes = [models.Index(fields=["subject_id"], name="poll_changes")]
