"""Thin Celery entries, and the wake-up of the drain.

A drain stays for a moment after the last event, so that while people post one after the other nobody has to send for
another: a message to a worker costs sender and worker together as much as delivering a tweet (bench row 6). A key in
Redis says that a drain is on its way, or waits; its number, how often something has been committed since.
"""

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import ResponseError

from accounts.counts import lists, people
from stores import broker, redis, scripts, wire
from stores.wire import Command
from timelines import crowds, fanout, generation
from timelines.models import FeedEvent
from tweets.counts import polls, tags, tweets
from tweets.polls import actions as polling

WAKE_KEY = "drain-woken"
WAKE_SECONDS = 10
STAY_SECONDS = 0.05
LOOK_SECONDS = 0.004
LEAST_SECONDS = 1.0
LATE = timedelta(seconds=2)

logger = logging.getLogger(__name__)


def wake(*along: Command) -> None:
    """See to it that a drain starts soon, unless one is on its way or there. If it can't be told, the sweep will.

    Args:
        along: what Redis is to be told in the same conversation (`stores.scripts`); it may be lost.
    """
    try:
        if _is_first(along):
            drain.apply_async(**broker.BARE)
    except (redis.RedisError, OperationalError):
        logger.info("the drain was not woken; the sweep will find the event")


def _is_first(along: Sequence[Command]) -> bool:
    """Whether nobody else has sent for a drain."""
    try:
        is_first, *_ = wire.ask([("SET", WAKE_KEY, 0, "NX", "EX", WAKE_SECONDS), ("INCR", WAKE_KEY), *along])
    except ResponseError:  # one of `along`, as from a server that knows no scripts yet: what it said of the key is lost
        with suppress(redis.RedisError):
            scripts.ask(along)
        return True
    return bool(is_first)


@shared_task
def drain() -> None:
    """Deliver what is due, and what is committed until nothing was for a moment, or others should have their turn.

    The key goes before the first look, and is there again only while the drain waits: whoever commits while it is busy
    sends for another, of which one will stay.
    """
    until = time.monotonic() + fanout.SECONDS
    try:
        wire.ask([("DEL", WAKE_KEY)])
        while fanout.drain(max(LEAST_SECONDS, until - time.monotonic())):
            if time.monotonic() > until or not _is_called():
                return
        drain.apply_async(**broker.BARE)
    except redis.RedisError:
        logger.warning("Redis is away; events wait")


def _is_called() -> bool:
    """Wait for a moment, unless another drain is there or on its way; whether something was committed meanwhile."""
    (is_alone,) = wire.ask([("SET", WAKE_KEY, 0, "NX", "EX", WAKE_SECONDS)])
    number, until = b"0", time.monotonic() + STAY_SECONDS
    while is_alone and number == b"0" and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
        (number,) = wire.ask([("GET", WAKE_KEY)])
    return bool(is_alone) and wire.ask([("GETDEL", WAKE_KEY)])[0] not in (None, b"0")


@shared_task
def sweep() -> None:
    """Drain when something has waited for longer than a wake-up takes."""
    if FeedEvent.objects.filter(due_at__lt=timezone.now() - LATE).exists():
        drain()


@shared_task
def settle_counts() -> None:
    """Add pending changes up, until none is left."""
    for counter in (tweets, polls, people, tags, lists):
        while counter.settle():
            pass


@shared_task
def close_polls() -> None:
    """Notice the end of polls, until none is left or those that are left can't be closed."""
    while polling.close_due():
        pass


@shared_task
def promote_crowds() -> None:
    """Turn authors who have outgrown push into crowds."""
    if crowds.promote():
        wake()


@shared_task
def watch_redis() -> None:
    """Make all inboxes cold when their Redis is another than before."""
    try:
        generation.watch()
    except redis.RedisError:
        logger.warning("Redis is away")
