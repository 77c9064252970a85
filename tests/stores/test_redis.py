"""A Redis that is away is asked once, and by one."""

from collections.abc import Iterator
from threading import Barrier

import pytest
from pytest_django.fixtures import Settings
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from stores import redis, wire
from stores.redis import Away, Breaker
from tests.threads import at_once


@pytest.fixture
def breaker() -> Iterator[Breaker]:
    found = redis.timelines().breaker
    yield found
    found.reset()


def test_a_server_that_failed_is_left_alone(breaker: Breaker) -> None:
    breaker.trip()
    for ask in (lambda: redis.timelines().get("key"), lambda: wire.ask([("GET", "key")])):
        with pytest.raises(Away):
            ask()


def test_after_the_pause_one_tries_and_the_others_wait(breaker: Breaker, settings: Settings) -> None:
    settings.REDIS_BREAK_SECONDS = 0
    breaker.trip()
    settings.REDIS_BREAK_SECONDS = 60
    start = Barrier(8)

    def tries() -> bool:
        start.wait()
        try:
            breaker.check()
        except Away:
            return False
        return True

    assert sorted(at_once(*[tries] * 8)) == [False] * 7 + [True]


def test_once_it_answers_everybody_is_let_through(breaker: Breaker, settings: Settings) -> None:
    settings.REDIS_BREAK_SECONDS = 0
    breaker.trip()
    settings.REDIS_BREAK_SECONDS = 60
    assert redis.timelines().get("key") is None
    assert wire.ask([("GET", "key")] * 2) == [None, None]


def test_an_answer_that_refuses_is_an_answer(breaker: Breaker, settings: Settings) -> None:
    settings.REDIS_BREAK_SECONDS = 0
    breaker.trip()
    settings.REDIS_BREAK_SECONDS = 60
    with pytest.raises(ResponseError):
        wire.ask([("NONSENSE",)])
    assert redis.timelines().get("key") is None


def test_a_try_that_fails_begins_the_pause_anew(breaker: Breaker) -> None:
    with pytest.raises(RedisConnectionError), breaker.watching():
        raise RedisConnectionError
    with pytest.raises(Away):
        breaker.check()
