"""Events that stand for many: each is dealt with in steps small enough for one transaction."""

from collections.abc import Callable
from datetime import timedelta

from notifications import groups, ledger
from notifications.ledger import Pair
from notifications.models import Kind, Notification, NotificationActor, NotificationEvent
from tweets.models import PollVote

AT_ONCE = 2000
SETTLED_AFTER = timedelta(seconds=15)
"""Longer than a transaction may last: what a fold began before a change has then been committed, and is found."""


def step(event: NotificationEvent) -> bool:
    """
    Returns:
        Whether that was all; if not, `event.cursor` says how far it is.
    """
    return _STEPS[event.kind](event)


def _tweet_gone(event: NotificationEvent) -> bool:
    """Nobody is told any more who liked a tweet that is deleted."""
    about_it = Notification.objects.filter(recipient=event.recipient_id, tweet_id=event.tweet_id)
    return groups.clear(about_it)


def _person_gone(event: NotificationEvent) -> bool:
    """An account is deleted: what it was told goes, and where it is a member every recipient's group is looked at."""
    own = Notification.objects.filter(recipient=event.recipient_id).order_by("pk")[:AT_ONCE]
    if own:
        groups.clear(own)
        return False
    rows = NotificationActor.objects.filter(actor_id=event.recipient_id, notification__gt=event.cursor)
    joined = list(rows.select_related("notification").order_by("notification")[:AT_ONCE])
    found = [each.notification for each in joined]
    ledger.add(Pair(each.recipient_id, each.kind, each.tweet_id, event.recipient_id) for each in found)
    event.cursor = found[-1].pk if found else event.cursor
    return not found


def _poll_closed(event: NotificationEvent) -> bool:
    """Whoever voted is told, and in the end the author."""
    votes = PollVote.objects.filter(poll=event.tweet_id, user__gt=event.cursor).order_by("user")
    voter_ids = list(votes.values_list("user_id", flat=True)[:AT_ONCE])
    told = voter_ids or [event.recipient_id]
    ledger.add(Pair(each, Kind.POLL, event.tweet_id, event.recipient_id) for each in told)
    event.cursor = told[-1]
    return not voter_ids


_STEPS: dict[int, Callable[[NotificationEvent], bool]] = {
    NotificationEvent.Many.TWEET_GONE: _tweet_gone,
    NotificationEvent.Many.PERSON_GONE: _person_gone,
    NotificationEvent.Many.POLL_CLOSED: _poll_closed,
}
