"""The number in every inbox's key. Raising it makes all inboxes cold at once, without touching one.

Its home is PostgreSQL. Redis passes it on, and every process keeps it for a second: a reader who is that late is served
from a list that was right a second ago. Whoever delivers reads it from PostgreSQL, within the transaction that
delivers (`stored`): an event seen there belongs to a tweet that a later rebuild, of whatever generation, sees too.
"""

import time

from django.db import connection, transaction
from django.db.models import F

from stores import commits, redis
from timelines.models import Generation

KEPT_SECONDS = 1.0
REDIS_KEY = "generation"
REDIS_SECONDS = 60
BLOCKED_SECONDS = 15  # longer than a transaction or a request may last

_kept: tuple[float, int] = (0.0, 0)


def stored() -> int:
    """The number as PostgreSQL has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM timelines_generation ORDER BY id LIMIT 1")
        row = cursor.fetchone()
    return int(row[0]) if row else 1


def current() -> int:
    """The number as of at most a second ago."""
    global _kept  # noqa: PLW0603  one per process, on purpose
    kept_until, number = _kept
    if time.monotonic() >= kept_until:
        number = _passed_on()
        _kept = (time.monotonic() + KEPT_SECONDS, number)
    return number


def forget_kept() -> None:
    """Ask anew next time, in this process."""
    global _kept  # noqa: PLW0603  one per process, on purpose
    _kept = (0.0, 0)


def _passed_on() -> int:
    try:
        passed_on = redis.timelines().get(REDIS_KEY)
        if passed_on:
            return int(passed_on)
        number = stored()
        redis.timelines().set(REDIS_KEY, number, nx=True, ex=REDIS_SECONDS)
    except redis.RedisError:
        number = stored()
    return number


@transaction.atomic
def raise_number() -> int:
    """Make every inbox cold.

    Returns:
        The new number.
    """
    row = _locked_row()
    Generation.objects.filter(pk=row.pk).update(number=F("number") + 1)
    _tell()
    commits.afterwards(_tell)
    return row.number + 1


def _locked_row() -> Generation:
    Generation.objects.get_or_create(pk=1)
    return Generation.objects.select_for_update().get(pk=1)


def _tell() -> None:
    """Let nobody take the number from Redis for a while, nor put one there that he read before it was raised."""
    forget_kept()
    try:
        redis.timelines().set(REDIS_KEY, b"", ex=BLOCKED_SECONDS)
    except redis.RedisError:
        pass  # whoever reaches it keeps the old number for REDIS_SECONDS at most


@transaction.atomic
def watch() -> bool:
    """Raise the number when a Redis server is another than when last looked: what it holds may be older than it looks.

    Returns:
        Whether it was raised.
    """
    runs = sorted(_run_ids())
    row = _locked_row()
    if runs == row.redis_runs:
        return False
    known = bool(row.redis_runs)
    Generation.objects.filter(pk=row.pk).update(redis_runs=runs)
    if known:
        raise_number()
    return known


def _run_ids() -> list[str]:
    answer = redis.timelines().info("server")
    servers = answer.values() if all(isinstance(each, dict) for each in answer.values()) else [answer]
    return [str(server["run_id"]) for server in servers]
