"""Drains the event table: what has happened gets into the inboxes of those whom it concerns.

Drains may run side by side, be killed at any moment and do anything twice: events are locked while dealt with, and
deleted in the transaction that dealt with them, after Redis has taken them in.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.utils import timezone

from accounts import cards as people_cards
from accounts import queries
from accounts.relations import sight
from stores import redis
from timelines import crowds, delivery, generation, inbox, live
from timelines.inbox import INBOX
from timelines.models import FeedEvent
from tweets import cards, purging

BATCH = 2000  # the more tweets together, the more does a visit bring to each inbox (bench row 5)
SECONDS = 5.0
WALKED_AT_ONCE = 2000
LONGEST_BACK_OFF_SECONDS = 600

# Written here: what the ORM does to make such statements anew was half of what a drain of one event cost (bench row 6).
_FIELDS = [field.attname for field in FeedEvent._meta.concrete_fields]
_DUE = f"""
SELECT {", ".join(_FIELDS)} FROM timelines_feedevent WHERE due_at <= %s
ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED"""

logger = logging.getLogger(__name__)


@dataclass
class Outcome:
    """What came of a batch: events to be looked at again, with a cursor, and hints for those who watch."""

    unfinished: list[FeedEvent] = field(default_factory=list)
    hints: list[live.Hint] = field(default_factory=list)

    def again(self, event: FeedEvent, cursor: int) -> None:
        event.cursor = cursor
        self.unfinished.append(event)


def drain(seconds: float = SECONDS, batch: int = BATCH) -> bool:
    """Deal with due events until none is left, or the time is up.

    Returns:
        Whether none is left.

    Raises:
        RedisError: Redis is away; the events wait. (What it refuses is the fault of one event, which is put off.)
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not _next_batch(batch):
            return True
    return False


def _next_batch(size: int) -> int:
    """Deal with one batch; with each event alone when one of them raises.

    Returns:
        How many events were taken.
    """
    taken: list[FeedEvent] = []
    try:
        with transaction.atomic():
            taken = _lock_due(size)
            outcome = _deal_with(taken)
    except redis.AWAY:
        raise
    except Exception:
        if not taken:
            raise
        for event in taken:
            _alone(event)
        return len(taken)
    live.publish(outcome.hints)
    return len(taken)


def _lock_due(size: int) -> list[FeedEvent]:
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [timezone.now(), size])
        return [FeedEvent.from_db(DEFAULT_DB_ALIAS, _FIELDS, row) for row in cursor.fetchall()]


def _alone(event: FeedEvent) -> None:
    """One event, from a batch of which something raised; if it is this one, it is put off."""
    try:
        with transaction.atomic():
            locked = FeedEvent.objects.select_for_update(skip_locked=True).filter(pk=event.pk)
            outcome = _deal_with(list(locked))
    except redis.AWAY:
        raise
    except Exception as error:
        logger.exception("event %s (%s) raised", event.pk, event)
        _put_off(event, error)
    else:
        live.publish(outcome.hints)


def _put_off(event: FeedEvent, error: Exception) -> None:
    attempts = event.attempts + 1
    delay = timedelta(seconds=min(2 ** min(attempts, 10), LONGEST_BACK_OFF_SECONDS))
    FeedEvent.objects.filter(pk=event.pk).update(
        attempts=attempts, due_at=timezone.now() + delay, error=f"{type(error).__name__}: {error}"[:1000]
    )


def _deal_with(events: Sequence[FeedEvent]) -> Outcome:
    outcome = Outcome()
    if not events:
        return outcome
    number = generation.stored()
    by_kind: dict[int, list[FeedEvent]] = {}
    for event in events:
        by_kind.setdefault(event.kind, []).append(event)
    for kind, deal in _DEALS.items():
        if kind in by_kind:
            deal(by_kind[kind], number, outcome)
    _settle(events, outcome)
    return outcome


def _settle(events: Sequence[FeedEvent], outcome: Outcome) -> None:
    """Delete what is done; what is not goes behind all that is due now."""
    unfinished = {event.pk for event in outcome.unfinished}
    done = [event.pk for event in events if event.pk not in unfinished]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM timelines_feedevent WHERE id = ANY(%s)", [done])
    for event in outcome.unfinished:
        event.due_at = timezone.now()
    FeedEvent.objects.bulk_update(outcome.unfinished, ["cursor", "due_at"])


def _deal_with_posted(events: list[FeedEvent], number: int, outcome: Outcome) -> None:
    for walked in delivery.deliver(events, number):
        if walked.cursor is None:
            outcome.hints += delivery.hints(walked.posted)
        else:
            outcome.again(walked.posted.event, walked.cursor)


def _deal_with_retagged(events: list[FeedEvent], number: int, outcome: Outcome) -> None:
    delivery.deliver_to_tags([event.subject_id for event in events], number)


def _deal_with_deleted(events: list[FeedEvent], number: int, outcome: Outcome) -> None:
    cards.drop([event.subject_id for event in events])
    tags = delivery.tags_of([event.subject_id for event in events])
    for event in events:
        if event.cursor == 0 and event.author_id:
            outcome.hints += live.deleted(event.subject_id, event.author_id, tags.get(event.subject_id, ()))
        if not purging.purge(event.subject_id):
            outcome.again(event, 1)


def _deal_with_edited(events: list[FeedEvent], number: int, outcome: Outcome) -> None:
    """Whoever shows the tweet fetches it again; by then its card is gone."""
    edited = {event.subject_id: event.author_id for event in events}
    cards.drop(edited)
    outcome.hints += [live.edited(tweet_id, author_id) for tweet_id, author_id in edited.items() if author_id]


def _deal_with_ties(events: list[FeedEvent], number: int, outcome: Outcome) -> None:
    readers = {event.subject_id for event in events}
    inbox.forget(INBOX, readers, number)
    outcome.hints += [live.ties_changed(each) for each in readers]


def _deal_with_promoted(events: list[FeedEvent], number: int, outcome: Outcome) -> None:
    """Make followers cold, so that they come to pull the author; when all are, he is a crowd."""
    for event in events:
        followers = delivery.followers(event.subject_id, event.cursor, WALKED_AT_ONCE)
        if followers:
            inbox.forget(INBOX, followers, number)
            outcome.again(event, followers[-1])
        else:
            inbox.forget(INBOX, [event.subject_id], number)
            crowds.finish(event.subject_id)


def _deal_with_person(events: list[FeedEvent], number: int, outcome: Outcome) -> None:
    person_ids = {event.subject_id for event in events}
    people_cards.drop(person_ids)
    outcome.hints += [live.closed(each) for each in queries.suspended_among(person_ids)]


def _deal_with_sight(events: list[FeedEvent], number: int, outcome: Outcome) -> None:
    viewers = {event.subject_id for event in events}
    sight.block_surely(viewers)
    outcome.hints += [live.ties_changed(each) for each in viewers]


_DEALS = {
    FeedEvent.Kind.POSTED: _deal_with_posted,
    FeedEvent.Kind.DELETED: _deal_with_deleted,
    FeedEvent.Kind.RETAGGED: _deal_with_retagged,
    FeedEvent.Kind.TIES: _deal_with_ties,
    FeedEvent.Kind.PROMOTED: _deal_with_promoted,
    FeedEvent.Kind.PERSON: _deal_with_person,
    FeedEvent.Kind.EDITED: _deal_with_edited,
    FeedEvent.Kind.SIGHT: _deal_with_sight,
}
