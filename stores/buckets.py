"""Buckets of calls in Redis: several are asked in one step, and either each of them gives one call or none does.

A bucket holds `calls` and fills evenly, within `seconds` from empty to full. All that is kept of it is the moment at
which it will be full again (GCRA), so a full bucket takes no memory. docs/adr/0009 says why.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from stores import scripts, wire
from stores.scripts import Script
from stores.wire import Command

_KEEP = """
local now = redis.call('TIME')
now = now[1] * 1000000 + now[2]
local full_at = redis.call('MGET', unpack(KEYS))
local owed, wait = {}, 0
for i = 1, #KEYS do
  local interval, most = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  owed[i] = math.min(most, math.max(0, tonumber(full_at[i] or 0) - now)) -- never more, even if the clock stepped back
  wait = math.max(wait, owed[i] + interval - most)
end
"""

TAKE = Script(
    _KEEP
    + """
local nearest, least
for i = 1, #KEYS do
  local interval, most = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  if wait == 0 then
    owed[i] = owed[i] + interval
    redis.call('SET', KEYS[i], now + owed[i], 'PX', math.ceil(owed[i] / 1000))
  end
  local left = (most - owed[i]) / interval
  if not least or left < least then nearest, least = i, left end
end
return {wait, nearest - 1, math.floor(least), owed[nearest]}
"""
)

GIVE_BACK = Script(
    _KEEP
    + """
for i = 1, #KEYS do
  local left = owed[i] - tonumber(ARGV[2 * i - 1])
  if left > 0 then
    redis.call('SET', KEYS[i], now + left, 'PX', math.ceil(left / 1000))
  else
    redis.call('DEL', KEYS[i])
  end
end
"""
)

MICROSECONDS = 1_000_000


class Rate(NamedTuple):
    """So many calls at once, and then one more in every interval.

    Attributes:
        interval, full: microseconds in which one call comes back, and in which an empty bucket fills.
    """

    calls: int
    interval: int
    full: int


@cache
def rate(calls: int, seconds: int) -> Rate:
    """So many calls at once, and then so many more, evenly, in so many seconds."""
    interval = max(1, seconds * MICROSECONDS // calls)
    return Rate(calls, interval, interval * calls)


class Bucket(NamedTuple):
    name: str
    rate: Rate


class Verdict(NamedTuple):
    """What some buckets said.

    Attributes:
        wait: seconds until they would all give; 0 if they just did.
        limit, remaining: of the bucket nearest to its end, what it holds when full, and now.
        reset: seconds until it is full.
    """

    wait: int
    limit: int
    remaining: int
    reset: int

    @property
    def allowed(self) -> bool:
        return self.wait == 0


def take(buckets: Sequence[Bucket]) -> Verdict:
    """Take a call from each, or from none.

    Raises:
        RedisError: nobody knows whether they gave.
    """
    return verdict(buckets, TAKE.run(_keys(buckets), _rates(buckets)))


def take_and_ask(buckets: Sequence[Bucket], more: Sequence[Command]) -> tuple[Verdict, list[Any]]:
    """The same, and the answers to other questions, in one conversation.

    Raises:
        RedisError: nobody knows whether they gave.
    """
    counted, *answers = scripts.ask([question(buckets), *more])
    return verdict(buckets, counted), answers


def question(buckets: Sequence[Bucket]) -> Command:
    """What to ask Redis (`stores.scripts`) to take; `verdict` reads the answer."""
    return TAKE.call(_keys(buckets), _rates(buckets))


def verdict(buckets: Sequence[Bucket], answer: Sequence[int]) -> Verdict:
    wait, nearest, remaining, owed = answer
    return Verdict(_seconds(wait), buckets[nearest].rate.calls, remaining, _seconds(owed))


def give_back(buckets: Sequence[Bucket]) -> None:
    """Undo a `take`.

    Raises:
        RedisError: nobody knows whether they have it back.
    """
    GIVE_BACK.run(_keys(buckets), _rates(buckets))


def fill(buckets: Sequence[Bucket]) -> None:
    """Forget all that was taken.

    Raises:
        RedisError: nobody knows whether they are full.
    """
    wire.ask([("DEL", *_keys(buckets))])


def _keys(buckets: Sequence[Bucket]) -> list[str]:
    """All in one slot, since one script must see them all."""
    return [f"{{limits}}:{bucket.name}" for bucket in buckets]


def _rates(buckets: Sequence[Bucket]) -> list[Any]:
    numbers: list[int] = []
    for _, (_, interval, full) in buckets:
        numbers += (interval, full)
    return numbers


def _seconds(microseconds: int) -> int:
    return -(-microseconds // MICROSECONDS)
