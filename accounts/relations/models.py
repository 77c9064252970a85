"""Whom people keep away, and what they do not want to read. The models are shown by `accounts.models`."""

from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

PHRASE_MAX_LENGTH = 140


class Block(models.Model):
    """The two do not see each other, nor follow each other."""

    blocker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocked_rows", db_index=False
    )
    blocked = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocker_rows", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="no_self_block"),
        ]
        indexes = [
            models.Index(fields=["blocked", "blocker"], name="blockers_of_person"),
            models.Index(fields=["blocker", "-id"], name="latest_blocks"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"

    def viewer_ids(self) -> list[int]:
        """Those who see something else by this."""
        return [self.blocker_id, self.blocked_id]


class FollowRequest(models.Model):
    """`requester` would like to follow `target`, whose account is protected."""

    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="requested_rows", db_index=False
    )
    target = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="request_rows", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["requester", "target"], name="request_once"),
            models.CheckConstraint(condition=~Q(requester=F("target")), name="no_self_request"),
        ]
        indexes = [models.Index(fields=["target", "-id"], name="latest_requests")]

    def __str__(self) -> str:
        return f"{self.requester_id} would like to follow {self.target_id}"


Row = TypeVar("Row", bound="Muting")


class MutingQuerySet(models.QuerySet[Row]):
    def in_force(self) -> Self:
        return self.filter(Q(until=None) | Q(until__gt=timezone.now()))

    def over(self) -> Self:
        return self.filter(until__lte=timezone.now())


class Muting(models.Model):
    """What somebody does not want to read, for good or until a moment."""

    until = models.DateTimeField(null=True, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MutingQuerySet.as_manager()

    class Meta:
        abstract = True


class Mute(Muting):
    """`muter` does not want to read `muted`, who does not learn of it."""

    muter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muted_rows", db_index=False
    )
    muted = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muter_rows", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muter", "muted"], name="mute_once"),
            models.CheckConstraint(condition=~Q(muter=F("muted")), name="no_self_mute"),
        ]
        indexes = [
            models.Index(fields=["muted", "muter"], name="muters_of_person"),
            models.Index(fields=["muter", "-id"], name="latest_mutes"),
        ]

    def __str__(self) -> str:
        return f"{self.muter_id} mutes {self.muted_id}"

    def viewer_ids(self) -> list[int]:
        return [self.muter_id]


class MutedWord(Muting):
    """A word, a phrase or a #hashtag; `phrase` is as `accounts.relations.words` compares it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muted_words", db_index=False
    )
    phrase = models.CharField(max_length=PHRASE_MAX_LENGTH)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "phrase"], name="word_muted_once")]

    def __str__(self) -> str:
        return f"{self.user_id} mutes {self.phrase!r}"

    def viewer_ids(self) -> list[int]:
        return [self.user_id]


class MutedConversation(Muting):
    """`conversation_id` is the tweet that a conversation began with; what tweets are is no matter of this app."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muted_conversations", db_index=False
    )
    conversation_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "conversation_id"], name="conversation_muted_once")]

    def __str__(self) -> str:
        return f"{self.user_id} mutes conversation {self.conversation_id}"

    def viewer_ids(self) -> list[int]:
        return [self.user_id]
