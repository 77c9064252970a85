"""Fan-out: events drained into the inboxes of warm readers."""

import json
from collections.abc import Sequence
from functools import partial

from bench import calls, inboxes, posting, readers, world
from bench.load import Request
from bench.measuring import Done, Result, Rounds, Run, look
from bench.servers import plain_redis
from bench.sizes import Size
from bench.stage import Stage
from timelines import inbox
from timelines.inbox import INBOX

WORKERS = 2
CLIENTS = 8
SAMPLE = 500
_APPENDS_AT_ONCE = 10_000


def measure(stage: Stage, size: Size) -> Result:
    shape = world.Shape(size.people, size.follows, size.tweets)
    world.build(shape)
    everybody = range(1, size.people + 1)
    readers.warm_up(everybody)
    result = Result("Fan-out", "delivery")
    _prepared(stage, size, shape, result)
    _posted(stage, size, shape, result)
    result.exactly("inboxes that hold more or less than they should", inboxes.holding_wrong_numbers(everybody), 0)
    _memory(size, result)
    result.notes.append(
        f"{size.people:,} warm readers, each following {size.follows} people and followed by as many; {WORKERS} worker "
        f"processes. `prepared`: {size.drained:,} tweets a round, posted by the action, then drained; each makes "
        f"{size.follows + 1} deliveries, its author's among them. `APPEND`: as many raw pipelined APPENDs of 8 bytes "
        f"to strings as many and as long as the inboxes. `posted`: {size.posted:,} tweets POSTed by {CLIENTS} clients "
        "to web, and delivered meanwhile. `per second` is by the clock; by CPU, two cores do 2 s over CPU "
        "per delivery."
    )
    return result


def _authors(shape: world.Shape, count: int) -> list[int]:
    return [world.author_of(shape, place) for place in range(count)]


# --- Prepared events ---------------------------------------------------------------------------------------------


def _prepared(stage: Stage, size: Size, shape: world.Shape, result: Result) -> None:
    rounds = Rounds([_round(stage, size, shape) for _ in range(size.rounds)])
    drained = rounds.median("prepared")
    result.lines |= {"prepared": drained, "APPEND": rounds.median("APPEND")}
    result.at_least("deliveries/s by the clock (500,000)", drained.rate, 500_000)
    result.at_least("deliveries/s, by the CPU two cores have (500,000)", 2000 / drained.total, 500_000)
    result.at_most("Redis' CPU, of a raw APPEND's (at most 2)", rounds.ratio("prepared", "APPEND", _of_redis), 2)


def _of_redis(run: Run) -> float:
    return run.cpu["redis"]


def _round(stage: Stage, size: Size, shape: world.Shape) -> dict[str, Run]:
    posting.leave_undelivered()
    posting.post(_authors(shape, size.drained))
    deliveries = size.drained * (shape.follows + 1)
    with stage.running("worker"):
        drained = look(stage, partial(_drain, deliveries))
    return {"prepared": drained, "APPEND": _appended(stage, size.people, deliveries)}


def _drain(deliveries: int) -> Done:
    posting.deliver(WORKERS)
    return Done(deliveries)


def _appended(stage: Stage, strings: int, appends: int) -> Run:
    client, keys = plain_redis(), [f"raw:{{{each % 64}}}:{each}" for each in range(strings)]
    client.mset({key: b"x" * (8 + 8 * inbox.half()) for key in keys})
    run = look(stage, partial(_append, keys, appends))
    client.delete(*keys)
    return run


def _append(keys: Sequence[str], appends: int) -> Done:
    client = plain_redis()
    for start in range(0, appends, _APPENDS_AT_ONCE):
        pipe = client.pipeline(transaction=False)
        for place in range(start, min(start + _APPENDS_AT_ONCE, appends)):
            pipe.append(keys[place * 7919 % len(keys)], b"01234567")
        pipe.execute()
    return Done(appends)


# --- POSTed tweets -----------------------------------------------------------------------------------------------


def _posted(stage: Stage, size: Size, shape: world.Shape, result: Result) -> None:
    headers = readers.bearers(range(1, min(size.readers, size.people) + 1))
    posts = [_post_request(headers[place % len(headers)], place) for place in range(size.posted)]
    with stage.running("web", "worker", "beat"):
        result.lines["posted"] = look(stage, partial(_post, stage, posts, shape.follows + 1))


def _post_request(header: str, place: int) -> Request:
    return Request("/api/tweets/", header, "POST", json.dumps({"text": f"Posted, and on its way: {place}"}))


def _post(stage: Stage, posts: Sequence[Request], readers_each: int) -> Done:
    done = calls.make(stage, posts, CLIENTS)
    posting.wait_until_delivered()
    return Done(done.operations * readers_each)


# --- Memory ------------------------------------------------------------------------------------------------------


def _memory(size: Size, result: Result) -> None:
    sample = range(1, min(SAMPLE, size.people) + 1)
    held = inboxes.bytes_each(inbox.key(INBOX, each) for each in sample)
    ties = inboxes.bytes_each(map(inboxes.ties_key, sample))
    readers.warm_up([1])
    most = inboxes.most_bytes_while_growing(1, 2 * inbox.half() + 1)
    result.stated("bytes of Redis a reader's inbox, now", f"{held:,.0f}")
    result.at_most("bytes of Redis an inbox, at any moment of its growth (7 KB)", most, 7 * 1024)
    result.stated("bytes of Redis a reader's `ties`", f"{ties:,.0f}")
