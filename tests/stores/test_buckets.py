"""Buckets of calls: what both of their keepers promise, Redis and PostgreSQL's rows."""

import time
from types import ModuleType

import pytest

from stores import bucket_rows, buckets, redis
from stores.buckets import Bucket, rate
from stores.models import BucketRow
from tests.threads import at_once

HOUR = 3600


def bucket(name: str, calls: int, seconds: int = HOUR) -> Bucket:
    return Bucket(name, rate(calls, seconds))


@pytest.fixture(params=[buckets, bucket_rows], ids=["redis", "rows"])
def keeper(request: pytest.FixtureRequest, db: None) -> ModuleType:
    module: ModuleType = request.param
    return module


class TestBoth:
    def test_a_bucket_gives_what_it_holds_and_no_more(self, keeper: ModuleType) -> None:
        ten = [bucket("ten", 10)]
        verdicts = [keeper.take(ten) for _ in range(12)]
        assert [each.remaining for each in verdicts] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0]
        assert [each.allowed for each in verdicts] == [True] * 10 + [False] * 2
        assert {each.limit for each in verdicts} == {10}

    def test_it_says_when_to_come_back_and_when_it_will_be_full(self, keeper: ModuleType) -> None:
        ten = [bucket("ten", 10)]
        assert keeper.take(ten).reset == HOUR / 10
        for _ in range(9):
            keeper.take(ten)
        refusal = keeper.take(ten)
        assert HOUR / 10 - 5 <= refusal.wait <= HOUR / 10
        assert HOUR - 5 <= refusal.reset <= HOUR

    def test_calls_come_back_evenly(self, keeper: ModuleType) -> None:
        quick = [bucket("quick", 5, 1)]
        assert sum(keeper.take(quick).allowed for _ in range(6)) == 5
        time.sleep(0.41)
        assert [keeper.take(quick).allowed for _ in range(4)] == [True, True, False, False]

    def test_if_one_is_empty_none_gives(self, keeper: ModuleType) -> None:
        few, many = bucket("few", 2), bucket("many", 10)
        assert [keeper.take([few, many]).allowed for _ in range(5)] == [True, True, False, False, False]
        assert keeper.take([many]).remaining == 7

    @pytest.mark.parametrize("names", [("few", "many"), ("many", "few")])
    def test_it_tells_of_the_one_nearest_to_its_end(self, keeper: ModuleType, names: tuple[str, str]) -> None:
        both = {"few": bucket("few", 2), "many": bucket("many", 10)}
        verdict = keeper.take([both[name] for name in names])
        assert (verdict.limit, verdict.remaining, verdict.reset) == (2, 1, HOUR / 2)

    def test_of_several_empty_ones_the_last_to_give_is_waited_for(self, keeper: ModuleType) -> None:
        one, other = bucket("one", 1, HOUR), bucket("other", 1, 2 * HOUR)
        keeper.take([one, other])
        assert 2 * HOUR - 5 <= keeper.take([one, other]).wait <= 2 * HOUR

    def test_what_is_given_back_may_be_taken_again(self, keeper: ModuleType) -> None:
        two = [bucket("two", 2)]
        for _ in range(5):
            assert keeper.take(two).allowed
            keeper.give_back(two)
        assert keeper.take(two).remaining == 1

    def test_what_was_never_taken_can_not_be_given_back(self, keeper: ModuleType) -> None:
        two = [bucket("two", 2)]
        keeper.give_back(two)
        assert [keeper.take(two).allowed for _ in range(3)] == [True, True, False]

    def test_a_filled_one_is_full(self, keeper: ModuleType) -> None:
        two, other = [bucket("two", 2)], [bucket("other", 2)]
        for _ in range(3):
            keeper.take(two + other)
        keeper.fill(two)
        assert (keeper.take(two).remaining, keeper.take(other).allowed) == (1, False)

    @pytest.mark.django_db(transaction=True)
    def test_of_twenty_at_once_exactly_as_many_pass_as_there_are_calls(self, keeper: ModuleType) -> None:
        few, many = bucket("few", 7), bucket("many", 100)
        orders = [[few, many], [many, few]]
        verdicts = at_once(*[lambda n=n: keeper.take(orders[n % 2]) for n in range(20)])
        assert sum(each.allowed for each in verdicts) == 7
        assert keeper.take([many]).remaining == 100 - 7 - 1


class TestRedis:
    def test_a_full_bucket_takes_no_memory(self) -> None:
        buckets.take([bucket("quick", 10, 1)])
        assert redis.timelines().keys("{limits}*")
        time.sleep(0.15)
        assert not redis.timelines().keys("{limits}*")

    def test_a_clock_that_stepped_back_keeps_nobody_out_for_longer_than_the_bucket_takes_to_fill(self) -> None:
        in_a_year = (time.time() + 365 * 24 * HOUR) * buckets.MICROSECONDS
        redis.timelines().set("{limits}:ten", int(in_a_year))
        assert buckets.take([bucket("ten", 10)]).wait == HOUR / 10

    def test_a_server_that_forgot_its_scripts_is_told_them_again(self) -> None:
        buckets.take([bucket("ten", 10)])
        redis.timelines().script_flush()
        assert buckets.take([bucket("ten", 10)]).remaining == 8


@pytest.mark.django_db
class TestRows:
    def test_those_of_full_buckets_are_swept(self) -> None:
        bucket_rows.take([bucket("quick", 100, 1)])
        bucket_rows.take([bucket("slow", 100)])
        time.sleep(0.02)
        assert bucket_rows.sweep() == 1
        assert [row.name for row in BucketRow.objects.all()] == ["slow"]
