"""Muting what belongs to the conversation of a tweet."""

from datetime import datetime

from accounts.models import User
from accounts.relations import actions
from tweets import queries
from tweets.models import Tweet


def mute(*, user: User, tweet_id: int, until: datetime | None = None) -> Tweet:
    """
    Args:
        tweet_id: any tweet of the conversation.
        until: when the mute ends; None for never.

    Returns:
        The tweet, or what it retweets.

    Raises:
        Tweet.DoesNotExist: there is no such tweet for this user.
    """
    original = queries.visible_original(tweet_id, user.pk)
    actions.mute_conversation(user=user, conversation_id=_of(original), until=until)
    return original


def unmute(*, user: User, tweet_id: int) -> Tweet:
    """Returns and raises as `mute`."""
    original = queries.visible_original(tweet_id, user.pk)
    actions.unmute_conversation(user=user, conversation_id=_of(original))
    return original


def _of(tweet: Tweet) -> int:
    return tweet.conversation_id or tweet.pk
