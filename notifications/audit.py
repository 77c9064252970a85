"""Holds the groups against the truth: who is in one must do what it tells, and who does it must be in one.

People go on while they are audited: pairs with an event pending are not judged.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from notifications import ledger, truth
from notifications.ledger import Pair
from notifications.models import NAMED, Notification, NotificationEvent


@dataclass
class Audit:
    """
    Attributes:
        recipients, groups, members: how many were looked at.
        wrong: what is wrong, in words, by recipient.
        pending: recipients of whom some pairs could not be judged, for events wait.
        suspects: the pairs concerned.
    """

    recipients: int = 0
    groups: int = 0
    members: int = 0
    wrong: dict[int, list[str]] = field(default_factory=dict)
    pending: set[int] = field(default_factory=set)
    suspects: set[Pair] = field(default_factory=set)

    def look(self, recipients: Sequence[int], since: datetime) -> None:
        """Audit the groups of these people.

        Args:
            since: what was done before this moment need not be told: it may have been purged, or loaded in bulk.
        """
        rows = {row.pk: row for row in Notification.objects.filter(recipient__in=recipients, count__gt=0)}
        members = _members(recipients)
        self.recipients += len(recipients)
        self.groups += len(rows)
        self.members += len(members)
        self._judge_pairs([pair for pair, _ in members], truth.done_to(recipients, since))
        self._judge_rows(rows, members)

    def _judge_pairs(self, told: Sequence[Pair], done: set[Pair]) -> None:
        stale, missing = set(told) - truth.holding(told), truth.holding(done) - set(told)
        missing -= truth.kept_away(missing)
        waiting = _pending(stale | missing)
        self.pending |= {pair.recipient_id for pair in waiting}
        self.suspects |= (stale | missing) - waiting
        for words, suspects in (("told, but not so", stale), ("so, but not told", missing)):
            for pair in sorted(suspects - waiting):
                self._blame(pair.recipient_id, f"{words}: {pair}")
        for pair, times in Counter(told).items():
            if times > 1:
                self._blame(pair.recipient_id, f"told {times} times: {pair}")

    def _judge_rows(self, rows: Mapping[int, Notification], members: Iterable[tuple[Pair, int]]) -> None:
        actors: dict[int, list[int]] = {}
        for pair, notification_id in members:
            actors.setdefault(notification_id, []).append(pair.actor_id)
        for row in rows.values():
            inside = actors.get(row.pk, [])
            if row.count != len(inside):
                self._blame(row.recipient_id, f"{row.pk} counts {row.count} for {len(inside)}")
            if row.actors != inside[:NAMED]:
                self._blame(row.recipient_id, f"{row.pk} names {row.actors} for {inside[:NAMED]}")
            if not set(row.friends) <= set(inside):
                self._blame(row.recipient_id, f"{row.pk} has friends {row.friends} who are not in it")

    def _blame(self, recipient_id: int, words: str) -> None:
        self.wrong.setdefault(recipient_id, []).append(words)


def recipient_ids() -> list[int]:
    """Everybody who has notifications."""
    return list(Notification.objects.order_by("recipient").values_list("recipient", flat=True).distinct())


def _members(recipients: Sequence[int]) -> list[tuple[Pair, int]]:
    """Every member and its group, the newest first."""
    sql = """
        SELECT n.recipient_id, n.kind, n.tweet_id, a.actor_id, n.id FROM notifications_notification n
        JOIN notifications_notificationactor a ON a.notification_id = n.id
        WHERE n.recipient_id = ANY(%s) AND n.count > 0 ORDER BY a.id DESC"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(recipients)])
        return [(Pair(*row[:4]), row[4]) for row in cursor.fetchall()]


def _pending(pairs: Collection[Pair]) -> set[Pair]:
    recipients = {pair.recipient_id for pair in pairs}
    events = NotificationEvent.objects.filter(recipient_id__in=recipients)
    waiting = set(events.values_list("recipient_id", "kind", "tweet_id", "actor_id"))
    gone = set(
        NotificationEvent.objects.filter(kind=NotificationEvent.Many.PERSON_GONE).values_list("recipient_id", flat=True)
    )
    return {pair for pair in pairs if pair in waiting or pair.actor_id in gone}


def repair(found: Audit) -> int:
    """Have every pair that was wrong looked at again.

    Returns:
        How many there were.
    """
    ledger.add(sorted(found.suspects))
    return len(found.suspects)
