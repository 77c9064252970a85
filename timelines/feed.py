"""The read pipeline that every feed goes through: ids, cards, rules, page.

A feed is a *skeleton*, which knows the ids in order, and a *rule*, which says what of them a viewer may see. Pages that
rules have shortened are refilled. Cursors come from the ids, never from what survived the rules.

Where tweets are not in the order of their ids, as in somebody's bookmarks, the skeleton's ids are those of what put
them in order: *positions*. They are the cursors, and `tweet_at` knows the tweet at each.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypedDict

import orjson

from tweets.presenting import Material, Ties, gather

REPEAT_WINDOW = 40
MOST_AT_ONCE = 400


class Skeleton(Protocol):
    """The ids of a feed, or its positions."""

    def older(self, before: int | None, count: int) -> Sequence[int]:
        """The newest ids below a cursor, newest first; fewer than `count` only when no more exist, more where the rule
        is known to cut some."""

    def newer(self, since: int, count: int) -> Sequence[int]:
        """The oldest ids above a cursor, oldest first; fewer than `count` only when no more exist."""


Rule: TypeAlias = Callable[[Material, Sequence[int]], Sequence[int]]
"""Leaves out of some ids those that the viewer must not see."""


class Place(TypedDict, total=False):
    """Where in a feed to look, and how many tweets to show; see `Feed.page`."""

    before: int | None
    since: int | None
    limit: int


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Tweets of a feed, newest first.

    Attributes:
        tweets: the API's Tweet of each, as finished JSON.
        older: the cursor (`before`) of the page below; None when PostgreSQL says that nothing older exists.
        newer: the cursor (`since`) at which to ask for newer ones, now or later.
    """

    tweets: list[bytes]
    older: int | None
    newer: int

    def shown(self) -> list[Any]:
        """The tweets as plain data, for templates."""
        return [orjson.loads(tweet) for tweet in self.tweets]


def what_may_be_seen(material: Material, ids: Sequence[int]) -> Sequence[int]:
    """What holds everywhere: nothing deleted, by somebody suspended, blocked either way, or protected from the viewer.

    It is rule enough where the viewer went to see just this: a profile, his own likes.
    """
    return [each for each in ids if material.may_be_seen(each)]


def what_is_wanted(material: Material, ids: Sequence[int]) -> Sequence[int]:
    """The same without what the viewer has muted: the rule of every feed that names no other."""
    return [each for each in what_may_be_seen(material, ids) if material.is_wanted(each)]


def what_is_wanted_here(material: Material, ids: Sequence[int]) -> Sequence[int]:
    """The same for a part of one conversation, which may as a whole be muted."""
    return [each for each in what_may_be_seen(material, ids) if material.is_wanted(each, whole_conversation=True)]


def what_is_public(material: Material, ids: Sequence[int]) -> Sequence[int]:
    """What is wanted, by people whose accounts are not protected: for what shows strangers to each other."""
    return [each for each in what_is_wanted(material, ids) if not material.is_protected(each)]


@dataclass
class Feed:
    """One viewer's look at one feed.

    Attributes:
        tweet_at: the tweet at a position that the skeleton gave out; the position itself unless told.
        window: within how many entries a tweet is shown once only; 0 where each stands for itself.
    """

    skeleton: Skeleton
    viewer_id: int | None
    rule: Rule = what_is_wanted
    ties: Ties | None = None
    tweet_at: Callable[[int], int] = int
    window: int = REPEAT_WINDOW

    def page(self, before: int | None = None, since: int | None = None, limit: int = 20) -> FeedPage:
        """The page below `before` (or the first), or the nearest one above `since`."""
        return self._older(before, limit) if since is None else self._newer(since, limit)

    def around(self, position: int, limit: int) -> tuple[FeedPage, FeedPage]:
        """What a reader finds who comes back to a position: the page nearest above it, and the one from it on."""
        return self._newer(position, limit), self._older(position + 1, limit)

    def count_newer(self, since: int, most: int) -> int:
        """How many tweets above a cursor the viewer would be shown; `most` are looked at."""
        positions = self.skeleton.newer(since, most)[::-1]
        return sum(tweet is not None for _, tweet in self._judged(positions, self._repeats([])))

    def _older(self, before: int | None, limit: int) -> FeedPage:
        repeats = self._repeats(self._above(before))
        shown: list[bytes] = []
        newest, cursor, count, refill = None, before, limit + 1, 0
        while True:
            ids = self.skeleton.older(cursor, count)
            newest = newest or next(iter(ids), None)
            for each, tweet in self._judged(ids, repeats):
                cursor = each
                if tweet is not None:
                    shown.append(tweet)
                if len(shown) == limit:
                    break
            if len(shown) == limit or len(ids) < count:
                break
            count = refill = _refill(refill, limit, len(shown))
        more = len(shown) == limit and (
            cursor != ids[-1] or (len(ids) >= count and bool(self.skeleton.older(cursor, 1)))
        )
        return FeedPage(shown, cursor if more else None, newest or _below(before))

    def _above(self, before: int | None) -> Sequence[int]:
        """The ids just above a page, newest first: what they show is not shown again."""
        if before is None or not self.window:
            return []
        return self.skeleton.newer(_below(before), self.window)[::-1]

    def _repeats(self, above: Sequence[int]) -> "Repeats":
        """What is known of repeats below some positions, newest first."""
        repeats = Repeats(self.window)
        ids, material, allowed = self._looked_at(above)
        for each in ids:
            repeats.is_fresh(material, each, each in allowed)
        return repeats

    def _judged(self, positions: Sequence[int], repeats: "Repeats") -> Iterable[tuple[int, bytes | None]]:
        """Each position with the JSON of its tweet, or None when it is not to be shown."""
        ids, material, allowed = self._looked_at(positions)
        for position, each in zip(positions, ids, strict=True):
            fresh = repeats.is_fresh(material, each, each in allowed)
            yield position, material.json(each) if fresh and each in allowed else None

    def _looked_at(self, positions: Sequence[int]) -> tuple[Sequence[int], Material, set[int]]:
        """The tweets at these positions, all about them, and which of them the rule allows."""
        if not positions:
            return (), Material(), set()
        ids = [self.tweet_at(each) for each in positions]
        material = gather(ids, self.viewer_id, self.ties)
        return ids, material, set(self.rule(material, ids))

    def _newer(self, since: int, limit: int) -> FeedPage:
        shown: list[bytes] = []
        cursor, lowest = since, None
        while len(shown) < limit:
            ids = self.skeleton.newer(cursor, limit + max(1, self.window))
            taken = ids[:limit]
            window, page = ids[limit:][::-1], taken[::-1]
            judged = list(self._judged(page, self._repeats(window)))[::-1]
            for each, tweet in judged:
                cursor = each
                if tweet is not None:
                    lowest = lowest or each
                    shown.append(tweet)
                if len(shown) == limit:
                    break
            if len(ids) <= limit:
                break
        return FeedPage(shown[::-1], lowest, cursor)


def _refill(last: int, limit: int, shown: int) -> int:
    """How many entries to look at, when a page still lacks some.

    Args:
        last: how many were looked at for the same reason before; then four times as many. At first so many as the
            missing ones take if the rules go on as they did, and one to spare.
    """
    if last:
        return min(last * 4, MOST_AT_ONCE)
    taken = limit + 1
    return min((limit - shown) * taken // max(1, shown) + 2, taken * 2, MOST_AT_ONCE)


def _below(before: int | None) -> int:
    return 0 if not before else before - 1


class Repeats:
    """Knows whether the same tweet, or a retweet of it, was one of so many entries before. An entry that the rule hides
    takes its place among them and repeats nothing: whoever hides somebody's retweets still sees what they were of.

    Args:
        window: how many entries.
    """

    def __init__(self, window: int) -> None:
        self._originals: deque[int | None] = deque(maxlen=window)

    def is_fresh(self, material: Material, tweet_id: int, is_allowed: bool) -> bool:
        """To be asked once for each entry, in order, newest first."""
        original = _original(material, tweet_id)
        fresh = original not in self._originals
        self._originals.append(original if is_allowed else None)
        return fresh


def _original(material: Material, tweet_id: int) -> int:
    card = material.cards.get(tweet_id)
    return card.retweet_of_id or tweet_id if card else tweet_id
