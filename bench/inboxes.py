"""What is in the inboxes, looked at from outside: how much there is, how much there should be, what it takes."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from statistics import mean
from struct import pack, unpack

from django.db import connection

from bench.servers import plain_redis
from timelines import inbox
from timelines.inbox import INBOX

_AT_ONCE = 1000

# One plain statement that uses nothing of `timelines`: what belongs, and lies above the floor.
_WRONG = """
SELECT count(*) FROM unnest(%(readers)s::bigint[], %(floors)s::bigint[], %(held)s::bigint[]) AS i (reader, floor, held)
WHERE held <> (
    SELECT count(*)
    FROM (SELECT followee_id AS author FROM accounts_follow WHERE follower_id = i.reader UNION ALL SELECT i.reader) a
    JOIN tweets_tweet t ON t.author_id = a.author AND t.id > i.floor AND t.deleted_at IS NULL
    WHERE a.author = i.reader OR t.in_reply_to_user_id IS NULL OR t.in_reply_to_user_id IN (a.author, i.reader)
        OR EXISTS (
            SELECT FROM accounts_follow f WHERE f.follower_id = i.reader AND f.followee_id = t.in_reply_to_user_id))
"""


def holding_wrong_numbers(reader_ids: Sequence[int]) -> int:
    """How many of these people's inboxes are cold, or hold more or fewer entries than they should."""
    return sum(_holding_wrong_numbers(chunk) for chunk in _chunks(reader_ids))


def _holding_wrong_numbers(reader_ids: Sequence[int]) -> int:
    pipe = plain_redis().pipeline(transaction=False)
    for each in reader_ids:
        pipe.getrange(inbox.key(INBOX, each), 0, 7)
        pipe.strlen(inbox.key(INBOX, each))
    answers = pipe.execute()
    warm = [
        (reader_id, unpack(">Q", floor)[0], size // 8 - 1)
        for reader_id, floor, size in zip(reader_ids, answers[::2], answers[1::2], strict=True)
        if floor
    ]
    readers, floors, held = ([each[place] for each in warm] for place in range(3))
    with connection.cursor() as cursor:
        cursor.execute(_WRONG, {"readers": readers, "floors": floors, "held": held})
        return int(cursor.fetchone()[0]) + len(reader_ids) - len(warm)


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    rest = iter(ids)
    while chunk := list(islice(rest, _AT_ONCE)):
        yield chunk


def bytes_each(keys: Iterable[str]) -> float:
    """What these keys take in Redis on average, their names and all else included."""
    pipe = plain_redis().pipeline(transaction=False)
    for key in keys:
        pipe.memory_usage(key)
    sizes: list[int] = pipe.execute()
    return mean(sizes)


def ties_key(reader_id: int) -> str:
    return inbox.key("ties", reader_id)


def most_bytes_while_growing(reader_id: int, entries: int) -> int:
    """The most that a warm inbox takes while so many entries come in one by one."""
    key, most, client = inbox.key(INBOX, reader_id), 0, plain_redis()
    newest = int.from_bytes(client.getrange(key, -8, -1))  # type: ignore[arg-type]  # bytes, but for who decodes
    for each in range(1, entries + 1):
        inbox.deliver(INBOX, {reader_id: pack(">Q", newest + each)})
        most = max(most, client.memory_usage(key) or 0)
    inbox.forget(INBOX, [reader_id])
    return most
