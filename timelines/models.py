"""What has changed and is not yet in the inboxes; which authors are too big to be pushed."""

from django.db import models
from django.utils import timezone

from accounts.models import User


class FeedEvent(models.Model):
    """A change that feeds have yet to take in: written in the change's own transaction, deleted when delivered.

    Attributes:
        subject_id: the tweet for POSTED, EDITED, RETAGGED and DELETED, the reader for TIES, the author for PROMOTED,
            the person changed, the viewer for SIGHT.
        author_id: who wrote the tweet, for POSTED, EDITED and DELETED.
        cursor: the last follower dealt with, for an author whose followers are walked in several goes.
        attempts: how often it has raised; every time it is put off for longer.
    """

    class Kind(models.IntegerChoices):
        POSTED = 1, "tweet posted"
        DELETED = 2, "tweet deleted"
        TIES = 3, "reader's ties changed"
        PROMOTED = 4, "author outgrew push"
        PERSON = 5, "person changed"
        EDITED = 6, "tweet edited"
        SIGHT = 7, "viewer's sight changed"
        RETAGGED = 8, "tweet got another hashtag"

    kind = models.SmallIntegerField(choices=Kind.choices)
    subject_id = models.BigIntegerField()
    author_id = models.BigIntegerField(null=True)
    cursor = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at", "id"], name="events_in_order")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject_id}"


class Crowd(models.Model):
    """An author with so many followers that readers pull his tweets. Without a row here, an author is pushed.

    While PROMOTING, tweets are still pushed but rebuilt inboxes already count on pulling; the walk over all followers
    makes the others cold, then PULL is set. There is no way back.
    """

    class State(models.IntegerChoices):
        PROMOTING = 1, "promoting"
        PULL = 2, "pull"

    author = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="crowd")
    state = models.SmallIntegerField(choices=State.choices, default=State.PROMOTING)

    def __str__(self) -> str:
        return f"{self.author_id}: {self.get_state_display()}"


class Generation(models.Model):
    """One row: the number in every inbox's key. A higher number makes all inboxes cold at once."""

    number = models.PositiveIntegerField(default=1)
    redis_runs = models.JSONField(default=list, help_text="The run ids of the Redis servers when last looked at.")

    def __str__(self) -> str:
        return str(self.number)


class Marker(models.Model):
    """Up to where a reader has read his home, on whatever device.

    Attributes:
        last_read_id: everything up to this id has been read.
        version: raised by every move, so that of two devices neither overwrites what it has not seen.
    """

    reader = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="home_marker")
    last_read_id = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.reader_id} read up to {self.last_read_id}"
