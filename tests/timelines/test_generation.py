"""The number in every key: raised in PostgreSQL, passed on by Redis, known everywhere a second later."""

import time

import pytest
from django.db import connection
from django.test import TestCase

from stores import redis
from tests.timelines.lists import Stored, rebuild, stored
from timelines import generation, tasks
from timelines.models import Generation

pytestmark = pytest.mark.django_db


def raised() -> int:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return generation.raise_number()


def test_it_begins_with_one_and_rises_by_one() -> None:
    assert (generation.stored(), generation.current()) == (1, 1)
    assert raised() == 2
    assert (generation.stored(), generation.current()) == (2, 2)
    assert Generation.objects.count() == 1


def test_redis_passes_it_on() -> None:
    generation.current()
    generation.forget_kept()

    def refuse(*args: object) -> object:
        raise AssertionError("PostgreSQL was asked")

    with connection.execute_wrapper(refuse):
        assert generation.current() == 1


def test_a_process_keeps_it_for_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    generation.current()
    Generation.objects.update_or_create(pk=1, defaults={"number": 9})
    redis.timelines().flushall()
    assert generation.current() == 1
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 1.1)
    assert generation.current() == 9


def test_a_number_is_not_taken_from_redis_while_it_is_being_raised() -> None:
    generation.current()
    generation.raise_number()  # not committed yet, or the process died right after
    assert redis.timelines().get(generation.REDIS_KEY) == b""
    assert 10 < redis.timelines().ttl(generation.REDIS_KEY) <= generation.BLOCKED_SECONDS
    generation.forget_kept()
    assert generation.current() == 2


def test_a_redis_that_was_not_looked_at_before_changes_nothing() -> None:
    rebuild(7, [1])
    assert not generation.watch()
    assert not generation.watch()
    assert stored(7) == Stored(0, [1])


def test_another_redis_than_before_makes_everything_cold() -> None:
    generation.watch()
    rebuild(7, [1])
    Generation.objects.update(redis_runs=["another"])
    with TestCase.captureOnCommitCallbacks(execute=True):
        tasks.watch_redis()
    assert stored(7) is None
    assert generation.stored() == 2
    assert not generation.watch()
