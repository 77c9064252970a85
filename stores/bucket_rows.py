"""The buckets of `stores.buckets` as rows of PostgreSQL, for those that must hold while Redis is away."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from stores.buckets import Bucket, Verdict, verdict
from stores.models import BucketRow

# Every row is there and locked afterwards, one after the other by name, so that two callers never wait for each other.
_LOCK = """
INSERT INTO stores_bucketrow AS kept (name, full_at)
SELECT name, clock_timestamp() FROM unnest(%s::text[]) AS name ORDER BY name
ON CONFLICT (name) DO UPDATE SET full_at = GREATEST(kept.full_at, clock_timestamp())
RETURNING name, full_at - clock_timestamp()"""

_ADD = """
UPDATE stores_bucketrow AS kept SET full_at = full_at + owed
FROM unnest(%s::text[], %s::interval[]) AS more (name, owed) WHERE kept.name = more.name"""

_SWEEP = """
DELETE FROM stores_bucketrow WHERE name = ANY (ARRAY(
SELECT name FROM stores_bucketrow WHERE full_at < clock_timestamp() LIMIT %s FOR UPDATE SKIP LOCKED))"""

MICROSECOND = timedelta(microseconds=1)


@transaction.atomic
def take(buckets: Sequence[Bucket]) -> Verdict:
    """Take a call from each, or from none."""
    owed = _locked(buckets)
    wait = max(0, *(owed[name] + rate.interval - rate.full for name, rate in buckets))
    if not wait:
        _add(buckets, +1)
        owed = {name: owed[name] + rate.interval for name, rate in buckets}
    left = [(rate.full - owed[name]) / rate.interval for name, rate in buckets]
    nearest = left.index(min(left))
    return verdict(buckets, (wait, nearest, int(left[nearest]), owed[buckets[nearest].name]))


@transaction.atomic
def give_back(buckets: Sequence[Bucket]) -> None:
    """Undo a `take`."""
    _locked(buckets)
    _add(buckets, -1)


def fill(buckets: Sequence[Bucket]) -> None:
    """Forget all that was taken."""
    BucketRow.objects.filter(name__in=[bucket.name for bucket in buckets]).delete()


def sweep(at_once: int = 10_000) -> int:
    """Delete rows of buckets that are full again; how many there were."""
    return _execute(_SWEEP, [at_once])


def _locked(buckets: Sequence[Bucket]) -> dict[str, int]:
    """In how many microseconds each bucket will be full."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [[bucket.name for bucket in buckets]])
        return {name: max(0, owed // MICROSECOND) for name, owed in cursor.fetchall()}


def _add(buckets: Sequence[Bucket], calls: int) -> None:
    owed = [timedelta(microseconds=calls * bucket.rate.interval) for bucket in buckets]
    _execute(_ADD, [[bucket.name for bucket in buckets], owed])


def _execute(sql: str, parameters: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)
