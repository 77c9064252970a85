"""What people are told: groups of what others did, who is in them, and how far they have been read."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User

NAMED = 8
PARTITIONS = 16
FIRST_OF_MANY = 20


class Kind(models.IntegerChoices):
    """What was done. The numbers of `Notification` and, for the pairs to be looked at, of `NotificationEvent`."""

    FOLLOW = 1, "follow"
    FOLLOW_REQUEST = 2, "follow request"
    MENTION = 3, "mention"
    REPLY = 4, "reply"
    LIKE = 5, "like"
    RETWEET = 6, "retweet"
    QUOTE = 7, "quote"
    POLL = 8, "poll ended"


ADDRESSED = (Kind.MENTION, Kind.REPLY, Kind.QUOTE)
"""Tweets that were written to somebody; the filter "mentions"."""


class Notification(models.Model):
    """One entry of somebody's notifications: what some people did, of one kind and about one tweet.

    `notifications.folding` alone writes it, whoever does so holding the lock of the recipient's partition.

    Attributes:
        tweet_id: the recipient's tweet that was liked or retweeted; the answer, quote or mention itself; 0 for none.
        position: its place in the list and its cursor; a new one, higher than all others, whenever somebody joins.
        count: how many people are in it; 0 while it is being cleared away.
        actors: the newest of them, newest first.
        friends: the same of those whom the recipient followed when they joined.
        latest_at: when the newest of them did it.
    """

    recipient = models.ForeignKey(
        User, models.DO_NOTHING, related_name="notifications", db_constraint=False, db_index=False
    )
    kind = models.SmallIntegerField(choices=Kind.choices)
    tweet_id = models.BigIntegerField(default=0)
    position = models.BigIntegerField()
    count = models.PositiveIntegerField()
    actors = ArrayField(models.BigIntegerField(), size=NAMED)
    friends = ArrayField(models.BigIntegerField(), size=NAMED, default=list)
    opened_at = models.DateTimeField(default=timezone.now)
    latest_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["position"], name="one_notification_at_a_position")]
        indexes = [
            models.Index(fields=["recipient", "-position"], name="notifications_in_order"),
            models.Index(
                fields=["recipient", "-position"], condition=Q(kind__in=ADDRESSED), name="notifications_addressed"
            ),
            models.Index(fields=["recipient", "-position"], condition=~Q(friends=[]), name="notifications_of_friends"),
            models.Index(fields=["recipient", "kind", "tweet_id"], name="notifications_about"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.tweet_id or ''} x {self.count}"


class NotificationActor(models.Model):
    """Somebody in a group. That a row is there, or not, is what makes folding anything twice harmless."""

    notification = models.ForeignKey(
        Notification, models.DO_NOTHING, related_name="actor_rows", db_constraint=False, db_index=False
    )
    actor_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_id", "notification"], name="in_a_group_once")]
        indexes = [models.Index(fields=["notification", "-id"], name="actors_of_notification")]

    def __str__(self) -> str:
        return f"{self.actor_id} in {self.notification_id}"


class ReadMarker(models.Model):
    """How far somebody has read. Without a row here he has read nothing."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="notifications_read")
    read_up_to = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user_id} up to {self.read_up_to}"


class NotificationEvent(models.Model):
    """Something that somebody may have to be told of, or no longer: written in the change's own transaction.

    It does not say what is the case but where to look: what a fold finds in the tables of truth holds. So events may be
    dealt with late, twice and in any order.

    Attributes:
        kind: a number of `Kind` for "look whether `actor_id` does this to `recipient_id`, about `tweet_id`"; the other
            kinds stand for many of these.
        recipient_id: who is told. All events of one recipient are in one partition, which one worker folds at a time.
        cursor: how far a kind that stands for many has been unfolded.
        attempts: how often it has raised; every time it is put off for longer.
    """

    class Many(models.IntegerChoices):
        TWEET_GONE = FIRST_OF_MANY, "tweet deleted"
        PERSON_GONE = FIRST_OF_MANY + 1, "account deleted"
        POLL_CLOSED = FIRST_OF_MANY + 2, "poll closed"

    kind = models.SmallIntegerField(choices=[*Kind.choices, *Many.choices])
    recipient_id = models.BigIntegerField()
    actor_id = models.BigIntegerField(default=0)
    tweet_id = models.BigIntegerField(default=0)
    partition = models.SmallIntegerField()
    cursor = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["partition", "due_at", "id"], name="notifications_to_fold")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.actor_id} -> {self.recipient_id}"
