"""What notifications hear of the apps below: the only place where signals are connected.

An event is written in the transaction of the change that it points at, so neither is there without the other. What a
change takes back is looked at by the same kind of event as what it brings.
"""

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from accounts.models import Block, Follow, FollowRequest, Mute, MutedConversation, MutedWord, User
from notifications import ledger, tasks, telling, unfolding
from notifications.ledger import Pair
from notifications.models import Kind, NotificationEvent
from stores import commits
from tweets.actions import like_taken_back
from tweets.entities import mentioned
from tweets.models import Like, Mention, Poll, Tweet
from tweets.polls.actions import poll_closed


def connect() -> None:
    for signal, receiver, sender in (
        (post_save, tweet_saved, Tweet),
        (post_save, like_saved, Like),
        (mentioned, people_mentioned, Mention),
        (poll_closed, poll_has_ended, Poll),
        (like_taken_back, like_changed, Like),
        (post_save, follow_saved, Follow),
        (post_delete, follow_deleted, Follow),
        (post_save, request_saved, FollowRequest),
        (post_delete, request_deleted, FollowRequest),
        (post_delete, person_deleted, User),
    ):
        signal.connect(receiver, sender=sender, dispatch_uid=f"notifications.{receiver.__name__}")
    for model in (Block, Mute, MutedWord, MutedConversation):
        for signal in (post_save, post_delete):
            signal.connect(sight_changed, sender=model, dispatch_uid="notifications.sight_changed")


def tweet_saved(instance: Tweet, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    if created or instance.deleted_at:
        _look_at(*_told_of(instance))
    if instance.deleted_at and not instance.retweet_of_id:
        people_mentioned(instance, instance.mentions.values_list("person_id", flat=True))
        _look_at(Pair(instance.author_id, NotificationEvent.Many.TWEET_GONE, instance.pk, 0))


def _told_of(tweet: Tweet) -> Iterator[Pair]:
    """Whom a tweet concerns by what it refers to; each of them is told once, for the first of these reasons."""
    if tweet.retweet_of_id:
        yield Pair(_author_of(tweet, "retweet_of"), Kind.RETWEET, tweet.retweet_of_id, tweet.author_id)
        return
    if tweet.in_reply_to_user_id:
        yield Pair(tweet.in_reply_to_user_id, Kind.REPLY, tweet.pk, tweet.author_id)
    if tweet.quote_of_id and (quoted_id := _author_of(tweet, "quote_of")) != tweet.in_reply_to_user_id:
        yield Pair(quoted_id, Kind.QUOTE, tweet.pk, tweet.author_id)


def people_mentioned(tweet: Tweet, person_ids: Collection[int], **kwargs: Any) -> None:
    """Once the rows are there, after the tweet's own. Who is answered or quoted is not told again that he is named."""
    told = {pair.recipient_id for pair in _told_of(tweet)}
    _look_at(*(Pair(each, Kind.MENTION, tweet.pk, tweet.author_id) for each in sorted(person_ids) if each not in told))


def _author_of(tweet: Tweet, reference: str) -> int:
    """Who wrote what a tweet retweets or quotes; 0 if that has been cleared away."""
    loaded = tweet._state.fields_cache.get(reference)
    if loaded is not None:
        return int(loaded.author_id)
    rows = Tweet.objects.filter(pk=getattr(tweet, f"{reference}_id"))
    return rows.values_list("author_id", flat=True).first() or 0


def like_saved(instance: Like, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        like_changed(instance.tweet, instance.user_id)


def like_changed(tweet: Tweet, user_id: int, **kwargs: Any) -> None:
    _look_at(Pair(tweet.author_id, Kind.LIKE, tweet.pk, user_id))


def poll_has_ended(poll: Poll, **kwargs: Any) -> None:
    """Its author is told, and whoever has voted."""
    _look_at(Pair(poll.tweet.author_id, NotificationEvent.Many.POLL_CLOSED, poll.pk, 0))


def follow_saved(instance: Follow, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        follow_deleted(instance)


def follow_deleted(instance: Follow, **kwargs: Any) -> None:
    _look_at(Pair(instance.followee_id, Kind.FOLLOW, 0, instance.follower_id))


def request_saved(instance: FollowRequest, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        request_deleted(instance)


def request_deleted(instance: FollowRequest, **kwargs: Any) -> None:
    _look_at(Pair(instance.target_id, Kind.FOLLOW_REQUEST, 0, instance.requester_id))


def sight_changed(instance: Block | Mute | MutedWord | MutedConversation, raw: bool = False, **kwargs: Any) -> None:
    """What somebody may or wants to see is something else now, and so is how much of it is unread."""
    if not raw:
        commits.afterwards(telling.tell, instance.viewer_ids())


def person_deleted(instance: User, **kwargs: Any) -> None:
    """Once whatever was folded before it is there to be found."""
    gone = Pair(instance.pk, NotificationEvent.Many.PERSON_GONE, 0, 0)
    ledger.add([gone], timezone.now() + unfolding.SETTLED_AFTER)


def _look_at(*pairs: Pair) -> None:
    """Nobody is told of himself, nor is somebody who is not there."""
    if ledger.add(pair for pair in pairs if pair.recipient_id not in (0, pair.actor_id)):
        commits.afterwards(tasks.wake)
