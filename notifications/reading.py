"""Somebody's notifications as he sees them: rows, people and tweets, rules, page.

A page costs the same questions whatever is on it and however many people did what it tells: a group brings the few
whom it names, its count is a column. What may not be seen is left out here, at the moment of reading, like everywhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from accounts import cards as people_cards
from accounts.cards import PersonCard
from accounts.models import User
from accounts.relations import sight
from accounts.relations.sight import Hidden
from notifications import queries, truth
from notifications.ledger import Pair
from notifications.models import NAMED, Kind, Notification
from notifications.queries import Filter
from timelines.feed import what_is_wanted
from tweets.presenting import NOTHING, Material, gather

MOST_AT_ONCE = 100
AWAY = Hidden.BLOCKED | Hidden.MUTED


@dataclass(frozen=True, slots=True)
class Entry:
    """A notification that may be shown.

    Attributes:
        people: the API's Person of those who are named, as finished JSON; at least one.
        count: how many there are with those who are not named.
        tweet: the API's Tweet of what it is about, as finished JSON; null for none.
    """

    notification: Notification
    people: list[bytes]
    count: int
    tweet: bytes
    is_unread: bool

    @property
    def tweets(self) -> list[bytes]:
        """The tweet, for the tag that shows those of a feed."""
        return [self.tweet]

    @property
    def json(self) -> bytes:
        """The API's Notification."""
        told = {
            "id": str(self.notification.pk),
            "position": str(self.notification.position),
            "kind": Kind(self.notification.kind).name.lower(),
            "latest_at": self.notification.latest_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "unread": self.is_unread,
            "count": self.count,
        }
        return b'%b,"people":[%b],"tweet":%b}' % (orjson.dumps(told)[:-1], b",".join(self.people), self.tweet)

    @property
    def shown(self) -> Any:
        """The same as plain data, for templates."""
        return orjson.loads(self.json)


@dataclass(frozen=True, slots=True)
class Page:
    """Notifications, latest first.

    Attributes:
        older: the cursor (`before`) of the page below; None at the end.
        newer: the cursor (`since`) at which to ask for newer ones, now or later.
        newest: the highest position among them, to be read up to; 0 for an empty page.
    """

    entries: list[Entry]
    older: int | None
    newer: int

    @property
    def newest(self) -> int:
        return self.entries[0].notification.position if self.entries else 0


def page(
    viewer: User, which: Filter = Filter.ALL, *, before: int | None = None, since: int | None = None, limit: int = 20
) -> Page:
    """The page below `before` (or the first), or the nearest one above `since`."""
    look = Look(viewer.pk, which, queries.read_up_to(viewer.pk))
    return look.older(before, limit) if since is None else look.newer(since, limit)


@dataclass(frozen=True, slots=True)
class Look:
    """One viewer's look at his notifications."""

    viewer_id: int
    which: Filter
    read_up_to: int

    def older(self, before: int | None, limit: int) -> Page:
        entries: list[Entry] = []
        cursor, count = before, limit + 1
        newest: int | None = None
        while True:
            rows = queries.older(self.viewer_id, self.which, cursor, count)
            newest = newest or next((row.position for row in rows), None)
            for row, entry in zip(rows, self.judged(rows), strict=True):
                if len(entries) == limit:
                    return Page(entries, cursor, newest or 0)
                cursor = row.position
                if entry:
                    entries.append(entry)
            if len(rows) < count:
                return Page(entries, None, newest or (before or 1) - 1)
            count = min(count * 2, MOST_AT_ONCE)

    def newer(self, since: int, limit: int) -> Page:
        entries: list[Entry] = []
        cursor = since
        while len(entries) < limit:
            rows = queries.newer(self.viewer_id, self.which, cursor, limit - len(entries))
            entries += [entry for entry in self.judged(rows) if entry]
            cursor = rows[-1].position if rows else cursor
            if not rows:
                break
        lowest = entries[0].notification.position if entries else None
        return Page(entries[::-1], lowest if since else None, cursor)

    def judged(self, rows: Sequence[Notification]) -> Iterable[Entry | None]:
        """What of each row may be shown."""
        tweet_ids = sorted({row.tweet_id for row in rows} - {0})
        material = gather(tweet_ids, self.viewer_id)
        visible = {
            each for each in what_is_wanted(material, tweet_ids) if not _is_in_muted_conversation(material, each)
        }
        people = self._people(rows)
        for row in rows:
            listed = _listed(row)
            named = [people[each].json for each in listed if each in people]
            if named and (not row.tweet_id or row.tweet_id in visible):
                hidden = 0 if self.which == Filter.FOLLOWING else len(listed) - len(named)
                tweet = material.json(row.tweet_id) if row.tweet_id else NOTHING
                yield Entry(row, named[:NAMED], row.count - hidden, tweet, row.position > self.read_up_to)
            else:
                yield None

    def _people(self, rows: Sequence[Notification]) -> dict[int, PersonCard]:
        """Those named in these rows who may be: neither gone nor suspended nor kept away; and, where only people whom
        the viewer follows are asked for, followed."""
        person_ids = sorted({each for row in rows for each in _listed(row)})
        found = people_cards.fetch(person_ids)
        if self.which == Filter.FOLLOWING:
            followed = truth.friends_among([Pair(self.viewer_id, Kind.FOLLOW, 0, each) for each in person_ids])
            found = {each: card for each, card in found.items() if (self.viewer_id, each) in followed}
        seen = sight.of(self.viewer_id, person_ids)
        return {each: card for each, card in found.items() if card.active and not seen.hides(each, AWAY)}


def _is_in_muted_conversation(material: Material, tweet_id: int) -> bool:
    """Whether nothing more is to be told of it, not even who likes the viewer's own part of it."""
    return material.cards[tweet_id].conversation_id in material.sight.conversations


def _listed(row: Notification) -> list[int]:
    """Who may be named: those whom the recipient knows come first."""
    return list(dict.fromkeys([*row.friends, *row.actors]))
