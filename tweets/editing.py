"""Changing the text of a tweet: for an hour, five times at most, and what it said before stays to be read."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from stores import commits
from tweets import cards, entities
from tweets.actions import checked_text
from tweets.models import Edit, Poll, Tweet, posted_at
from tweets.rejections import Rejected

FOR = timedelta(hours=1)
MOST_EDITS = 5


class NotEditable(Rejected):
    """This tweet can't be edited, whatever the text."""

    field = ""


class IsRetweet(NotEditable):
    code = "retweet"

    def __init__(self) -> None:
        super().__init__("A retweet has no text of its own to edit.")


class HasPoll(NotEditable):
    code = "has_poll"

    def __init__(self) -> None:
        super().__init__("A tweet with a poll can't be edited: people have voted on what it says.")


class TooLate(NotEditable):
    code = "too_late"

    def __init__(self) -> None:
        super().__init__("A tweet can be edited for an hour after it was posted.")


class TooManyEdits(NotEditable):
    code = "too_many_edits"

    def __init__(self) -> None:
        super().__init__(f"A tweet can be edited {MOST_EDITS} times.")


class EditedMeanwhile(Exception):
    """The text is no longer that which the editor has seen.

    Attributes:
        tweet: as it is now.
    """

    def __init__(self, tweet: Tweet) -> None:
        super().__init__("This tweet has been edited since you began.")
        self.tweet = tweet


@transaction.atomic
def edit_tweet(*, author: User, tweet_id: int, text: str, version: int, idempotency_key: str | None = None) -> Tweet:
    """Give a tweet another text. What it answers or quotes stays as it is; the same text again is no edit.

    Args:
        version: how many edits the editor has seen.
        idempotency_key: a second call for the tweet with the same key edits nothing.

    Raises:
        Tweet.DoesNotExist: the author has no such tweet (any more).
        EditedMeanwhile: somebody else was quicker, from another window or app.
        Rejected: one of its kinds says what is wrong; nothing has changed.
    """
    cleaned = checked_text(text)
    tweet = Tweet.objects.select_for_update(no_key=True).get(pk=tweet_id, author=author, deleted_at=None)
    if idempotency_key and Edit.objects.filter(tweet=tweet, idempotency_key=idempotency_key).exists():
        return tweet
    check_editable(tweet)
    if tweet.edits_count != version:
        raise EditedMeanwhile(tweet)
    if cleaned != tweet.text:
        _edit(tweet, cleaned, idempotency_key or None)
    return tweet


def check_editable(tweet: Tweet) -> None:
    """
    Raises:
        NotEditable: it has no text of its own, or asks something; its time is up, or its edits are used.
    """
    if tweet.retweet_of_id:
        raise IsRetweet
    if Poll.objects.filter(pk=tweet.pk).exists():
        raise HasPoll
    if timezone.now() - posted_at(tweet.pk) > FOR:
        raise TooLate
    if tweet.edits_count >= MOST_EDITS:
        raise TooManyEdits


def is_offered(posted: datetime, edits: int, *, has_poll: bool) -> bool:
    """Whether a tweet of one's own, and no retweet, may still be edited."""
    return not has_poll and timezone.now() - posted <= FOR and edits < MOST_EDITS


def _edit(tweet: Tweet, cleaned: str, key: str | None) -> None:
    now = timezone.now()
    number = tweet.edits_count + 1
    Edit.objects.create(tweet=tweet, number=number, text_before=tweet.text, made_at=now, idempotency_key=key)
    tweet.text, tweet.edits_count, tweet.edited_at = cleaned, number, now
    tweet.save(update_fields=["text", "edits_count", "edited_at"])
    entities.record_again(tweet)
    commits.afterwards(cards.drop, [tweet.pk])
