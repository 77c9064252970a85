"""What was written and is not posted yet."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from tweets.composing import NewPoll, NewTweet
from tweets.models import Tweet


def new_key() -> str:
    return uuid4().hex


class Draft(models.Model):
    """Kept until its author posts it or, being scheduled, until its time comes.

    Attributes:
        tweets: one, or several to be posted as one: of each its text and its poll (choices and minutes) or null.
        in_reply_to_id, quote_of_id: of tweets that may be gone by the time it is posted.
        key: tells apart a draft saved twice from two drafts.
        scheduled_at: when it is to be posted; null for a draft that waits for its author.
        error: why it was not posted when its time came; it then waits for its author.
    """

    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts", db_index=False)
    tweets = models.JSONField()
    in_reply_to_id = models.BigIntegerField(null=True, blank=True)
    quote_of_id = models.BigIntegerField(null=True, blank=True)
    reply_settings = models.SmallIntegerField(choices=Tweet.ReplySettings.choices, default=Tweet.ReplySettings.EVERYONE)
    key = models.CharField(max_length=64, default=new_key, editable=False)
    scheduled_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "key"], name="one_draft_for_one_key")]
        indexes = [
            models.Index(fields=["author", "-id"], name="drafts_of_author"),
            models.Index(
                fields=["scheduled_at"], condition=Q(scheduled_at__isnull=False, error=""), name="drafts_to_post"
            ),
        ]

    def __str__(self) -> str:
        return self.excerpt[:50]

    def get_absolute_url(self) -> str:
        return reverse("draft", args=[self.pk])

    @property
    def excerpt(self) -> str:
        """How it begins."""
        return str(self.tweets[0]["text"])

    @property
    def has_poll(self) -> bool:
        return any(each["poll"] for each in self.tweets)

    @property
    def posting_key(self) -> str:
        return posting_key(self.pk)

    def content(self) -> list[NewTweet]:
        return [NewTweet(each["text"], _poll(each["poll"])) for each in self.tweets]


def _poll(kept: dict[str, object] | None) -> NewPoll | None:
    return kept and NewPoll(tuple(kept["choices"]), kept["minutes"])  # type: ignore[arg-type, return-value]  # as kept


def kept(tweets: list[NewTweet]) -> list[dict[str, object]]:
    """Tweets as the column has them."""
    return [
        {
            "text": each.text,
            "poll": {"choices": list(each.poll.choices), "minutes": each.poll.minutes} if each.poll else None,
        }
        for each in tweets
    ]


def posting_key(draft_id: int) -> str:
    """The idempotency key of its posting. No key that comes by REST has a space in it."""
    return f"draft {draft_id}"
