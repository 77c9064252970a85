"""Cold inboxes: what the first page costs whoever comes back, and what a rebuild alone."""

from collections.abc import Callable, Mapping, Sequence

from bench import calls, copying, readers, world
from bench.load import Request
from bench.measuring import Done, Result, Rounds, Run, look
from bench.rows.row01 import HOME
from bench.servers import plain_redis
from bench.sizes import Size
from bench.stage import Here, Stage
from timelines import home, inbox
from timelines.inbox import INBOX


def measure(stage: Stage, size: Size) -> Result:
    shape = world.Shape(size.people, size.follows, size.tweets)
    world.build(shape)
    everybody, compared = world.mixed(shape), (size.follows, size.followed[-1])
    people = {count: world.newcomers(size.cold, everybody[:count]) for count in compared}
    pages = {count: [Request(HOME, each) for each in readers.bearers(people[count])] for count in compared}
    copying.tidy()
    with stage.running("web"):
        calls.make(stage, [each for group in pages.values() for each in group])
        rounds = Rounds([_round(stage, people, pages) for _ in range(size.rounds)])
    result = Result("Cold inboxes", "reader", {name: rounds.median(name) for name in rounds.names()})
    cost = result.lines[f"first page, {size.follows:,} followed"].total
    result.at_most(f"CPU of the first page at {size.follows} followed (at most 30 ms)", cost, 30, " ms")
    result.notes.append(
        f"{size.cold} readers a round, one after the other; {size.people:,} people, {size.tweets:,} tweets. "
        "`first page`: over REST, when the inbox was forgotten; the page rebuilds it. `all of Redis cold`: after "
        "FLUSHALL, so that the first readers also load the cards, people and counts that the others find. "
        f"`rebuild`: the newest {inbox.half()} ids, the ties and the crowds, without a page, in the bench's process."
    )
    return result


def _round(stage: Stage, people: Mapping[int, Sequence[int]], pages: Mapping[int, Sequence[Request]]) -> dict[str, Run]:
    taken = {}
    for count, reader_ids in people.items():
        inbox.forget(INBOX, reader_ids)
        taken[f"first page, {count:,} followed"] = look(stage, _asking(stage, pages[count]))
    for count in people:
        plain_redis().flushall()
        taken[f"first page, {count:,} followed, all of Redis cold"] = look(stage, _asking(stage, pages[count]))
    for count, reader_ids in people.items():
        inbox.forget(INBOX, reader_ids)
        taken[f"rebuild, {count:,} followed"] = look(Here(stage), _rebuilding(reader_ids))
    return taken


def _asking(stage: Stage, pages: Sequence[Request]) -> Callable[[], Done]:
    return lambda: calls.make(stage, pages)


def _rebuilding(reader_ids: Sequence[int]) -> Callable[[], Done]:
    return lambda: Done(sum(home.rebuild(INBOX, each) for each in reader_ids))
