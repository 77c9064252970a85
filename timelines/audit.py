"""Holds the warm lists in Redis against PostgreSQL's own answer.

Feeds go on while they are audited: a difference counts only if it is there at a second look too, with no event pending
that could explain it.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias

from django.conf import settings
from django.db.models import Q

from accounts.models import User
from timelines import differences, inbox, inspection
from timelines.differences import Differences
from timelines.feed import MOST_AT_ONCE
from timelines.home import Home
from timelines.inbox import AUTHORED, INBOX, TAGGED
from timelines.inspection import Seen
from timelines.models import Crowd, FeedEvent
from tweets.models import TagFollow
from tweets.presenting import gather

OWNERS_AT_ONCE = 250
MEASURED = 500
LOOK_AGAIN_SECONDS = 0.5
UNDECIDED_SECONDS = 30.0

_Kind = FeedEvent.Kind
_ABOUT_TWEETS = (_Kind.POSTED, _Kind.DELETED, _Kind.RETAGGED)

Compare: TypeAlias = Callable[[Mapping[int, Seen]], Differences]


@dataclass
class Audit:
    """The figures of one kind of list.

    Attributes:
        owners: how many were asked about.
        warm, entries: lists that are warm, and what they hold together.
        full: lists that hold half of `INBOX_SIZE`, or all there is.
        bytes_each: of Redis, on average.
        survivors: real differences by owner.
        undecided: owners for whom events stayed pending, so that nobody can say.
        seen: stale entries that a reader would see, by reader.
    """

    kind: str
    owners: int = 0
    warm: int = 0
    entries: int = 0
    full: int = 0
    bytes_each: float = 0.0
    survivors: Differences = field(default_factory=dict)
    undecided: set[int] = field(default_factory=set)
    seen: dict[int, list[int]] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        return sum(len(each.missing) for each in self.survivors.values())

    @property
    def stale(self) -> int:
        return sum(len(each.stale) for each in self.survivors.values())

    @property
    def beside(self) -> int:
        """Lists with wrong ties, pulls or tags, or in disorder."""
        return sum(each.is_wrong_beside for each in self.survivors.values())

    @property
    def failed(self) -> bool:
        return bool(self.missing or self.beside or self.seen)


def reader_ids(sample: int | None = None) -> list[int]:
    """Everybody, or so many of them, chosen by chance."""
    people = User.objects.order_by("pk") if sample is None else User.objects.order_by("?")[:sample]
    return list(people.values_list("pk", flat=True))


def inboxes(readers: Sequence[int], advance: Callable[[int], object] = int) -> Audit:
    """Audit the inboxes of these readers.

    Args:
        advance: is told how many readers more have been looked at.

    Raises:
        RedisError: nobody knows.
    """
    audit = _audit(INBOX, readers, differences.of_inboxes, advance)
    for reader_id, difference in audit.survivors.items():
        if seen := _visible(reader_id, sorted(difference.stale)):
            audit.seen[reader_id] = seen
    return audit


def authored_lists() -> Audit:
    """Audit the lists of all authors who are pulled.

    While an author is promoted his tweets are still pushed, and a list warmed meanwhile need not hold them; those that
    readers have to pull must be there.
    """
    return _audit(AUTHORED, list(Crowd.objects.values_list("pk", flat=True)), differences.of_authored_lists, int)


def tagged_lists() -> Audit:
    """Audit the lists of all hashtags that somebody follows."""
    tags = list(TagFollow.objects.order_by("tag").values_list("tag", flat=True).distinct())
    return _audit(TAGGED, tags, differences.of_tagged_lists, int)


def _audit(kind: str, owners: Sequence[int], compare: Compare, advance: Callable[[int], object]) -> Audit:
    audit = Audit(kind, owners=len(owners))
    suspects: Differences = {}
    warm: list[int] = []
    for group in _groups(owners):
        seen = inspection.look(kind, group)
        suspects |= compare(seen)
        warm += seen
        audit.entries += sum(map(len, seen.values()))
        audit.full += sum(_is_full(kind, owner_id, each) for owner_id, each in seen.items())
        advance(len(group))
    audit.warm = len(warm)
    audit.bytes_each = inspection.bytes_each(kind, warm[:: max(1, len(warm) // MEASURED)])
    audit.survivors, audit.undecided = _survivors(kind, suspects, compare)
    return audit


def _groups(owner_ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(owner_ids)
    while group := list(islice(rest, OWNERS_AT_ONCE)):
        yield group


def _is_full(kind: str, owner_id: int, seen: Seen) -> bool:
    """Whether it holds half of `INBOX_SIZE`, or says that it holds all there is (what is missing is counted apart)."""
    if len(seen) >= settings.INBOX_SIZE // 2 or seen.floor == 0:
        return True
    return len(seen) >= differences.number_belonging(kind, owner_id)


def _survivors(kind: str, suspects: Differences, compare: Compare) -> tuple[Differences, set[int]]:
    """What is there at a second look too, while nothing pending explains it; and those for whom something stayed so."""
    survivors: Differences = {}
    until = time.monotonic() + UNDECIDED_SECONDS
    while suspects:
        waiting = _with_events_pending(suspects)
        again = _again(kind, {each: suspects[each] for each in suspects.keys() - waiting}, compare)
        waiting |= _with_events_pending(again)
        survivors |= {each: again[each] for each in again.keys() - waiting}
        suspects = {each: suspects[each] for each in waiting}
        if time.monotonic() > until:
            break
        time.sleep(LOOK_AGAIN_SECONDS if suspects else 0)
    return survivors, set(suspects)


def _again(kind: str, suspects: Differences, compare: Compare) -> Differences:
    """What of these differences is still there."""
    found: Differences = {}
    for group in _groups(suspects):
        found |= {each: suspects[each] & still for each, still in compare(inspection.look(kind, group)).items()}
    return {each: difference for each, difference in found.items() if difference}


def _with_events_pending(suspects: Differences) -> set[int]:
    """Those of whose differences an event is still to be dealt with."""
    tweets = {tweet_id for each in suspects.values() for tweet_id in each.missing | each.stale}
    concerned = Q(kind__in=_ABOUT_TWEETS, subject_id__in=tweets)
    concerned |= Q(kind=_Kind.TIES, subject_id__in=suspects) | Q(kind=_Kind.PROMOTED)
    pending = set(FeedEvent.objects.filter(concerned).values_list("kind", "subject_id"))
    changing = {subject_id for kind, subject_id in pending if kind in (_Kind.TIES, _Kind.PROMOTED)}
    on_the_way = {subject_id for kind, subject_id in pending if kind in _ABOUT_TWEETS}
    return {
        owner_id
        for owner_id, each in suspects.items()
        if owner_id in changing or changing & each.pulls or on_the_way & (each.missing | each.stale)
    }


def _visible(reader_id: int, tweet_ids: Sequence[int]) -> list[int]:
    """Those of these entries that home would show its reader."""
    home, seen = Home(reader_id), list[int]()
    for start in range(0, len(tweet_ids), MOST_AT_ONCE):
        ids = tweet_ids[start : start + MOST_AT_ONCE]
        seen += home.what_may_be_seen(gather(ids, reader_id, home.ties_question), ids)
    return seen


def forget(audit: Audit) -> int:
    """Make the lists concerned cold, so that their next reader gets them right.

    Returns:
        How many there were.

    Raises:
        RedisError: some may be as they were.
    """
    inbox.forget(audit.kind, audit.survivors)
    return len(audit.survivors)
