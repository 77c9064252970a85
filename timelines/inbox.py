"""Packed id lists in Redis and the three verbs that touch them: deliver, forget, rebuild.

An *inbox* holds every id above its floor that belongs to its reader; an *authored* list holds every id above its floor
of an author too big to be pushed; a *tagged* list every id above its floor of the tweets with a hashtag. Floor 0 means
that nothing older exists; below any other floor PostgreSQL answers. Beside an inbox stand its reader's *ties* (whom he
follows, and himself) and *pulls* (those among them that are pulled, and the tags he follows); the three live and die
together, and any of them missing means cold: forgotten, to be rebuilt by the next reader.

The verbs commute and repeat harmlessly; docs/adr/0002 says why there are no others. This module knows ids, no models.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_bytes
from struct import pack, unpack
from typing import Any, NamedTuple, TypeAlias

from django.conf import settings

from stores import redis, scripts, wire
from stores.wire import Command, encoded
from timelines import generation, packed
from timelines.packed import INFINITY

BUILDING_SECONDS = 30
KEYS_A_CALL = 500
KEYS_AT_ONCE = 1000  # some 3 ms of Redis' time: well under its time-out, however busy the machine
SENTINEL = 0
TAG = 1 << 63  # set in those of the pulls that are tags

INBOX, AUTHORED, TAGGED = "inbox", "authored", "tagged"


@dataclass(frozen=True, slots=True)
class Contents:
    """What PostgreSQL says belongs into a list.

    Attributes:
        ids: the newest `half() + 1` ids, newest first; fewer only when there are no more.
        ties, pulls, tags: for an inbox, whom its reader follows, who among them is pulled, and the tags he follows.
    """

    ids: Sequence[int]
    ties: Sequence[int] = ()
    pulls: Sequence[int] = ()
    tags: Sequence[int] = ()


class Held(NamedTuple):
    """What a list answered.

    Attributes:
        floor: above it, up to the cursor asked for, `ids` is complete.
        ids: ascending.
    """

    floor: int
    ids: tuple[int, ...]
    pulls: Sequence[int] = ()
    tags: Sequence[int] = ()


Load: TypeAlias = Callable[[], Contents]
End: TypeAlias = tuple[bytes, bytes]
Call: TypeAlias = tuple[Sequence[str], Sequence[Any]]


def half() -> int:
    """How many entries a list holds after it was cut or rebuilt."""
    return int(settings.INBOX_SIZE) // 2


def key(kind: str, owner_id: int, number: int | None = None) -> str:
    """The name of a list."""
    return f"{kind}{_place(owner_id, number)}"


def _prefix(kind: str, partition: int, number: int) -> str:
    """What the names of a partition's lists begin with. What is in braces decides on the slot of Redis Cluster."""
    return f"{kind}:{{{partition}}}:{number}:"


def _place(owner_id: int, number: int | None) -> str:
    number = generation.current() if number is None else number
    return f"{_prefix('', owner_id % settings.PARTITIONS, number)}{owner_id}"


def _keys(kind: str, owner_id: int, number: int | None = None) -> list[str]:
    place = _place(owner_id, number)
    return [f"{INBOX}{place}", f"ties{place}", f"pulls{place}"] if kind == INBOX else [f"{kind}{place}"]


def _seconds() -> int:
    return int(settings.INBOX_DAYS) * 86400


def _sizes() -> tuple[int, int]:
    """Bytes of a full and of a half full list."""
    return 8 + 8 * int(settings.INBOX_SIZE), 8 + 8 * half()


def deliver(kind: str, ids_by_owner: Mapping[int, bytes], number: int | None = None) -> int:
    """Put ids into the lists of these owners, as far as they are warm.

    Args:
        ids_by_owner: packed ids, ascending, by owner.
        number: the generation; the current one by default.

    Returns:
        How many entries were offered to warm lists.

    Raises:
        RedisError: some may have been delivered; deliver again.
    """
    number = generation.current() if number is None else number
    members: dict[int, list[int]] = {}
    # Once: the settings are asked through a proxy, a tenth of what an owner costs.
    partitions, sizes = settings.PARTITIONS, _sizes()
    for owner_id in ids_by_owner:
        members.setdefault(owner_id % partitions, []).append(owner_id)
    calls = (
        _call(_prefix(kind, partition, number), sizes, owners, ids_by_owner)
        for partition, all_owners in members.items()
        for owners in _chunks(all_owners, KEYS_A_CALL)
    )
    return sum(sum(packed.DELIVER.run_many(some)) for some in _conversations(calls))


def delivery(kind: str, owner_id: int, ids: bytes) -> Command:
    """What to ask Redis (`stores.scripts`) to `deliver` to one owner; it answers how many entries it offered."""
    prefix = _prefix(kind, owner_id % settings.PARTITIONS, generation.current())
    return packed.DELIVER.call(*_call(prefix, _sizes(), [owner_id], {owner_id: ids}))


def _call(prefix: str, sizes: tuple[int, int], owner_ids: Sequence[int], ids_by_owner: Mapping[int, bytes]) -> Call:
    return [f"{prefix}{each}" for each in owner_ids], [*sizes, *[ids_by_owner[each] for each in owner_ids]]


def _chunks(members: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return (members[start : start + size] for start in range(0, len(members), size))


def _conversations(calls: Iterable[Call]) -> Iterable[list[Call]]:
    """The same calls, as many together as have `KEYS_AT_ONCE`."""
    together: list[Call] = []
    keys = 0
    for call in calls:
        together.append(call)
        keys += len(call[0])
        if keys >= KEYS_AT_ONCE:
            yield together
            together, keys = [], 0
    yield together


def forget(kind: str, owner_ids: Iterable[int], number: int | None = None) -> None:
    """Make these lists cold, also one that is just being rebuilt.

    Raises:
        RedisError: some may be as they were; forget again.
    """
    pipe = redis.timelines().pipeline(transaction=False)
    for owner_id in owner_ids:
        pipe.delete(*_keys(kind, owner_id, number))
    pipe.execute()


def begin(kind: str, owner_id: int) -> bytes | None:
    """Start to rebuild a cold list: from now on it takes in what is delivered, whatever its id.

    Returns:
        The token to finish with; None while somebody else is rebuilding.
    """
    token = b"\xff" + token_bytes(7)
    begun = packed.BEGIN.run(_keys(kind, owner_id), [token, BUILDING_SECONDS])
    return token if begun else None


def finish(kind: str, owner_id: int, token: bytes, contents: Contents) -> bool:
    """Unite what PostgreSQL said since `begin` with what was delivered meanwhile.

    Returns:
        False when the list was forgotten meanwhile: what was loaded may be out of date and is dropped.
    """
    newest, rest = contents.ids[: half()], contents.ids[half() :]
    floor = rest[0] if rest else 0
    args = [token, pack(">Q", floor), pack_ids(reversed(newest)), _sizes()[1], _seconds()]
    if kind == INBOX:
        pulls = [SENTINEL, *sorted(contents.pulls), *(TAG | each for each in sorted(contents.tags))]
        args += [pack_ids(pulls), *sorted({owner_id, *contents.ties})]
    return bool(packed.FINISH.run(_keys(kind, owner_id), args))


def rebuild(kind: str, owner_id: int, load: Load) -> bool:
    """Warm a cold list up. `load` is called after the list is marked, so that it sees all that is not delivered.

    Returns:
        Whether it is warm now; if not, somebody else is at it or something changed, and PostgreSQL answers.

    Raises:
        RedisError: it stays cold.
    """
    token = begin(kind, owner_id)
    return token is not None and finish(kind, owner_id, token, load())


def read(lists: Sequence[tuple[str, int]], before: int | None, since: int | None, count: int) -> list[Held | None]:
    """The entries of some lists next to a cursor: the newest below `before`, or the oldest above `since`.

    Args:
        lists: kind and owner of each.

    Returns:
        For each list at most `count` entries; None for one that is cold or being rebuilt.

    Raises:
        RedisError: nobody knows.
    """
    answers = scripts.ask([question(*each, before, since, count) for each in lists])
    return [complete(answer) for answer in answers]


def question(kind: str, owner_id: int, before: int | None, since: int | None, count: int) -> Command:
    """What to ask Redis (`stores.scripts`) to `read` one list; `complete` reads the answer."""
    way, cursor = ("above", since) if since is not None else ("below", before)
    args = [way, b"" if cursor is None else pack(">Q", cursor), count * 8, _seconds()]
    return packed.READ.call(_keys(kind, owner_id), args)


def complete(answer: list[bytes] | bytes | None) -> Held | None:
    """What a list answered; None if it is cold or being rebuilt."""
    if not isinstance(answer, list):
        return None
    floor, ids, pulls = answer
    return Held(unpack(">Q", floor)[0], unpack_ids(ids), *unpack_pulls(pulls))


def end_question(kind: str, owner_id: int, number: int, count: int) -> End:
    """What to ask for the newest entries of a list that is no inbox, without a script: whether it is being built, and
    they; to be kept where the same is asked again and again. It costs some 4 µs of Redis and
    12 of the process instead of 30 and 60.
    """
    name = key(kind, owner_id, number)
    return encoded(("GETRANGE", name, 0, 7)), encoded(("GETRANGE", name, -8 - 8 * count, -1))


def read_ends(questions: Sequence[End]) -> list[Held | None]:
    """The newest entries of each list, with the one before them as their floor; None for one that is cold or being
    built. (To be mistaken it would have to be forgotten, begun, and delivered to so often between two commands.)

    Raises:
        RedisError: nobody knows.
    """
    answers = iter(wire.ask([command for question in questions for command in question]))
    return [_end(floor, end) for floor, end in zip(answers, answers, strict=True)]


def _end(floor: bytes, end: bytes) -> Held | None:
    if not end or floor == INFINITY or end.startswith(INFINITY):
        return None
    ids = unpack_ids(end)
    return Held(ids[0], ids[1:])


def unpack_pulls(pulls: bytes) -> tuple[Sequence[int], Sequence[int]]:
    """Whom and which tags a reader pulls."""
    ids = unpack_ids(pulls)
    if not ids or ids[-1] < TAG:
        return ids[1:], ()
    first_tag = bisect_left(ids, TAG)
    return ids[1:first_tag], tuple([each ^ TAG for each in ids[first_tag:]])


def ties_question(reader_id: int, person_ids: Sequence[int]) -> Command:
    """What to ask Redis (`stores.wire`) for the ties of a reader.

    Its answer begins with whether Redis knows them (a reader is always among his own ties); then comes 1 or 0 for each
    of these people.
    """
    return "SMISMEMBER", _keys(INBOX, reader_id)[1], reader_id, *person_ids


def pack_ids(ids: Iterable[int]) -> bytes:
    listed = list(ids)
    return pack(f">{len(listed)}Q", *listed)


def unpack_ids(ids: bytes) -> tuple[int, ...]:
    return unpack(f">{len(ids) // 8}Q", ids)
