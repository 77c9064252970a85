"""Publishing: how long the author waits, and how long until the last reader can see it."""

import http.client
import json
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from itertools import cycle
from struct import pack

from django.conf import settings
from redis.client import PubSub

from accounts.models import User
from bench import calls, copying, posting, readers, world
from bench.load import Request, Rotation
from bench.measuring import Done, Result, Rounds, in_turn, look, percentile
from bench.rows.row01 import HOME
from bench.servers import commands_of, plain_redis, wal_bytes
from bench.sizes import Size
from bench.stage import Stage
from timelines import fanout, inbox, live
from timelines.inbox import INBOX
from tweets.actions import post_tweet
from tweets.models import Tweet

AT_ONCE = 8
WATCHING = 20
FEW = 10
PATIENCE_SECONDS = 60
WITHIN_MS = 250


class NotHeard(Exception):
    """Nobody said that a tweet was delivered."""


def measure(stage: Stage, size: Size) -> Result:
    shape = world.Shape(size.people, size.follows, size.tweets)
    world.build(shape)
    result = Result("Publishing", "tweet")
    authors = {followers: _author(range(1, followers + 1)) for followers in size.followers}
    crowd, watching = _crowd(size)
    _commands(crowd, size, result)
    copying.tidy()
    readers.warm_up([*range(1, size.people + 1), *watching])
    readers.warm_up_crowds([crowd])
    with stage.running("web", "worker", "beat"):
        _posting(stage, size, result)
        for followers, author_id in authors.items():
            _until_delivered(stage, size, author_id, range(1, followers + 1), result)
        _until_pulled(stage, size, crowd, watching, result)
    result.notes.append(
        f"{size.people:,} people, all with warm inboxes. `POST`: by {size.readers:,} authors in rotation with "
        f"{size.follows} followers each, who have looked at home before, deliveries included in the CPU. "
        f"`last of`: {size.published} tweets one after the other by one author, timed from before the POST until the "
        "live hint, which follows the last delivery; then every follower's inbox is looked into. "
        f"`pulled`: an author with {size.crowd:,} followers, who "
        "are people with rows, follows and no inboxes but the few who look; timed until one's home shows it."
    )
    return result


def _author(follower_ids: Sequence[int]) -> int:
    (author_id,) = world.newcomers(1)
    world.follow(author_id, follower_ids)
    return author_id


def _crowd(size: Size) -> tuple[int, list[int]]:
    """An author who is pulled by very many, and some of these."""
    (author_id,) = world.newcomers(1)
    followers = world.newcomers(size.crowd)
    world.crowd(author_id, followers)
    return author_id, followers[:: size.crowd // WATCHING][:WATCHING]


# --- How many questions ------------------------------------------------------------------------------------------


def _commands(crowd: int, size: Size, result: Result) -> None:
    """What posting and delivering asks of the servers, for a crowd and for one who is pulled by a few."""
    (small,) = world.newcomers(1)
    world.crowd(small, range(1, FEW + 1))
    posting.leave_undelivered()
    people = User.objects.in_bulk([small, crowd])
    for author in (*people.values(), people[small], people[crowd]):  # at first scripts have to be sent
        counted = commands_of(partial(_post_and_deliver, author))
        if author.pk == small:
            of_few = counted
    result.stated(f"commands of Redis and statements of SQL, {FEW} followers", "{} and {}".format(*of_few))
    result.stated(f"commands of Redis and statements of SQL, {size.crowd:,} followers", "{} and {}".format(*counted))
    result.exactly("more of them for the crowd", sum(counted) - sum(of_few), 0)


def _post_and_deliver(author: User) -> None:
    post_tweet(author=author, text="Something worth counting.")
    fanout.drain()


# --- How fast it is taken ----------------------------------------------------------------------------------------


def _posting(stage: Stage, size: Size, result: Result) -> None:
    headers = readers.bearers(range(1, size.readers + 1))
    posts = [_post(header, "Posted, and on its way.") for header in headers]
    rotation = Rotation.of(stage, "posts", posts)
    calls.make(stage, [Request(HOME, header) for header in headers])
    calls.make(stage, posts[:WATCHING])
    works: dict[str, Callable[[], Done]] = {
        "POST, 1 at once": partial(_delivered, partial(calls.make, stage, posts[: size.published])),
        f"POST, {AT_ONCE} at once": partial(_delivered, partial(rotation.load, stage, AT_ONCE, size.seconds)),
    }
    written, tweets = wal_bytes(), Tweet.objects.count()
    rounds: Rounds = in_turn(stage, works, size.rounds)
    result.lines |= {name: rounds.median(name) for name in rounds.names()}
    each = (wal_bytes() - written) / (Tweet.objects.count() - tweets)
    result.stated("bytes of PostgreSQL's write-ahead log a tweet", f"{each:,.0f}")
    result.at_most("p50 of POST, 1 at once (under 10 ms)", result.lines["POST, 1 at once"].p50 or 0, 10, " ms")


def _post(header: str, text: str) -> Request:
    return Request("/api/tweets/", header, "POST", json.dumps({"text": text}))


def _delivered(work: Callable[[], Done]) -> Done:
    """By the clock until the posts are taken, by CPU until they are delivered."""
    began = time.perf_counter()
    done = work()
    seconds = done.seconds or time.perf_counter() - began
    posting.wait_until_delivered()
    return Done(done.operations, done.p50, done.p99, seconds)


# --- How long until they see it ----------------------------------------------------------------------------------


def _until_delivered(stage: Stage, size: Size, author_id: int, follower_ids: Sequence[int], result: Result) -> None:
    (header,) = readers.bearers([author_id])
    name = f"last of {len(follower_ids):,}"
    missing: list[int] = []
    with closing(plain_redis().pubsub()) as hints, closing(_connection(stage)) as web:
        hints.subscribe(_channel(author_id))
        hints.get_message(timeout=PATIENCE_SECONDS)
        publish = partial(_publish, web, hints, header, follower_ids, missing)
        result.lines[name] = look(stage, partial(_repeated, publish, size.published))
    if len(follower_ids) == size.followers[0]:
        result.at_most(f"p99 until the {name} ({WITHIN_MS} ms)", result.lines[name].p99 or 0, WITHIN_MS, " ms")
    result.exactly(f"followers of {len(follower_ids):,} who had not got a tweet by then", sum(missing), 0)


def _connection(stage: Stage) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(stage.addresses.local, stage.addresses.web, timeout=PATIENCE_SECONDS)


def _channel(author_id: int) -> str:
    prefix = settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"]
    return f"{prefix}__group__{live.author_group(author_id)}"


def _repeated(timed: Callable[[], float], times: int) -> Done:
    """
    Args:
        timed: does something once, and says how many milliseconds it took.
    """
    taken = [timed() for _ in range(times)]
    return Done(times, percentile(taken, 50), percentile(taken, 99), sum(taken) / 1000)


def _publish(
    web: http.client.HTTPConnection, hints: PubSub, header: str, follower_ids: Sequence[int], missing: list[int]
) -> float:
    began = time.perf_counter()
    tweet_id = int(json.loads(calls.answer(web, _post(header, "To all who follow.")))["id"])
    if hints.get_message(ignore_subscribe_messages=True, timeout=PATIENCE_SECONDS) is None:
        raise NotHeard(tweet_id)
    taken = (time.perf_counter() - began) * 1000
    missing.append(_without(tweet_id, follower_ids))
    return taken


def _without(tweet_id: int, reader_ids: Sequence[int]) -> int:
    """How many inboxes do not end with this tweet."""
    pipe = plain_redis().pipeline(transaction=False)
    for each in reader_ids:
        pipe.getrange(inbox.key(INBOX, each), -8, -1)
    return sum(newest != pack(">Q", tweet_id) for newest in pipe.execute())


# --- Pulled ------------------------------------------------------------------------------------------------------


def _until_pulled(stage: Stage, size: Size, author_id: int, watching: Sequence[int], result: Result) -> None:
    (header,) = readers.bearers([author_id])
    homes = cycle([Request(HOME, each) for each in readers.bearers(watching)])
    with closing(_connection(stage)) as web:
        publish = partial(_publish_pulled, web, header, homes)
        for _ in watching:
            publish()
        run = look(stage, partial(_repeated, publish, size.published))
    result.lines[f"pulled by {size.crowd:,}, and seen"] = run
    result.at_most(f"p99 until {size.crowd:,} who pull can see it ({WITHIN_MS} ms)", run.p99 or 0, WITHIN_MS, " ms")


def _publish_pulled(web: http.client.HTTPConnection, header: str, homes: "cycle[Request]") -> float:
    began, look_at = time.perf_counter(), next(homes)
    tweet_id = json.loads(calls.answer(web, _post(header, "To a million.")))["id"]
    while json.loads(calls.answer(web, look_at))["results"][0]["id"] != tweet_id:
        if time.perf_counter() - began > PATIENCE_SECONDS:
            raise NotHeard(tweet_id)
    return (time.perf_counter() - began) * 1000
