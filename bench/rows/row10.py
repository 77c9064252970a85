"""Memory: of Redis for every active reader and every cached tweet, and of every process."""

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import mean

from django.db import connection

from accounts.models import Follow, User
from bench import calls, cpu, inboxes, readers, world
from bench.load import Request
from bench.measuring import Result
from bench.rows.row01 import CLIENTS, HOME
from bench.servers import plain_redis
from bench.sizes import Size
from bench.stage import Stage
from timelines import inbox
from tweets.models import Like, Tweet

_SCANNED_AT_ONCE = 1000
_BREATH_SECONDS = 3
_NEEDED_BY = (1_000_000, 100_000_000)
_KINDS = {
    "inbox": "a reader's inbox, half full as after a rebuild",
    "ties": "a reader's ties",
    "pulls": "a reader's crowds",
    "marks": "one of the four keys of a viewer's marks, for a day",
    "access": "a token's owner, for a minute",
    "tweet": "a tweet's card, for an hour",
    "person": "a person's card, for an hour",
    "tweet-counts": "a tweet's counts, for a minute",
}


def measure(stage: Stage, size: Size) -> Result:
    world.build(world.Shape(size.people, size.follows, size.tweets))
    result = Result("Memory", "reader")
    empty = _used()
    everybody = range(1, size.people + 1)
    readers.warm_up(everybody)
    each = (_used() - empty) / size.people
    requests = [Request(HOME, header) for header in readers.bearers(range(1, size.readers + 1))]
    with stage.running("web", "live", "worker", "beat"):
        calls.make(stage, 2 * requests, CLIENTS)
        _tell_keys(result)
        time.sleep(min(_BREATH_SECONDS, 10 * size.seconds))
        _tell_processes(stage, result)
    _tell_readers(each, result)
    _tell_tables(result)
    result.notes.append(
        f"{size.people:,} readers, each following {size.follows} people, {size.readers:,} of whom asked for home; "
        f"{size.tweets:,} tweets. An active reader is one whose inbox is kept: who looked within 30 days."
    )
    return result


def _used() -> int:
    return int(plain_redis().info("memory")["used_memory"])


# --- Redis -------------------------------------------------------------------------------------------------------


def _tell_keys(result: Result) -> None:
    sizes = _sizes_by_kind()
    for kind, means in _KINDS.items():
        if kind in sizes:
            result.stated(f"bytes of Redis, {means}", f"{mean(sizes[kind]):,.0f}")
    others = Counter({kind: sum(held) for kind, held in sizes.items() if kind not in _KINDS})
    listed = ", ".join(f"{kind} {taken / 1024:,.0f} KB" for kind, taken in others.most_common(5))
    result.stated("all other keys of Redis together, the largest kinds", listed or "none")


def _sizes_by_kind() -> Mapping[str, list[int]]:
    """The bytes of every key there is, by the word that its name begins with."""
    client, sizes = plain_redis(), defaultdict(list)
    keys = list(client.scan_iter(count=_SCANNED_AT_ONCE))
    for start in range(0, len(keys), _SCANNED_AT_ONCE):
        chunk = keys[start : start + _SCANNED_AT_ONCE]
        for key, taken in zip(chunk, _bytes_of(chunk), strict=True):
            sizes[key.decode().partition(":")[0]].append(taken)
    return sizes


def _bytes_of(keys: Sequence[bytes]) -> list[int]:
    pipe = plain_redis().pipeline(transaction=False)
    for key in keys:
        pipe.memory_usage(key, samples=0)
    return [taken or 0 for taken in pipe.execute()]  # some expire under our eyes


def _tell_readers(each: float, result: Result) -> None:
    """
    Args:
        each: what Redis took for a reader, all its own tables included.
    """
    readers.warm_up([1])
    half_full = inboxes.bytes_each([inbox.key(inbox.INBOX, 1)])
    most = inboxes.most_bytes_while_growing(1, 2 * inbox.half() + 1)
    full = each + most - half_full
    result.stated("bytes of Redis an active reader, all in all, inbox half full", f"{each:,.0f}")
    result.stated("the same, inbox full", f"{full:,.0f}")
    for count in _NEEDED_BY:
        low, high = (taken * count / 1024**3 for taken in (each, full))
        result.stated(f"GB of Redis for {count:,} active readers, half full to full", f"{low:,.1f} to {high:,.1f}")


# --- PostgreSQL --------------------------------------------------------------------------------------------------


def _tell_tables(result: Result) -> None:
    for model in (User, Follow, Tweet, Like):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_total_relation_size(%s)", [model._meta.db_table])
            (taken,) = cursor.fetchone()
        each = taken / model._default_manager.count()
        result.stated(f"bytes of PostgreSQL a row of {model._meta.db_table}, indexes included", f"{each:,.0f}")


# --- Processes ---------------------------------------------------------------------------------------------------


def _tell_processes(stage: Stage, result: Result) -> None:
    for name, pid in stage.processes().items():
        count = len(cpu.members(pid))
        text = f"MB of {name}, {count} process{'es' if count > 1 else ''}, pages they share counted once"
        result.stated(text, f"{cpu.resident_bytes(pid) / 1024**2:,.0f}")
