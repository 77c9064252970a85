"""A tweet amid its conversation: what it answers, how its author goes on, and the answers, with an answer to each.

The author's own thread comes first, as on X and Mastodon, oldest first, as it is read; then what others answered,
newest first, in pages. Beneath each answer stand up to `BENEATH` more, one answering the other; the rest is behind a
link.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from timelines import replies
from timelines.feed import FeedPage, what_is_wanted_here
from tweets import conversations, presenting
from tweets.models import Tweet

ABOVE = 20
THREAD = 25
BENEATH = 2


@dataclass(frozen=True, slots=True)
class Around:
    """A tweet, what stands above it, and its author's own continuation. Tweets are the API's, as finished JSON.

    Attributes:
        tweet: itself; null if it can't be seen.
        ancestors: from the farthest down; null for one that can't be seen.
        has_earlier: whether there are more above the farthest of them, around which they are.
        has_later: whether the author goes on after the last one of the thread, around which that is.
    """

    tweet: bytes
    ancestors: list[bytes]
    thread: list[bytes]
    has_earlier: bool
    has_later: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and what stands beneath it.

    Attributes:
        tweets: the answer and those beneath, as finished JSON.
        more: the address at which there are more answers to it.
    """

    tweets: list[bytes]
    more: str | None


def around(tweet: Tweet, viewer_id: int | None) -> Around:
    """A tweet with what stands around it."""
    above = conversations.ancestor_ids(tweet.pk, ABOVE + 1)
    below = conversations.thread_ids(tweet.pk, THREAD + 1)
    material = presenting.gather([*above[-ABOVE:], tweet.pk, *below[:THREAD]], viewer_id)
    ancestors, has_earlier = _ancestors(material, above)
    thread = _chain(material, below[:THREAD])
    return Around(material.json(tweet.pk), ancestors, thread, has_earlier, bool(thread) and len(below) > THREAD)


def _ancestors(material: presenting.Material, ids: Sequence[int]) -> tuple[list[bytes], bool]:
    """The nearest `ABOVE`, and whether there are more, which are reached by the farthest one that can be seen."""
    shown = [material.json(each) for each in ids[-ABOVE:]]
    if len(ids) <= ABOVE:
        return shown, False
    while shown and shown[0] == presenting.NOTHING:
        shown.pop(0)
    return (shown, True) if shown else ([presenting.NOTHING], False)


def answers(tweet: Tweet, viewer_id: int | None, before: int | None, limit: int) -> tuple[list[Answer], FeedPage]:
    """A page of the answers, without the one with which the author goes on, each with what stands beneath it."""
    next_id = next(iter(conversations.thread_ids(tweet.pk, 1)), None)
    page = replies.page(tweet.pk, viewer_id, without_id=next_id, before=before, limit=limit)
    tops = [orjson.loads(each) for each in page.tweets]
    beneath = conversations.beneath(tweet, [int(top["id"]) for top in tops], BENEATH)
    material = presenting.gather([each for found in beneath.values() for each in found.ids], viewer_id)
    made = []
    for top, json in zip(tops, page.tweets, strict=True):
        found = beneath[int(top["id"])]
        shown = _chain(material, found.ids)
        made.append(Answer([json, *shown], top["url"] if found.more or len(shown) < len(found.ids) else None))
    return made, page


def _chain(material: presenting.Material, ids: Sequence[int]) -> list[bytes]:
    """The tweets one beneath the other, up to the first that the viewer is not shown: the rest would answer nothing."""
    shown: list[bytes] = []
    for each in ids:
        if not what_is_wanted_here(material, [each]):
            break
        shown.append(material.json(each))
    return shown
