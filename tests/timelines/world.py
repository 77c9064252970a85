"""A small world in which everything that may happen to the engine happens, in an order drawn by lot.

One connection plays all processes: a step is what one of them does between two points at which another may come in
between. A drain and a rebuild are stopped at every call to Redis or PostgreSQL, and other steps run there; a drain that
dies loses its transaction, but not what Redis has taken in. Hooks that should run after a commit run at once, later or
never. A tweet's id is minted when its transaction begins; it is there when another step commits it.
"""

import contextlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase

from accounts import actions
from accounts.models import Follow, User
from stores import redis
from tests import factories
from tests.timelines.lists import INFINITY
from timelines import crowds, fanout, generation, home, inbox, truth
from timelines.feed import Feed
from timelines.inbox import AUTHORED, INBOX, TAGGED
from timelines.models import Crowd, FeedEvent
from tweets import editing, entities, hashtags
from tweets.actions import delete_tweet
from tweets.models import Hashtag, TagFollow, Tweet

PEOPLE = 6
TAGS = ("one", "two")
TEXTS = ("x", "x", "x", "#one", "#two", "#one #two")
Steps = Sequence[tuple[Callable[[], object], int]]


class Killed(BaseException):
    """The process is no more."""


@dataclass(frozen=True, slots=True)
class Unborn:
    """A tweet whose transaction has not committed yet."""

    tweet_id: int
    author: User
    reach: int
    text: str
    about: dict[str, Any]


class World:
    def __init__(self, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.chance = random.Random(seed)
        self.people = factories.people(PEOPLE)
        self.tags = [Hashtag.objects.create(name=tag, shown=tag) for tag in TAGS]
        self.unborn: list[Unborn] = []
        self.rebuilds: list[tuple[str, int, bytes, inbox.Contents | None]] = []
        self.hooks: list[Callable[[], object]] = []
        self.locked: set[int] = set()
        self.depth = 0
        self.may_interleave = True
        self._be_stopped_between_steps(monkeypatch)

    # What may happen

    def step(self) -> None:
        steps, weights = zip(*self._steps(), strict=True)
        self.chance.choices(steps, weights)[0]()

    def _steps(self) -> Steps:
        return (
            (self.begin_tweet, 10),
            (self.commit_tweet, 12),
            (self.follow, 6),
            (self.unfollow, 4),
            (self.delete, 3),
            (self.follow_tag, 3),
            (self.unfollow_tag, 2),
            (self.edit, 5),
            (self.drain, 12),
            (self.begin_rebuild, 5),
            (self.load_rebuild, 6),
            (self.finish_rebuild, 6),
            (self.rebuild_at_once, 5),
            (self.die_rebuilding, 1),
            (self.read, 8),
            (self.run_late_hook, 3),
            (self.promote, 1),
            (self.raise_generation, 1),
            (self.stay_behind, 1),
            (self.wipe, 1),
            (self.lose_a_key, 2),
        )

    def anybody(self) -> User:
        return self.chance.choice(self.people)

    def begin_tweet(self) -> None:
        author = self.anybody()
        with connection.cursor() as cursor:
            cursor.execute("SELECT new_tweet_id()")
            tweet_id = cursor.fetchone()[0]
        pulled = Crowd.objects.filter(author=author, state=Crowd.State.PULL).exists()
        reach = Tweet.Reach.PULL if pulled else Tweet.Reach.PUSH
        about = self._about()
        text = "" if "retweet_of" in about else self.chance.choice(TEXTS)
        self.unborn.append(Unborn(tweet_id, author, reach, text, about))

    def _about(self) -> dict[str, Any]:
        """What a new tweet answers, quotes or retweets: nothing, or one of the latest."""
        kind = self.chance.choices(("", "in_reply_to", "quote_of", "retweet_of"), (5, 4, 1, 3))[0]
        other = self.recent_tweet() if kind else None
        if other is None:
            return {}
        if kind != "in_reply_to":
            return {kind: other}
        conversation_id = other.conversation_id or other.pk
        return {kind: other, "in_reply_to_user": other.author, "conversation_id": conversation_id}

    def recent_tweet(self) -> Tweet | None:
        """One of the latest that are not deleted, and no retweet."""
        rows = Tweet.objects.filter(deleted_at=None, retweet_of=None).select_related("author").order_by("-pk")
        return rows[self.chance.randrange(6) :].first()

    def commit_tweet(self) -> None:
        """Any of those begun: ids do not commit in order."""
        if not self.unborn:
            return
        unborn = self.unborn.pop(self.chance.randrange(len(self.unborn)))
        self._change(partial(self._insert, unborn))

    def _insert(self, unborn: Unborn) -> None:
        tweet = Tweet(id=unborn.tweet_id, author=unborn.author, text=unborn.text, **unborn.about)
        if (
            tweet.retweet_of_id
            and Tweet.objects.filter(author=tweet.author, retweet_of=tweet.retweet_of, deleted_at=None).exists()
        ):
            return
        tweet.save(force_insert=True)
        entities.record(tweet)
        # Its transaction asked what its author's reach is when it began, not now.
        tweet.reach = unborn.reach
        Tweet.objects.filter(pk=tweet.pk).update(reach=unborn.reach)

    def follow(self) -> None:
        follower, followee = self.chance.sample(self.people, 2)
        with contextlib.suppress(actions.CannotFollowBlocked, User.DoesNotExist):
            self._change(partial(actions.follow, follower=follower, followee=followee))

    def unfollow(self) -> None:
        row = Follow.objects.order_by("pk")[self.chance.randrange(30) :].first()
        if row:
            self._change(partial(actions.unfollow, follower=row.follower, followee=row.followee))

    def delete(self) -> None:
        tweet = Tweet.objects.filter(deleted_at=None).order_by("-pk")[self.chance.randrange(6) :].first()
        if tweet:
            self._change(partial(delete_tweet, tweet=tweet))

    def follow_tag(self) -> None:
        self._change(partial(hashtags.follow, user=self.anybody(), written=self.chance.choice(TAGS)))

    def unfollow_tag(self) -> None:
        row = TagFollow.objects.order_by("pk")[self.chance.randrange(6) :].first()
        if row:
            self._change(partial(hashtags.unfollow, user=row.user, written=row.tag.name))

    def edit(self) -> None:
        tweet = self.recent_tweet()
        if tweet and tweet.edits_count < editing.MOST_EDITS:
            self._change(
                partial(
                    editing.edit_tweet,
                    author=tweet.author,
                    tweet_id=tweet.pk,
                    text=self.chance.choice(TEXTS),
                    version=tweet.edits_count,
                )
            )

    def _change(self, change: Callable[[], object]) -> None:
        """A transaction, and what becomes of its hooks: they run, or the process dies before, or is slow."""
        with TestCase.captureOnCommitCallbacks() as hooks:
            change()
        fate = self.chance.random()
        if fate < 0.5:
            self._run(hooks)
        elif fate < 0.75:
            self.hooks += hooks

    def _run(self, hooks: Sequence[Callable[[], object]]) -> None:
        for hook in hooks:
            hook()

    def run_late_hook(self) -> None:
        if self.hooks:
            self._run([self.hooks.pop(self.chance.randrange(len(self.hooks)))])

    def drain(self) -> None:
        """Some events, in one go that is undisturbed, or disturbed, or dies before its commit."""
        fate, before = self.chance.random(), self.may_interleave
        if self.depth or fate < 0.6:
            fanout._next_batch(self.chance.choice([1, 2, 3, 10]))
        else:
            self.may_interleave = False
            with contextlib.suppress(Killed):
                self._drain_and_die(self.chance.choice(["inbox.deliver", "inbox.forget", "settle"]))
            self.may_interleave = before
            self.locked.clear()

    def _drain_and_die(self, where: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            if where == "settle":
                patch.setattr(fanout, "_settle", self._die)
            else:
                name = where.split(".")[1]
                patch.setattr(inbox, name, partial(self._do_half_and_die, getattr(inbox, name)))
            fanout._next_batch(10)

    def _die(self, *args: object) -> None:
        raise Killed

    def _do_half_and_die(self, verb: Callable[..., object], kind: str, owners: Any, *args: Any) -> None:
        """The first readers have it, the others have not."""
        some = list(owners)[: len(owners) // 2]
        verb(kind, {each: owners[each] for each in some} if isinstance(owners, dict) else some, *args)
        raise Killed

    def _list_to_rebuild(self) -> tuple[str, int]:
        kind = self.chance.choices([INBOX, AUTHORED, TAGGED], [7, 2, 1])[0]
        return kind, (self.chance.choice(self.tags) if kind == TAGGED else self.anybody()).pk

    def begin_rebuild(self) -> None:
        kind, owner_id = self._list_to_rebuild()
        token = inbox.begin(kind, owner_id)
        if token:
            self.rebuilds.append((kind, owner_id, token, None))

    def load_rebuild(self) -> None:
        self._go_on_with_rebuild(loaded=False)

    def finish_rebuild(self) -> None:
        self._go_on_with_rebuild(loaded=True)

    def _go_on_with_rebuild(self, loaded: bool) -> None:
        ready = [each for each in self.rebuilds if (each[3] is not None) == loaded]
        if not ready:
            return
        kind, owner_id, token, contents = chosen = self.chance.choice(ready)
        self.rebuilds.remove(chosen)
        if contents is not None:
            inbox.finish(kind, owner_id, token, contents)
        else:
            self.rebuilds.append((kind, owner_id, token, truth.contents(kind, owner_id, inbox.half() + 1)))

    def rebuild_at_once(self) -> None:
        home.rebuild(*self._list_to_rebuild())

    def die_rebuilding(self) -> None:
        """Whoever was rebuilding is no more; in 30 seconds the list is cold again."""
        if self.rebuilds:
            kind, owner_id, *_ = self.rebuilds.pop(self.chance.randrange(len(self.rebuilds)))
            if self.chance.random() < 0.7:
                expire_if_building(inbox.key(kind, owner_id))

    def read(self) -> None:
        reader = self.anybody()
        ids = home.Home(reader.pk).older(None, self.chance.choice([1, 3, 10]))
        assert ids == sorted(set(ids), reverse=True), "a page out of order, or with something twice"

    def promote(self) -> None:
        crowds.begin(self.anybody().pk)

    def raise_generation(self) -> None:
        with TestCase.captureOnCommitCallbacks() as hooks:
            generation.raise_number()
        self._run(hooks)

    def stay_behind(self) -> None:
        """Some process has the number of a second ago still in mind; after this step, all know."""
        number = generation.stored()
        generation._kept = (float("inf"), max(1, number - 1))
        self.chance.choice([self.commit_tweet, self.follow, self.unfollow, self.rebuild_at_once, self.read])()
        generation.forget_kept()

    def wipe(self) -> None:
        redis.timelines().flushall()

    def lose_a_key(self) -> None:
        keys = sorted(redis.timelines().keys("*:{*"))
        if keys:
            redis.timelines().delete(self.chance.choice(keys))

    # Being stopped

    def _be_stopped_between_steps(self, patch: pytest.MonkeyPatch) -> None:
        for module, name in (
            (truth, "older"),
            (inbox, "begin"),
            (inbox, "deliver"),
            (inbox, "forget"),
            (inbox, "finish"),
            (generation, "stored"),
        ):
            patch.setattr(module, name, self._stopping(getattr(module, name)))
        patch.setattr(fanout, "_lock_due", partial(self._lock_due, fanout._lock_due))
        patch.setattr(fanout, "_settle", partial(self._settle, fanout._settle))

    def _stopping(self, doing: Callable[..., object]) -> Callable[..., object]:
        def stopped_before(*args: Any, **kwargs: Any) -> object:
            if self.may_interleave and self.depth < 2 and self.chance.random() < 0.3:
                self.depth += 1
                for _ in range(self.chance.choice([1, 1, 2, 4])):
                    self.step()
                self.depth -= 1
            return doing(*args, **kwargs)

        return stopped_before

    def _lock_due(self, lock: Callable[[int], list[FeedEvent]], size: int) -> list[FeedEvent]:
        """One connection does not skip its own locks, so it is told of them."""
        taken = [event for event in lock(size + len(self.locked)) if event.pk not in self.locked][:size]
        self.locked |= {event.pk for event in taken}
        return taken

    def _settle(self, settle: Callable[..., None], events: Sequence[FeedEvent], outcome: fanout.Outcome) -> None:
        settle(events, outcome)
        self.locked -= {event.pk for event in events}

    # The end

    def come_to_rest(self) -> None:
        """What is under way ends, one way or the other; then everything that is due is dealt with."""
        self.may_interleave = True
        while self.unborn:
            self.commit_tweet()
        self.may_interleave = False
        if self.chance.random() < 0.5:
            self._end_rebuilds()
        while FeedEvent.objects.exists():
            assert fanout._next_batch(3), f"stuck: {list(FeedEvent.objects.values())}"
        self._end_rebuilds()
        for key in redis.timelines().keys("*:{*"):
            expire_if_building(key)

    def _end_rebuilds(self) -> None:
        while self.rebuilds:
            self.chance.choice([self.load_rebuild, self.finish_rebuild, self.die_rebuilding])()


def expire_if_building(key: str | bytes) -> None:
    if redis.timelines().type(key) == b"string" and redis.timelines().getrange(key, 0, 7) == INFINITY.to_bytes(
        8, "big"
    ):
        redis.timelines().delete(key)


# The plain answer


def belonging(reader: User) -> list[int]:
    """Which tweets belong to a reader, newest first, by the definition and nothing else."""
    tagged = Tweet.objects.filter(tag_rows__tag__follow_rows__user=reader, deleted_at=None)
    return sorted({*by_ties(reader), *tagged.values_list("pk", flat=True)}, reverse=True)


def by_ties(reader: User) -> list[int]:
    """Those of them that do so because of whom the reader follows."""
    followed = set(Follow.objects.filter(follower=reader).values_list("followee_id", flat=True)) | {reader.pk}
    rows = Tweet.objects.filter(deleted_at=None).order_by("-pk")
    return [
        tweet.pk
        for tweet in rows
        if tweet.author_id == reader.pk
        or (
            tweet.author_id in followed
            and (tweet.in_reply_to_user_id in (None, tweet.author_id) or tweet.in_reply_to_user_id in followed)
        )
    ]


def home_of(reader: User) -> Feed:
    skeleton = home.Home(reader.pk)
    return Feed(skeleton, reader.pk, skeleton.what_may_be_seen, skeleton.ties_question)


def home_from_top(reader: User, limit: int = 3) -> list[int]:
    """All of home, page by page from the newest."""
    feed, found = home_of(reader), list[int]()
    page = feed.page(limit=limit)
    while True:
        found += [int(tweet["id"]) for tweet in page.shown()]
        if page.older is None:
            return found
        assert len(page.tweets) == limit, "a short page before the end"
        page = feed.page(before=page.older, limit=limit)


def home_from_bottom(reader: User, limit: int = 3) -> list[int]:
    """All of home, page by page from the oldest, turned round."""
    feed, since, found = home_of(reader), 0, list[int]()
    while (page := feed.page(since=since, limit=limit)).tweets:
        found += [int(tweet["id"]) for tweet in page.shown()][::-1]
        since = page.newer
    return found[::-1]
