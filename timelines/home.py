"""A reader's home: his inbox, united with the lists of crowds and tags he follows, and PostgreSQL below their floor."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.http import HttpRequest

from accounts import actions
from accounts.models import User
from accounts.relations.queries import followees_among
from stores import redis
from stores.wire import Command
from timelines import inbox, pulled, truth
from timelines.feed import Feed, FeedPage, what_is_wanted
from timelines.inbox import AUTHORED, INBOX, TAGGED, Contents, Held
from tweets.cards import TweetCard
from tweets.hashtags import followed_ids
from tweets.presenting import Material

PAGE = 20
_FIRST = PAGE + 1  # one more tells whether there are more
SPARED = 5  # one more for so many: rules cut entries of pulled lists, and a second look costs more than some cards
LAST_POSITION = 2**63 - 2  # so that there is a cursor above it

Read: TypeAlias = Callable[[Sequence[tuple[str, int]], int | None, int | None, int], list[Held | None]]
"""`inbox.read`, or `pulled.read`."""


def page(
    viewer: User,
    *,
    before: int | None = None,
    since: int | None = None,
    limit: int = PAGE,
    ahead: Sequence[Any] = (),
) -> FeedPage:
    """A page of the viewer's home; being read is what keeps an inbox alive.

    Args:
        ahead: the answers to `questions`, if somebody has asked them just now.
    """
    actions.saw_home(user=viewer)
    return feed_of(viewer, ahead).page(before, since, limit)


def questions(reader_id: int, request: HttpRequest) -> Sequence[Command]:
    """What home will ask Redis first, where the newest page is asked for, as mostly (`accounts.ahead`)."""
    return () if request.META.get("QUERY_STRING") else (inbox.question(INBOX, reader_id, None, None, _FIRST),)


def around(viewer: User, position: int, limit: int) -> tuple[FeedPage, FeedPage]:
    """The pages above and below a position in the viewer's home."""
    actions.saw_home(user=viewer)
    return feed_of(viewer).around(min(position, LAST_POSITION), limit)


def feed_of(viewer: User, ahead: Sequence[Any] = ()) -> Feed:
    home = Home(viewer.pk, ahead)
    return Feed(home, viewer.pk, home.what_may_be_seen, home.ties_question)


@dataclass(slots=True)
class Home:
    """The skeleton of home, and its rule.

    Attributes:
        ahead: the answers to `questions`.
        tags: those that the reader follows, as they were last read; None while nobody has had to know.
        near: what was last read from Redis, newest first, without a gap: what a page that rules have shortened goes on
            with.
    """

    reader_id: int
    ahead: Sequence[Any] = ()
    tags: Collection[int] | None = None
    near: Sequence[int] = ()

    def older(self, before: int | None, count: int) -> Sequence[int]:
        if before and self.near and self.near[-1] < before <= self.near[0]:
            left = [each for each in self.near if each < before]
            if len(left) >= count:
                return left[:count]
        return self._looked_up(before, count)

    def _looked_up(self, before: int | None, count: int) -> Sequence[int]:
        held = self._held(before, None, count)
        if held is None:
            return truth.older(self.reader_id, before, count)
        floor = max(each.floor for each in held)
        self.near = _union(held, floor, newest_first=True)
        ids = self.near[: count if len(held) == 1 else count + count // SPARED]
        if len(ids) >= count or floor == 0:
            return ids
        below = floor + 1 if before is None else min(before, floor + 1)
        return [*ids, *truth.older(self.reader_id, below, count - len(ids))]

    def newer(self, since: int, count: int) -> Sequence[int]:
        held = self._held(None, since, count)
        if held is None or since < max(each.floor for each in held):
            return truth.newer(self.reader_id, since, count)
        return _union(held, since)[:count]

    def _held(self, before: int | None, since: int | None, count: int) -> list[Held] | None:
        """The inbox and the pulled lists, rebuilt where cold; None when PostgreSQL has to answer alone."""
        try:
            inbox_alone = [(INBOX, self.reader_id)]
            own = self._asked_ahead(before, since, count) or _warm(inbox.read, inbox_alone, before, since, count)
            if not own:
                return None
            self.tags = own[0].tags
            if not own[0].pulls and not own[0].tags:
                return own
            pulls = [*((AUTHORED, each) for each in own[0].pulls), *((TAGGED, each) for each in own[0].tags)]
            pulled_ones = _warm(pulled.read, pulls, before, since, count)
        except redis.RedisError:
            return None
        return None if pulled_ones is None else own + pulled_ones

    def _asked_ahead(self, before: int | None, since: int | None, count: int) -> list[Held] | None:
        """The inbox, if this is what somebody has asked it, once, and it was warm."""
        answers, self.ahead = self.ahead, ()
        held = inbox.complete(answers[0]) if answers and (before, since, count) == (None, None, _FIRST) else None
        return [held] if held else None

    def ties_question(self, person_ids: Sequence[int]) -> Command:
        """Asked along with the page's cards, for the rule."""
        return inbox.ties_question(self.reader_id, person_ids)

    def what_may_be_seen(self, material: Material, ids: Sequence[int]) -> Sequence[int]:
        """The rule of home: wanted, and with a followed tag, or by a tie and not an answer to somebody who is none.

        It makes sure of what an inbox may still hold from before an unfollow, and cuts from the lists of crowds what
        their followers do not all see.
        """
        wanted = what_is_wanted(material, ids)
        to_be_tied = [self._to_be_tied(material.cards[each]) for each in wanted]
        ties = self._ties_among(material, {person_id for pair in to_be_tied for person_id in pair})
        return [
            each
            for each, pair in zip(wanted, to_be_tied, strict=True)
            if ties.issuperset(pair) or self._has_followed_tag(material.cards[each])
        ]

    def _has_followed_tag(self, card: TweetCard) -> bool:
        if not card.tag_ids:
            return False
        if self.tags is None:
            self.tags = followed_ids(self.reader_id)
        return not set(self.tags).isdisjoint(inbox.unpack_ids(card.tag_ids))

    def _to_be_tied(self, card: TweetCard) -> tuple[int, ...]:
        """Author and answered person; nobody for the reader's own tweet."""
        return () if card.author_id == self.reader_id else (card.author_id, card.in_reply_to_user_id)

    def _ties_among(self, material: Material, person_ids: set[int]) -> set[int]:
        """Who of these passes: nobody at all (0), the reader, and whom he follows."""
        always = {0, self.reader_id}
        if material.ties is None:
            return always | followees_among(self.reader_id, sorted(person_ids))
        return always | {each for each in person_ids if material.ties.get(each)}


def _warm(
    read: Read, lists: Sequence[tuple[str, int]], before: int | None, since: int | None, count: int
) -> list[Held] | None:
    """What the lists say, rebuilt where cold; None if one of them stays so."""
    held = read(lists, before, since, count)
    cold = [each for each, answer in zip(lists, held, strict=True) if answer is None]
    if cold:
        rebuilt = [rebuild(*each) for each in cold]
        if not all(rebuilt):
            return None
        held = read(lists, before, since, count)
    warm = [each for each in held if each is not None]
    return warm if len(warm) == len(held) else None


def _union(lists: Sequence[Held], floor: int, newest_first: bool = False) -> list[int]:
    """The ids above a floor in any of the lists, each once."""
    if len(lists) == 1 and lists[0].floor == floor:
        return [*reversed(lists[0].ids)] if newest_first else [*lists[0].ids]
    above = {each for held in lists for each in held.ids[bisect_right(held.ids, floor) :]}
    return sorted(above, reverse=newest_first)


def rebuild(kind: str, owner_id: int) -> bool:
    """Warm a list of any kind up from PostgreSQL.

    Returns:
        Whether it is warm now.

    Raises:
        RedisError: it stays cold.
    """

    def contents() -> Contents:
        return truth.contents(kind, owner_id, inbox.half() + 1)

    return inbox.rebuild(kind, owner_id, contents)
