"""What timelines hear of the apps below: the only place where signals are connected.

A change and its `FeedEvent` share one transaction, so neither is there without the other. After the commit the feeds
concerned are touched at once, so that whoever made the change sees it on the next page, and the drain is woken. All of
that may fail or never happen: the event does it again.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.db.models.signals import post_delete, post_save, pre_save
from django.utils import timezone

from accounts import cards
from accounts.access import endings
from accounts.models import Block, Follow, Mute, MutedConversation, MutedWord, User
from stores import commits
from stores.wire import Command
from timelines import inbox, live, tasks
from timelines.inbox import AUTHORED, INBOX
from timelines.models import Crowd, FeedEvent
from tweets import entities
from tweets.models import TagFollow, Tweet, TweetTag

# Written here: the ORM would make them anew for every tweet, at more than it costs to send them (bench row 6).
_IS_PULLED = "SELECT 1 FROM timelines_crowd WHERE author_id = %s AND state = %s"
_RECORD = """
INSERT INTO timelines_feedevent (kind, subject_id, author_id, cursor, attempts, due_at, created_at, error)
VALUES (%s, %s, %s, 0, 0, %s, %s, '')"""

FIELDS_NOBODY_SEES = frozenset({"last_login", "seen_at", "password", "epoch"})


def connect() -> None:
    for signal, receiver, sender in (
        (pre_save, decide_reach, Tweet),
        (post_save, tweet_saved, Tweet),
        (post_save, follow_saved, Follow),
        (post_delete, follow_deleted, Follow),
        (entities.retagged, tweet_retagged, TweetTag),
        (post_save, tag_followed, TagFollow),
        (post_delete, tag_unfollowed, TagFollow),
        (post_save, person_saved, User),
        (post_delete, person_deleted, User),
        (endings.access_changed, access_changed, User),
    ):
        signal.connect(receiver, sender=sender, dispatch_uid=f"timelines.{receiver.__name__}")
    for model in (Block, Mute, MutedWord, MutedConversation):
        for signal in (post_save, post_delete):
            signal.connect(sight_changed, sender=model, dispatch_uid="timelines.sight_changed")


def decide_reach(instance: Tweet, raw: bool = False, **kwargs: Any) -> None:
    """A new tweet is pushed to followers, or left to be pulled, as its author's state is in this transaction."""
    if raw or not instance._state.adding:
        return
    with connection.cursor() as cursor:
        cursor.execute(_IS_PULLED, [instance.author_id, Crowd.State.PULL])
        instance.reach = Tweet.Reach.PULL if cursor.fetchone() else Tweet.Reach.PUSH


def tweet_saved(
    instance: Tweet, created: bool, raw: bool = False, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    if raw:
        return
    if created:
        _record(FeedEvent.Kind.POSTED, instance.pk, along=partial(_shown, instance), author_id=instance.author_id)
    elif instance.deleted_at:
        _record(FeedEvent.Kind.DELETED, instance.pk, author_id=instance.author_id)
    elif update_fields and "text" in update_fields:
        _record(FeedEvent.Kind.EDITED, instance.pk, author_id=instance.author_id)


def follow_saved(instance: Follow, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    if created:
        _ties_changed(instance.follower_id)
    else:
        _record(FeedEvent.Kind.SIGHT, instance.follower_id)


def follow_deleted(instance: Follow, **kwargs: Any) -> None:
    _ties_changed(instance.follower_id)


def sight_changed(instance: Block | Mute | MutedWord | MutedConversation, raw: bool = False, **kwargs: Any) -> None:
    """What somebody sees has changed; the action has seen to it, but for a Redis that was away just then."""
    if not raw:
        for viewer_id in instance.viewer_ids():
            _record(FeedEvent.Kind.SIGHT, viewer_id)


def tweet_retagged(tweet: Tweet, **kwargs: Any) -> None:
    _record(FeedEvent.Kind.RETAGGED, tweet.pk)


def tag_followed(instance: TagFollow, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        _ties_changed(instance.user_id)


def tag_unfollowed(instance: TagFollow, **kwargs: Any) -> None:
    _ties_changed(instance.user_id)


def person_saved(
    instance: User, created: bool, raw: bool = False, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    if created or raw or (update_fields and update_fields <= FIELDS_NOBODY_SEES):
        return
    after = partial(live.publish, [live.closed(instance.pk)]) if not instance.is_active else None
    _record(FeedEvent.Kind.PERSON, instance.pk, after)


def person_deleted(instance: User, **kwargs: Any) -> None:
    """The rows of his tweets went with him; without his card, what feeds still hold of them can't be shown."""
    _record(FeedEvent.Kind.PERSON, instance.pk, partial(_person_gone, instance.pk))


def _person_gone(person_id: int) -> None:
    cards.drop([person_id])
    live.publish([live.closed(person_id)])


def access_changed(user_id: int, **kwargs: Any) -> None:
    """Sessions or tokens are fewer: this is sent after the commit already."""
    live.publish([live.access_changed(user_id)])


def _ties_changed(reader_id: int) -> None:
    _record(FeedEvent.Kind.TIES, reader_id, partial(_forget, reader_id))


def _forget(reader_id: int) -> None:
    inbox.forget(INBOX, [reader_id])


def _shown(tweet: Tweet) -> Command:
    """Puts a new tweet at once where its author looks next."""
    kind = AUTHORED if tweet.reach == Tweet.Reach.PULL else INBOX
    return inbox.delivery(kind, tweet.author_id, inbox.pack_ids([tweet.pk]))


def _record(
    kind: FeedEvent.Kind,
    subject_id: int,
    after: Callable[[], None] | None = None,
    author_id: int | None = None,
    along: Callable[[], Command] | None = None,
) -> None:
    """Write the event, and register what is to happen after the commit.

    Args:
        along: makes what Redis is told when the drain is woken.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [kind, subject_id, author_id, now, now])
    if after:
        commits.afterwards(after)
    commits.afterwards(_wake, along)


def _wake(along: Callable[[], Command] | None) -> None:
    tasks.wake(*([along()] if along else []))
