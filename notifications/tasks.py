"""Thin Celery entries, and the wake-up of the drain."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from notifications import draining, upkeep
from stores import broker, redis, wire

WAKE_KEY = "notifications-woken"
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
    """Fold what is due. The key goes before the first look: whatever is committed later wakes another drain."""
    try:
        wire.ask([("DEL", WAKE_KEY)])
    except redis.RedisError:
        logger.info("Redis is away; the key of the wake-up expires by itself")
    if not draining.drain():
        drain.apply_async(**broker.BARE)


@shared_task
def sweep() -> None:
    """Drain when something has waited for longer than a wake-up takes."""
    if draining.pending(timezone.now() - LATE):
        drain()


@shared_task
def purge() -> None:
    """Delete what is too old to be shown, until nothing is left."""
    while upkeep.purge():
        pass
