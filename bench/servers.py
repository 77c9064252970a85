"""A look into the servers themselves, past the house's own clients: with patience, and counting what was asked."""

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis import Redis


def plain_redis() -> Redis:
    """A client that waits as long as it takes."""
    return Redis.from_url(settings.TIMELINES_REDIS_URL)


def commands_of(work: Callable[[], object]) -> tuple[int, int]:
    """How many commands Redis was given, those of scripts included, and how many statements PostgreSQL, by us."""
    before = _calls()
    with CaptureQueriesContext(connection) as captured:
        work()
    return _calls() - before - 1, len(captured)


def wal_bytes() -> int:
    """How much PostgreSQL has written so far to its write-ahead log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
        return int(cursor.fetchone()[0])


def _calls() -> int:
    stats = plain_redis().info("commandstats")
    return sum(each["calls"] for each in stats.values())
