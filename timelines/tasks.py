"""Thin Celery entries, and the wake-up of the drain."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.counts import lists, people
from stores import broker, redis, wire
from timelines import crowds, fanout, generation
from timelines.models import FeedEvent
from tweets.counts import polls, tags, tweets
from tweets.polls import actions as polling

WAKE_KEY = "drain-woken"
WAKE_SECONDS = 10
LATE = timedelta(seconds=2)

logger = logging.getLogger(__name__)


def wake() -> None:
    """See to it that a drain starts soon, unless one is waiting to start. If it can't be told, the sweep will."""
    try:
        if any(wire.ask([("SET", WAKE_KEY, 1, "NX", "EX", WAKE_SECONDS)])):
            drain.apply_async(**broker.BARE)
    except (redis.RedisError, OperationalError):
        logger.info("the drain was not woken; the sweep will find the event")


@shared_task
def drain() -> None:
    """Deliver what is due. The key goes before the first look: whatever is committed later wakes another drain."""
    try:
        wire.ask([("DEL", WAKE_KEY)])
        if not fanout.drain():
            drain.apply_async(**broker.BARE)
    except redis.RedisError:
        logger.warning("Redis is away; events wait")


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
