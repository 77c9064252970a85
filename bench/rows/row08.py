"""A hot tweet: very many likes of one, held against as many likes of very many."""

import time
from collections.abc import Sequence
from functools import partial

from bench import calls, posting, readers, world
from bench.load import Request
from bench.measuring import Done, Result, Rounds, look, rate, total
from bench.sizes import Size
from bench.stage import Stage
from stores.counts import SHOWN_SECONDS
from tweets.counts import tweets as counts
from tweets.models import Tweet

CLIENTS = 32


def measure(stage: Stage, size: Size) -> Result:
    world.build(world.Shape(size.people, size.follows, size.tweets))
    headers = readers.bearers(range(1, size.likes + 1))
    oldest = _oldest_originals((size.likes + 1) * size.rounds)
    wrong = 0
    taken = []
    with stage.running("web", "worker", "beat"):
        for place in range(size.rounds):
            hot, *others = oldest[place :: size.rounds]
            of_one = look(stage, partial(_like, stage, headers, [hot] * size.likes))
            of_many = look(stage, partial(_like, stage, headers, others))
            wrong += _wrong_in_the_end({hot: size.likes} | dict.fromkeys(others, 1))
            taken.append({"of one tweet": of_one, "of as many tweets": of_many})
    rounds = Rounds(taken)
    result = Result("A hot tweet", "like", {name: rounds.median(name) for name in rounds.names()})
    one, many = rounds.names()
    ratio = rounds.ratio(one, many, total)
    result.at_most("CPU a like of one tweet, of a like of many (at most 1.5)", ratio, 1.5)
    slower = rounds.ratio(many, one, rate)
    result.at_most("likes/s of many tweets, of those of one (at most 1.5)", slower, 1.5)
    result.exactly(f"tweets whose likes are not exact after {SHOWN_SECONDS} s, shown or stored", wrong, 0)
    result.notes.append(
        f"{size.likes:,} people like one tweet each, by REST with a token, {CLIENTS} clients at once (of Python: they "
        "share the machine); CPU until the last count is settled, by worker and beat."
    )
    return result


def _oldest_originals(count: int) -> list[int]:
    """Nobody in this world has liked these yet."""
    return list(Tweet.objects.filter(retweet_of=None).order_by("pk").values_list("pk", flat=True)[:count])


def _like(stage: Stage, headers: Sequence[str], tweet_ids: Sequence[int]) -> Done:
    likes = [
        Request(f"/api/tweets/{tweet_id}/like/", header, "POST")
        for header, tweet_id in zip(headers, tweet_ids, strict=True)
    ]
    done = calls.make(stage, likes, CLIENTS)
    posting.wait_until_settled()
    return done


def _wrong_in_the_end(likes: dict[int, int]) -> int:
    """A count that was loaded between a like's commit and its raise has that like twice until it is loaded anew."""
    until = time.monotonic() + SHOWN_SECONDS + 1
    while (wrong := _wrong(likes)) and time.monotonic() < until:
        time.sleep(1)
    return wrong


def _wrong(likes: dict[int, int]) -> int:
    stored = dict(Tweet.objects.filter(pk__in=likes).values_list("pk", "likes_count"))
    shown = counts.shown(list(likes))
    return sum((stored[each], shown[each]["likes"]) != (count, count) for each, count in likes.items())
