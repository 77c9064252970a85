"""Home over REST with warm inboxes, by readers in rotation."""

from functools import partial

from bench import calls, readers, world
from bench.load import Request, Rotation
from bench.measuring import Result, Rounds, in_turn, rate
from bench.sizes import Size
from bench.stage import Stage

HOME = "/api/timelines/home/"
CONNECTIONS = (1, 8, 32)
CLIENTS = 4


def measure(stage: Stage, size: Size) -> Result:
    world.build(world.Shape(size.people, size.follows, size.tweets))
    reader_ids = list(range(1, size.readers + 1))
    readers.warm_up(reader_ids)
    headers = readers.bearers(reader_ids)
    with stage.running("web"):
        requests = [Request(HOME, each) for each in headers]
        page = Rotation.of(stage, "home", requests)
        bytes_a_page = page.size_of_answer(stage)
        yardstick, bare = (
            Rotation.of(
                stage, name, (Request(f"/api/yardsticks/{name}/?bytes={bytes_a_page}", each) for each in headers)
            )
            for name in ("constant", "bare")
        )
        calls.make(stage, 2 * requests, CLIENTS)  # what could be cached is, from here on
        rotations = {"home": page, "constant": yardstick, "bare": bare}
        rounds = in_turn(
            stage,
            {
                f"{name}, {connections} at once": partial(rotation.load, stage, connections, size.seconds)
                for connections in CONNECTIONS
                for name, rotation in rotations.items()
            },
            size.rounds,
        )
    return _result(size, rounds, bytes_a_page)


def _result(size: Size, rounds: Rounds, bytes_a_page: int) -> Result:
    result = Result("Home over REST, warm inboxes", "page", {name: rounds.median(name) for name in rounds.names()})
    for connections in CONNECTIONS:
        home, constant = f"home, {connections} at once", f"constant, {connections} at once"
        share = rounds.ratio(home, constant, rate)
        result.at_least(f"requests/s, of the constant view's, {connections} at once (at least 0.5)", share, 0.5)
        cost = result.lines[home].total
        result.at_most(f"CPU a page, {connections} at once (at most 0.5 ms)", cost, 0.5, " ms")
    at_8 = result.lines["home, 8 at once"]
    result.at_most("p99 over p50, 8 at once (under 5)", (at_8.p99 or 0) / (at_8.p50 or 1), 5)
    result.notes.append(
        f"{size.readers:,} readers in rotation, each following {size.follows} of {size.people:,} people; "
        f"{size.tweets:,} tweets; {bytes_a_page:,} bytes a page of 20 with the viewer's marks. "
        "`constant`: a DRF view with the same authentication, limits and middleware and as many bytes. "
        "`bare`: a Django view with none of them."
    )
    return result
