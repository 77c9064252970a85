"""Live: one author, very many open sockets on one process."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from functools import partial

from accounts.models import User
from bench import cpu, readers, sockets, world
from bench.measuring import Done, Result, Rounds, in_turn, look, percentile
from bench.sizes import Size
from bench.sockets import Crowd, Silent
from bench.stage import Stage
from timelines import live
from tweets.actions import post_tweet

TIMES = 20
WITHIN_MS = 500
IDLE_SECONDS = 30
_RETRY_SECONDS = 1.0
_SETTLED_SECONDS = 2


def measure(stage: Stage, size: Size) -> Result:
    sockets.allow_files(2 * size.sockets)
    world.build(world.Shape(size.people, size.follows, size.tweets))
    (author_id,) = world.newcomers(1)
    listeners = world.newcomers(size.sockets, [author_id])
    headers = readers.bearers(listeners)
    result = Result("Live", "message")
    with stage.running("live", "worker"), closing(Crowd(stage)) as crowd:
        before = cpu.resident_bytes(stage.processes()["live"])
        crowd.open(headers)
        _wait_until_all_listen(crowd, author_id)
        _told(stage, size, crowd, author_id, result)
        _idle(stage, size, before, result)
    result.notes.append(
        f"{size.sockets:,} people follow one author, each with a socket (by token) to one live process. `published`: "
        "from `live.publish` to the message in the last socket. `posted`: from the call of `post_tweet`, through the "
        f"event and the worker, to the same. {min(TIMES, size.published)} a round; CPU is of one message to one "
        f"socket. Idle: nothing is said for {min(IDLE_SECONDS, 10 * size.seconds)} s; each socket looks again at its "
        "token twice a minute."
    )
    return result


def _wait_until_all_listen(crowd: Crowd, author_id: int) -> None:
    """They join their groups one by one after they were let in, and do not say when."""
    until, place = time.monotonic() + sockets.PATIENCE_SECONDS, 0
    while True:
        place += 1
        with suppress(Silent):
            _publish(crowd, author_id, place, _RETRY_SECONDS)
            return
        if time.monotonic() > until:
            raise Silent("not all have joined")


def _publish(crowd: Crowd, author_id: int, number: int, patience: float = sockets.PATIENCE_SECONDS) -> float:
    """
    Returns:
        Milliseconds until the last one heard it.
    """
    crowd.expect(f'"{number}"')
    began = time.perf_counter()
    live.publish([live.posted(number, author_id, None)])
    return (crowd.wait(patience) - began) * 1000


def _post(crowd: Crowd, author: User) -> float:
    """As `_publish`; what is said is not known before, so everything counts."""
    crowd.expect('"tweet"')
    began = time.perf_counter()
    post_tweet(author=author, text="To all who listen.")
    return (crowd.wait() - began) * 1000


def _told(stage: Stage, size: Size, crowd: Crowd, author_id: int, result: Result) -> None:
    author, numbers = User.objects.get(pk=author_id), iter(range(10**6, 10**9))
    taken: dict[str, list[float]] = {"published": [], "posted": []}
    ways = {"published": lambda: _publish(crowd, author_id, next(numbers)), "posted": lambda: _post(crowd, author)}
    times = min(TIMES, size.published)
    works = {name: partial(_repeated, way, times, size.sockets, taken[name]) for name, way in ways.items()}
    rounds: Rounds = in_turn(stage, works, size.rounds)
    result.lines |= {name: rounds.median(name) for name in rounds.names()}
    for name, every in taken.items():
        last = percentile(every, 95)
        result.at_most(f"p95 from {name} to the last of {size.sockets:,} sockets ({WITHIN_MS} ms)", last, 500, " ms")


def _repeated(timed: Callable[[], float], times: int, listeners: int, all_taken: list[float]) -> Done:
    taken = [timed() for _ in range(times)]
    all_taken += taken
    return Done(times * listeners, percentile(taken, 50), percentile(taken, 99), sum(taken) / 1000)


def _idle(stage: Stage, size: Size, before: int, result: Result) -> None:
    time.sleep(min(_SETTLED_SECONDS, 10 * size.seconds))
    seconds = min(IDLE_SECONDS, 10 * size.seconds)
    run = look(stage, partial(_wait, seconds, size.sockets))
    held = (cpu.resident_bytes(stage.processes()["live"]) - before) / size.sockets
    result.stated("CPU an idle socket and hour, live process", f"{run.cpu['live'] * 3600:,.0f} ms")
    result.stated("CPU an idle socket and hour, Redis and PostgreSQL", f"{_of_servers(run.cpu) * 3600:,.0f} ms")
    result.stated("memory of the live process for a socket", f"{held / 1024:,.1f} KB")
    result.stated("memory of the live process without any", f"{before / 1024**2:,.0f} MB")


def _wait(seconds: int, listeners: int) -> Done:
    time.sleep(seconds)
    return Done(seconds * listeners)


def _of_servers(spent: Mapping[str, float]) -> float:
    return spent["redis"] + spent["postgres"]
