"""The same home page by the usual join of tweets, follows and users."""

from functools import partial

from bench import calls, readers, world
from bench.load import Request, Rotation
from bench.measuring import Result, Rounds, in_turn, rate, total
from bench.rows.row01 import CLIENTS, HOME
from bench.sizes import Size
from bench.stage import Stage

CONNECTIONS = 8
NAIVE = "/api/yardsticks/naive/"


def measure(stage: Stage, size: Size) -> Result:
    result = Result("The same page by the naive join", "page")
    for tweets in size.archives:
        _compare(size, tweets, _archive(stage, size, tweets), result)
    result.notes.append(
        f"{size.readers:,} readers in rotation, {CONNECTIONS} at once, each following {size.follows} of "
        f"{size.people:,} people. `naive`: one query joins tweets, the reader's follows and the users, a second "
        "one the tweets retweeted and quoted, a third the reader's likes; the rows become JSON by orjson. Same "
        "authentication, limits, middleware and indexes; no rule against strangers' answers and repeats, no "
        "marks but likes."
    )
    return result


def _archive(stage: Stage, size: Size, tweets: int) -> Rounds:
    world.build(world.Shape(size.people, size.follows, tweets))
    reader_ids = list(range(1, size.readers + 1))
    readers.warm_up(reader_ids)
    headers = readers.bearers(reader_ids)
    asked = {name: [Request(path, each) for each in headers] for name, path in (("home", HOME), ("naive", NAIVE))}
    rotations = {name: Rotation.of(stage, name, requests) for name, requests in asked.items()}
    with stage.running("web"):
        calls.make(stage, [*asked["home"], *asked["home"], *asked["naive"][:20]], CLIENTS)
        works = {name: partial(each.load, stage, CONNECTIONS, size.seconds) for name, each in rotations.items()}
        return in_turn(stage, works, size.rounds)


def _compare(size: Size, tweets: int, rounds: Rounds, result: Result) -> None:
    for name in rounds.names():
        result.lines[f"{name}, {tweets:,} tweets"] = rounds.median(name)
    result.stated(f"CPU of the naive join, of home's, {tweets:,} tweets", f"{rounds.ratio('naive', 'home', total):.3g}")
    speed = rounds.ratio("home", "naive", rate)
    result.stated(f"requests/s of home, of the naive join's, {tweets:,} tweets", f"{speed:.3g}")
