"""The HTML page of home, by session, held against the same page over REST."""

from functools import partial

from bench import calls, readers, world
from bench.load import Request, Rotation
from bench.measuring import Result, in_turn, rate, total
from bench.rows.row01 import CLIENTS, HOME
from bench.sizes import Size
from bench.stage import Stage

CONNECTIONS = (1, 8)


def measure(stage: Stage, size: Size) -> Result:
    world.build(world.Shape(size.people, size.follows, size.tweets))
    reader_ids = list(range(1, size.readers + 1))
    readers.warm_up(reader_ids)
    html = [Request("/", each) for each in readers.browsers(reader_ids)]
    json = [Request(HOME, each) for each in readers.bearers(reader_ids)]
    rotations = {"HTML": Rotation.of(stage, "html", html), "REST": Rotation.of(stage, "rest", json)}
    with stage.running("web"):
        bytes_a_page = rotations["HTML"].size_of_answer(stage)
        calls.make(stage, 2 * [*html, *json], CLIENTS)
        works = {
            f"{name}, {connections} at once": partial(rotation.load, stage, connections, size.seconds)
            for connections in CONNECTIONS
            for name, rotation in rotations.items()
        }
        rounds = in_turn(stage, works, size.rounds)
    result = Result("The HTML home page, by session", "page", {name: rounds.median(name) for name in rounds.names()})
    for connections in CONNECTIONS:
        page, call = (f"{name}, {connections} at once" for name in rotations)
        result.at_most(f"CPU, of REST's, {connections} at once (at most 3)", rounds.ratio(page, call, total), 3)
        speed = rounds.ratio(call, page, rate)
        result.at_most(f"REST's requests/s, of HTML's, {connections} at once (at most 3)", speed, 3)
    result.notes.append(
        f"{size.readers:,} readers in rotation, each following {size.follows} of {size.people:,} people; "
        f"{size.tweets:,} tweets; {bytes_a_page:,} bytes a page of 20 tweets, uncompressed."
    )
    return result
