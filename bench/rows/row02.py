"""Home, whatever stands behind it: how many one follows, how many of them are pulled, how much there is to read."""

from collections.abc import Sequence
from functools import partial

from bench import calls, copying, readers, world
from bench.load import Request, Rotation
from bench.measuring import Result, Rounds, in_turn, share, total
from bench.rows.row01 import CLIENTS, HOME
from bench.sizes import Size
from bench.stage import Stage

CONNECTIONS = 8
READERS = 20
_YARDSTICK = "/api/yardsticks/constant/?bytes=20000"


def measure(stage: Stage, size: Size) -> Result:
    result = Result("Home, whatever stands behind it", "page")
    archives = {tweets: _archive(stage, size, tweets) for tweets in (*size.archives, size.tweets)}
    _tell_archives(archives, result)
    _follows_and_crowds(stage, size, result)  # in the world that was built last
    result.notes.append(
        f"{READERS} readers in rotation, {CONNECTIONS} at once; {size.people:,} people. By what they follow: "
        f"{size.tweets:,} tweets. By tweets: everybody follows {size.follows}; since worlds of several sizes cannot "
        "be measured in turn, their pages are compared by what they cost of a constant view's in the same round."
    )
    return result


def _spread(values: Sequence[float]) -> float:
    return share(max(values), min(values))


# --- By how much there is to read --------------------------------------------------------------------------------


def _archive(stage: Stage, size: Size, tweets: int) -> Rounds:
    world.build(world.Shape(size.people, size.follows, tweets))
    reader_ids = list(range(1, READERS + 1))
    readers.warm_up(reader_ids)
    requests = [Request(HOME, each) for each in readers.bearers(reader_ids)]
    constant = [Request(_YARDSTICK, each.header) for each in requests]
    rotations = {"home": Rotation.of(stage, "home", requests), "constant": Rotation.of(stage, "constant", constant)}
    with stage.running("web"):
        return _in_turn(stage, size, rotations, requests)


def _in_turn(stage: Stage, size: Size, rotations: dict[str, Rotation], first: Sequence[Request]) -> Rounds:
    calls.make(stage, [*first, *first], CLIENTS)
    works = {name: partial(each.load, stage, CONNECTIONS, size.seconds) for name, each in rotations.items()}
    return in_turn(stage, works, size.rounds)


def _tell_archives(archives: dict[int, Rounds], result: Result) -> None:
    for tweets, rounds in sorted(archives.items()):
        result.lines[f"{tweets:,} tweets"] = rounds.median("home")
    costs = [rounds.ratio("home", "constant", total) for rounds in archives.values()]
    result.at_most("CPU a page, dearest over cheapest, by how many tweets there are (at most 1.3)", _spread(costs), 1.3)


# --- By whom one follows -----------------------------------------------------------------------------------------


def _follows_and_crowds(stage: Stage, size: Size, result: Result) -> None:
    everybody = world.mixed(world.Shape(size.people, size.follows, size.tweets))
    crowds, rest = everybody[: size.pulled[-1]], everybody[size.pulled[-1] :]
    for each in crowds:
        world.crowd(each, [])
    readers.warm_up_crowds(crowds)
    groups = {f"{count:,} followed": _some(rest, count) for count in size.followed}
    for count in size.pulled:
        pulled = _some(crowds, count)
        groups[f"{count:,} of {size.follows:,} pulled"] = [*pulled, *_some(rest, size.follows - count)]
    requests = {name: _readers_of(followees) for name, followees in groups.items()}
    copying.tidy()
    rotations = {name: Rotation.of(stage, f"group{place}", requests[name]) for place, name in enumerate(requests)}
    with stage.running("web"):
        rounds = _in_turn(stage, size, rotations, [each for group in requests.values() for each in group])
    result.lines |= {name: rounds.median(name) for name in rounds.names()}
    _tell_follows(size, rounds, result)


def _some(people: Sequence[int], count: int) -> list[int]:
    """Of all kinds alike, also if they are fewer than there are kinds."""
    return list(people[: max(20, count) : max(1, 20 // count)][:count]) if count else []


def _readers_of(followee_ids: Sequence[int]) -> list[Request]:
    reader_ids = world.newcomers(READERS, followee_ids)
    readers.warm_up(reader_ids)
    return [Request(HOME, each) for each in readers.bearers(reader_ids)]


def _tell_follows(size: Size, rounds: Rounds, result: Result) -> None:
    costs = [rounds.median(f"{count:,} followed").total for count in size.followed]
    result.at_most("CPU a page, dearest over cheapest, by how many one follows (at most 1.3)", _spread(costs), 1.3)
    for count in size.pulled:
        limit = 2 if count >= 100 else 1.3
        ratio = rounds.ratio(f"{count:,} of {size.follows:,} pulled", f"{size.follows:,} followed", total)
        result.at_most(f"CPU a page, {count} crowds pulled, of a page without (at most {limit})", ratio, limit)
