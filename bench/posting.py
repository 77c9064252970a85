"""Tweets posted by the real action, in this process or several, and events drained by the real worker."""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from django.db import connections

from accounts.models import User
from stores import redis
from timelines import tasks
from timelines.models import FeedEvent
from tweets.actions import post_tweet
from tweets.models import TweetCountChange

_PROCESSES = 2
_PATIENCE_SECONDS = 600
_LONG = 3600
_SWEEP_SECONDS = 2


class Stuck(Exception):
    """Events, or changes of counts, are still there after minutes."""


def leave_undelivered() -> None:
    """From now on nobody is woken to deliver; what is posted waits."""
    redis.timelines().set(tasks.WAKE_KEY, 1, ex=_LONG)


def post(author_ids: Sequence[int]) -> None:
    """A tweet by each of these people."""
    connections.close_all()  # a fork must not share one
    with ProcessPoolExecutor(_PROCESSES, get_context("fork")) as pool:
        list(pool.map(_post, [author_ids[start::_PROCESSES] for start in range(_PROCESSES)]))


def _post(author_ids: Sequence[int]) -> None:
    people = User.objects.in_bulk(list(set(author_ids)))
    for place, author_id in enumerate(author_ids):
        post_tweet(author=people[author_id], text=f"Something worth saying, number {place}, to those who follow me.")


def forget_events() -> None:
    """What is delivered to nobody costs nothing later."""
    FeedEvent.objects.all().delete()


def deliver(workers: int) -> None:
    """Let so many workers drain what waits; returns when nothing does."""
    for _ in range(workers):
        tasks.drain.delay()
    wait_until_delivered()


def wait_until_delivered() -> None:
    """Sweeps now and then, as beat would: a worker that finds Redis too slow gives up until then.

    Raises:
        Stuck: it takes too long.
    """
    until, next_sweep = time.monotonic() + _PATIENCE_SECONDS, time.monotonic() + _SWEEP_SECONDS
    while _anything_waits():
        now = time.monotonic()
        if now > until:
            raise Stuck(f"{FeedEvent.objects.count()} events")
        if now > next_sweep:
            tasks.sweep.apply_async(expires=_SWEEP_SECONDS)
            next_sweep = now + _SWEEP_SECONDS
        time.sleep(0.01)


def wait_until_settled() -> None:
    """Beat and a worker must run.

    Raises:
        Stuck: it takes too long.
    """
    until = time.monotonic() + _PATIENCE_SECONDS
    while TweetCountChange.objects.exists():
        if time.monotonic() > until:
            raise Stuck(f"{TweetCountChange.objects.count()} counts")
        time.sleep(0.05)


def _anything_waits() -> bool:
    """Looked at from the end, which is cheap while much is left."""
    return FeedEvent.objects.order_by("-pk").values_list("pk").first() is not None
