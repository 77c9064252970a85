"""Lists of crowds, asked for with plain commands: they must say what the script says, or leave it to the script."""

import random
from itertools import product

import pytest
from django.conf import LazySettings

from stores import redis
from tests.timelines.lists import deliver, rebuild
from timelines import generation, inbox, pulled
from timelines.inbox import AUTHORED, TAGGED, Held

pytestmark = pytest.mark.django_db

DAY = 86400
CROWD = 7
LISTS = [(AUTHORED, CROWD), (AUTHORED, 8), (TAGGED, 9)]


def know_them() -> None:
    """Let the script see the lists, so that from now on they are asked plainly."""
    pulled.read(LISTS, None, None, 3)


def test_plain_commands_say_above_their_floor_what_the_script_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulled, "NEAR", 12)
    chance = random.Random(1)
    for kind, owner_id in LISTS:
        rebuild(owner_id, sorted(chance.sample(range(1, 100), 40)), kind=kind)
    cursors = [(None, None), *((each, None) for each in range(0, 102, 3)), *((None, each) for each in range(0, 102, 3))]
    for (before, since), count in product(cursors, (1, 3, 30)):
        pulled.read(LISTS, before, since, count)
        plain = pulled.read(LISTS, before, since, count)
        for mine, other in zip(plain, inbox.read(LISTS, before, since, count), strict=True):
            assert mine
            assert other
            assert mine.ids == other.ids
            assert mine.floor >= other.floor
            assert since is None or mine.floor <= since


def test_a_list_that_became_cold_or_is_being_built_is_not_taken_for_an_empty_one() -> None:
    for kind, owner_id in LISTS:
        rebuild(owner_id, [3, 5], kind=kind)
    know_them()
    assert pulled.read(LISTS, None, None, 3) == [Held(0, (3, 5))] * 3
    inbox.forget(AUTHORED, [CROWD])
    inbox.forget(TAGGED, [9])
    assert inbox.begin(TAGGED, 9)
    for each in range(10, 13):
        deliver(9, each, kind=TAGGED)
    assert pulled.read(LISTS, None, None, 3) == [None, Held(0, (3, 5)), None]
    rebuild(CROWD, [3], kind=AUTHORED)
    assert pulled.read(LISTS, None, None, 3) == [Held(0, (3,)), Held(0, (3, 5)), None]


def test_what_is_delivered_is_there_at_once() -> None:
    for kind, owner_id in LISTS:
        rebuild(owner_id, [3, 5], kind=kind)
    know_them()
    deliver(CROWD, 9, kind=AUTHORED)
    assert pulled.read(LISTS, None, None, 3) == [Held(0, (3, 5, 9)), Held(0, (3, 5)), Held(0, (3, 5))]


def test_a_raised_generation_makes_all_of_them_cold() -> None:
    for kind, owner_id in LISTS:
        rebuild(owner_id, [3, 5], kind=kind)
    know_them()
    generation.raise_number()
    generation.forget_kept()
    assert pulled.read(LISTS, None, None, 3) == [None] * 3


def test_each_process_prolongs_the_life_of_a_list_once_in_a_while(
    monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    settings.INBOX_DAYS = 30
    for kind, owner_id in LISTS:
        rebuild(owner_id, [3, 5], kind=kind)
    keys = [inbox.key(*each) for each in LISTS]

    def age() -> None:
        for key in keys:
            redis.timelines().expire(key, 5 * DAY)

    age()
    pulled.read(LISTS, None, None, 3)
    assert [redis.timelines().ttl(key) for key in keys] == [30 * DAY] * 3
    age()
    pulled.read(LISTS, None, None, 3)
    assert [redis.timelines().ttl(key) for key in keys] == [5 * DAY] * 3
    monkeypatch.setattr("time.monotonic", lambda: 1e12)
    pulled.read(LISTS, None, None, 3)
    assert [redis.timelines().ttl(key) for key in keys] == [30 * DAY] * 3
