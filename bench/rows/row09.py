"""What must not cost more because there is much: following an author who has written much."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from bench import calls, copying, posting, readers, world
from bench.load import Request
from bench.measuring import Done, Result, in_turn, total
from bench.rows.row01 import HOME
from bench.sizes import Size
from bench.stage import Stage

FEW = 8
MOST_MORE = 1.3


def measure(stage: Stage, size: Size) -> Result:
    shape = world.Shape(size.people, size.follows, size.tweets)
    world.build(shape)
    result = Result("What stands behind must not be paid for", "call")
    _following(stage, size, result)
    result.notes.append(
        f"`follow`, `unfollow`: POST and DELETE by {size.cold} readers who follow {size.follows} others, of an author "
        "with so many tweets, all newer than those of the others; CPU with web, worker and beat until the event is "
        f"dealt with. `then home`: the reader's next page, which rebuilds the inbox. Constant is taken for at most "
        f"{MOST_MORE} times."
    )
    return result


# --- Follows -----------------------------------------------------------------------------------------------------


def _following(stage: Stage, size: Size, result: Result) -> None:
    authors = {f"of {tweets} tweets": _author(tweets) for tweets in (FEW, size.recent)}
    reader_ids = list(range(1, size.cold + 1))
    readers.warm_up(reader_ids)
    headers = readers.bearers(reader_ids)
    copying.tidy()
    works: dict[str, Callable[[], Done]] = {}
    for name, author in authors.items():
        works |= _works(stage, name, author, headers)
    with stage.running("web", "worker", "beat"):
        for work in works.values():
            work()
        rounds = in_turn(stage, works, size.rounds)
    result.lines |= {name: rounds.median(name) for name in rounds.names()}
    few, many = authors
    for step in ("follow", "home after a follow", "unfollow", "home after an unfollow"):
        ratio = rounds.ratio(f"{step}, {many}", f"{step}, {few}", total)
        result.at_most(f"CPU, {step}: {many}, over {few} (at most {MOST_MORE})", ratio, MOST_MORE)


def _author(tweets: int) -> str:
    """The name of somebody who has just written so much."""
    (author_id,) = world.newcomers(1)
    posting.leave_undelivered()
    posting.post([author_id] * tweets)
    posting.forget_events()
    return f"p{author_id}"


def _works(stage: Stage, name: str, author: str, headers: Sequence[str]) -> Mapping[str, Callable[[], Done]]:
    address = f"/api/users/{author}/follow/"
    homes = partial(calls.make, stage, [Request(HOME, each) for each in headers])
    return {
        f"follow, {name}": partial(_change, stage, [Request(address, each, "POST") for each in headers]),
        f"home after a follow, {name}": homes,
        f"unfollow, {name}": partial(_change, stage, [Request(address, each, "DELETE") for each in headers]),
        f"home after an unfollow, {name}": homes,
    }


def _change(stage: Stage, requests: Sequence[Request]) -> Done:
    done = calls.make(stage, requests)
    posting.wait_until_delivered()
    return done
