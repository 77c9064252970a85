"""The packed list and its three verbs, in a real Redis."""

import random
from collections.abc import Sequence

import pytest
from django.conf import LazySettings

from stores import redis
from tests.timelines.lists import Stored, building, companions, deliver, read, rebuild, stored
from timelines import generation, inbox
from timelines.inbox import AUTHORED, INBOX, Contents, Held

pytestmark = pytest.mark.django_db

READER = 7
DAY = 86400


@pytest.fixture
def size_8(settings: LazySettings) -> None:
    """A full list has 8 entries, a half full one 4."""
    settings.INBOX_SIZE = 8


# Deliver


def test_a_cold_list_takes_nothing_in() -> None:
    assert deliver(READER, 5) == 0
    assert stored(READER) is None


def test_the_newest_id_goes_to_the_end() -> None:
    rebuild(READER, [3, 5])
    assert deliver(READER, 9) == 1
    assert stored(READER) == Stored(0, [3, 5, 9])


def test_an_id_that_comes_late_goes_to_its_place() -> None:
    rebuild(READER, [3, 9])
    deliver(READER, 5)
    deliver(READER, 1)
    assert stored(READER) == Stored(0, [1, 3, 5, 9])


@pytest.mark.parametrize("again", [[3], [5], [9], [3, 9], [3, 5, 9]])
def test_what_is_there_already_is_not_there_twice(again: Sequence[int]) -> None:
    rebuild(READER, [3, 5, 9])
    deliver(READER, *again)
    assert stored(READER) == Stored(0, [3, 5, 9])


def test_a_batch_is_merged_old_and_new_and_known_ones_alike() -> None:
    rebuild(READER, [3, 5, 9])
    deliver(READER, 1, 5, 7, 9, 11, 12)
    assert stored(READER) == Stored(0, [1, 3, 5, 7, 9, 11, 12])


def test_an_id_below_the_floor_is_left_to_postgres(size_8: None) -> None:
    rebuild(READER, [10, 20, 30, 40, 50])
    assert stored(READER) == Stored(10, [20, 30, 40, 50])
    deliver(READER, 5)
    deliver(READER, 10)
    deliver(READER, 5, 10, 60)
    assert stored(READER) == Stored(10, [20, 30, 40, 50, 60])


def test_an_id_between_the_floor_and_the_oldest_entry_is_taken_in(size_8: None) -> None:
    rebuild(READER, [10, 20, 30, 40, 50])
    deliver(READER, 11)
    assert stored(READER) == Stored(10, [11, 20, 30, 40, 50])


def test_a_list_that_is_over_full_is_cut_to_its_newest_half_and_the_floor_rises_to_the_newest_dropped(
    size_8: None,
) -> None:
    rebuild(READER, [1])
    for each in range(2, 9):
        deliver(READER, each)
    assert stored(READER) == Stored(0, [1, 2, 3, 4, 5, 6, 7, 8])
    deliver(READER, 9)
    assert stored(READER) == Stored(5, [6, 7, 8, 9])


def test_an_id_in_the_middle_can_be_the_one_that_is_too_many(size_8: None) -> None:
    rebuild(READER, [1])
    deliver(READER, 2, 3, 4, 5, 6, 7, 9)
    deliver(READER, 8)
    assert stored(READER) == Stored(5, [6, 7, 8, 9])


def test_a_batch_longer_than_a_list_leaves_its_newest_half(size_8: None) -> None:
    rebuild(READER, [1])
    deliver(READER, *range(2, 40))
    assert stored(READER) == Stored(35, [36, 37, 38, 39])


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_lists_of_odd_sizes_keep_their_promise_too(settings: LazySettings, size: int) -> None:
    settings.INBOX_SIZE = size
    rebuild(READER, [])
    for newest in range(1, 30):
        deliver(READER, newest)
        kept = stored(READER)
        assert kept is not None
        assert len(kept.ids) <= size
        assert kept.ids == list(range(kept.floor + 1, newest + 1))


def test_ids_are_compared_by_number_and_to_the_last_bit() -> None:
    ids = [
        1,
        2**31,
        2**32 - 1,
        2**32,
        2**32 + 1,
        2**33 - 1,
        2**53,
        2**53 + 1,
        2**53 + 2,
        (2**31 - 1 - 2**20) << 32,
        2**63 - 2**52 - 2,
        2**63 - 2**52 - 1,  # as a double still a number; of August 2095, as bigint's own last is of September
    ]
    for seed in range(20):
        mixed = random.Random(seed).sample(ids, len(ids))
        inbox.forget(INBOX, [READER])
        rebuild(READER)
        for each in mixed:
            deliver(READER, each)
        assert stored(READER) == Stored(0, ids)


def test_many_readers_get_theirs_in_one_call_whatever_their_partitions(settings: LazySettings) -> None:
    settings.PARTITIONS = 3
    readers = range(1, 1301)
    for each in readers:
        if each % 13:
            rebuild(each, [each])
    delivered = inbox.deliver(INBOX, {each: inbox.pack_ids([2000 + each]) for each in readers})
    assert delivered == 1200
    for each in readers:
        assert stored(each) == (Stored(0, [each, 2000 + each]) if each % 13 else None)


def test_nobody_to_deliver_to_is_nothing_to_do() -> None:
    assert inbox.deliver(INBOX, {}) == 0


def test_keys_of_one_reader_share_a_partition_named_in_braces(settings: LazySettings) -> None:
    settings.PARTITIONS = 5
    assert companions(READER) == ["inbox:{2}:1:7", "ties:{2}:1:7", "pulls:{2}:1:7"]
    assert inbox.key(AUTHORED, READER, 3) == "authored:{2}:3:7"


def test_scripts_that_redis_has_forgotten_are_sent_again() -> None:
    rebuild(READER, [1])
    redis.timelines().script_flush()
    assert deliver(READER, 2) == 1
    redis.timelines().script_flush()
    assert read(READER) == Held(0, (1, 2), ())
    redis.timelines().script_flush()
    inbox.forget(INBOX, [READER])
    assert rebuild(READER, [1])
    assert stored(READER) == Stored(0, [1])


# Memory


def bytes_held(owner_id: int) -> int:
    return int(redis.timelines().memory_usage(inbox.key(INBOX, owner_id), samples=0) or 0)


@pytest.mark.parametrize("rebuilt_with", [0, 1, 100, 399, 400, 401])
@pytest.mark.parametrize("batch", [1, 7, 60])
def test_a_list_never_takes_more_than_seven_kilobytes(settings: LazySettings, rebuilt_with: int, batch: int) -> None:
    settings.INBOX_SIZE = 800
    rebuild(READER, range(1, rebuilt_with + 1))
    newest, most = rebuilt_with, 0
    while newest < 1500:
        deliver(READER, *range(newest + 1, newest + batch + 1))
        newest += batch
        most = max(most, bytes_held(READER))
    assert most <= 7 * 1024


def test_a_list_filled_out_of_order_takes_no_more_either(settings: LazySettings) -> None:
    settings.INBOX_SIZE = 800
    rebuild(READER)
    ids = random.Random(1).sample(range(1, 1400), 1399)
    most = 0
    for each in ids:
        deliver(READER, each)
        most = max(most, bytes_held(READER))
    assert most <= 7 * 1024


def test_a_list_that_was_cut_takes_half(settings: LazySettings) -> None:
    settings.INBOX_SIZE = 800
    rebuild(READER)
    deliver(READER, *range(1, 802))
    assert bytes_held(READER) <= 3.5 * 1024


# Rebuild


def test_what_postgres_has_in_all_leaves_floor_0(size_8: None) -> None:
    rebuild(READER, [1, 2, 3, 4])
    assert stored(READER) == Stored(0, [1, 2, 3, 4])


def test_the_one_id_more_is_the_floor(size_8: None) -> None:
    rebuild(READER, [1, 2, 3, 4, 5, 6, 7])
    assert stored(READER) == Stored(3, [4, 5, 6, 7])


def test_a_rebuild_stores_ties_and_pulls_beside() -> None:
    rebuild(READER, ties=[9, 3], pulls=[9])
    inbox_key, ties, pulls = companions(READER)
    client = redis.timelines()
    assert client.smembers(ties) == {b"3", b"9", b"7"}
    assert client.get(pulls) == inbox.pack_ids([0, 9])
    assert {client.ttl(each) for each in (inbox_key, ties, pulls)} == {30 * DAY}


def test_five_thousand_ties_are_stored() -> None:
    rebuild(READER, ties=range(100, 5100))
    assert redis.timelines().scard(companions(READER)[1]) == 5001


def test_an_inbox_being_built_takes_in_whatever_comes_uncut(size_8: None) -> None:
    inbox.begin(INBOX, READER)
    delivered = random.Random(3).sample(range(1, 60), 59)
    for each in delivered:
        deliver(READER, each)
    deliver(READER, 60, 61, 62)
    assert building(READER) == list(range(1, 63))


def test_an_inbox_being_built_says_nothing_and_lives_30_seconds() -> None:
    inbox.begin(INBOX, READER)
    deliver(READER, 5)
    assert read(READER) is None
    assert 0 < redis.timelines().ttl(companions(READER)[0]) <= 30


def test_reading_does_not_prolong_the_30_seconds_of_a_rebuild() -> None:
    inbox.begin(INBOX, READER)
    redis.timelines().expire(companions(READER)[0], 5)
    read(READER)
    deliver(READER, 5)
    assert 0 < redis.timelines().ttl(companions(READER)[0]) <= 5


def test_what_came_meanwhile_is_united_with_what_was_loaded() -> None:
    token = inbox.begin(INBOX, READER)
    assert token
    for each in (4, 6, 9):
        deliver(READER, each)
    assert inbox.finish(INBOX, READER, token, Contents([8, 6, 5]))
    assert stored(READER) == Stored(0, [4, 5, 6, 8, 9])


def test_what_came_meanwhile_from_below_the_one_id_more_goes(size_8: None) -> None:
    token = inbox.begin(INBOX, READER)
    assert token
    deliver(READER, 5)
    deliver(READER, 11)
    assert inbox.finish(INBOX, READER, token, Contents([50, 40, 30, 20, 10]))
    assert stored(READER) == Stored(11, [20, 30, 40, 50])
    deliver(READER, 10)
    assert stored(READER) == Stored(11, [20, 30, 40, 50])


def test_a_union_of_more_than_half_is_cut_and_its_floor_rises(size_8: None) -> None:
    token = inbox.begin(INBOX, READER)
    assert token
    deliver(READER, 6)
    deliver(READER, 7)
    assert inbox.finish(INBOX, READER, token, Contents([5, 4, 3, 2]))
    assert stored(READER) == Stored(3, [4, 5, 6, 7])


def test_only_one_rebuilds_at_a_time() -> None:
    assert inbox.begin(INBOX, READER)
    assert inbox.begin(INBOX, READER) is None


def test_a_warm_list_is_not_rebuilt() -> None:
    rebuild(READER, [1])
    assert inbox.begin(INBOX, READER) is None
    assert stored(READER) == Stored(0, [1])


def test_a_rebuild_that_was_forgotten_gives_up() -> None:
    token = inbox.begin(INBOX, READER)
    assert token
    inbox.forget(INBOX, [READER])
    assert not inbox.finish(INBOX, READER, token, Contents([1], [2]))
    assert redis.timelines().exists(*companions(READER)) == 0


def test_a_rebuild_overtaken_by_another_gives_up_and_leaves_the_other_alone() -> None:
    late = inbox.begin(INBOX, READER)
    inbox.forget(INBOX, [READER])
    other = inbox.begin(INBOX, READER)
    assert late
    assert other
    assert not inbox.finish(INBOX, READER, late, Contents([1]))
    deliver(READER, 5)
    assert inbox.finish(INBOX, READER, other, Contents([2]))
    assert stored(READER) == Stored(0, [2, 5])
    assert not inbox.finish(INBOX, READER, late, Contents([1]))
    assert stored(READER) == Stored(0, [2, 5])


def test_an_authored_list_lives_alone_by_the_same_verbs(size_8: None) -> None:
    assert deliver(READER, 9, kind=AUTHORED) == 0
    rebuild(READER, range(1, 6), kind=AUTHORED)
    deliver(READER, 9, kind=AUTHORED)
    assert stored(READER, AUTHORED) == Stored(1, [2, 3, 4, 5, 9])
    assert inbox.read([(AUTHORED, READER)], None, None, 100) == [Held(1, (2, 3, 4, 5, 9), ())]
    assert redis.timelines().exists(*companions(READER)) == 0


# Forget


def test_forgetting_removes_all_three_and_nobody_else(size_8: None) -> None:
    rebuild(READER, [1], ties=[2])
    rebuild(READER + 1, [1], ties=[2])
    inbox.forget(INBOX, [READER])
    assert redis.timelines().exists(*companions(READER)) == 0
    assert redis.timelines().exists(*companions(READER + 1)) == 3


def test_forgetting_what_is_cold_is_nothing() -> None:
    inbox.forget(INBOX, [READER])
    inbox.forget(INBOX, [])
    assert stored(READER) is None


# Read


@pytest.fixture
def six(size_8: None) -> None:
    """Floor 10, entries 20 to 70."""
    rebuild(READER, [10, 20, 30, 40, 50])
    deliver(READER, 60, 70)


@pytest.mark.parametrize(
    ("before", "count", "floor", "ids"),
    [
        (None, 100, 10, (20, 30, 40, 50, 60, 70)),
        (None, 6, 10, (20, 30, 40, 50, 60, 70)),
        (None, 5, 20, (30, 40, 50, 60, 70)),
        (None, 1, 60, (70,)),
        (71, 2, 50, (60, 70)),
        (70, 2, 40, (50, 60)),
        (69, 2, 40, (50, 60)),
        (30, 2, 10, (20,)),
        (21, 2, 10, (20,)),
        (20, 2, 10, ()),
        (10, 2, 10, ()),
        (3, 2, 10, ()),
        (0, 2, 10, ()),
    ],
)
def test_reading_below_a_cursor_says_how_far_down_it_is_complete(
    six: None, before: int | None, count: int, floor: int, ids: tuple[int, ...]
) -> None:
    assert read(READER, before=before, count=count) == Held(floor, ids)


@pytest.mark.parametrize(
    ("since", "count", "ids"),
    [
        (70, 9, ()),
        (69, 9, (70,)),
        (2**63 - 1, 9, ()),
        (50, 9, (60, 70)),
        (50, 1, (60,)),
        (15, 2, (20, 30)),
        (0, 2, (20, 30)),
    ],
)
def test_reading_above_a_cursor_gives_the_nearest(six: None, since: int, count: int, ids: tuple[int, ...]) -> None:
    assert read(READER, since=since, count=count) == Held(10, ids)


def test_an_empty_list_is_no_cold_one() -> None:
    rebuild(READER)
    assert read(READER) == Held(0, ())
    assert read(READER, before=5) == Held(0, ())
    assert read(READER, since=0) == Held(0, ())


def test_reading_tells_whom_to_pull() -> None:
    rebuild(READER, [1], ties=[3, 4, 5], pulls=[5, 3])
    assert read(READER) == Held(0, (1,), (3, 5))


def test_reading_tells_which_tags_to_pull_too() -> None:
    rebuild(READER, [1], ties=[3], pulls=[3], tags=[9, 3])
    assert read(READER) == Held(0, (1,), (3,), (3, 9))
    rebuild(READER + 1, [1], tags=[2**40])
    assert read(READER + 1) == Held(0, (1,), (), (2**40,))


def test_many_lists_are_read_at_once_each_by_itself() -> None:
    rebuild(1, [5])
    rebuild(3, [6, 7])
    assert inbox.read([(INBOX, 1), (INBOX, 2), (INBOX, 3)], None, None, 1) == [Held(0, (5,)), None, Held(6, (7,))]


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_of_the_three_any_one_lost_means_cold_and_the_next_rebuild_begins_anew(lost: int) -> None:
    rebuild(READER, [1, 2], ties=[9], pulls=[9])
    redis.timelines().delete(companions(READER)[lost])
    assert read(READER) is None
    assert inbox.begin(INBOX, READER)
    assert building(READER) == []
    assert redis.timelines().exists(*companions(READER)[1:]) == 0


@pytest.mark.parametrize("lost", [1, 2])
def test_a_rebuild_in_progress_lacks_the_others_and_is_not_begun_anew_for_it(lost: int) -> None:
    token = inbox.begin(INBOX, READER)
    assert token
    assert inbox.begin(INBOX, READER) is None
    assert inbox.finish(INBOX, READER, token, Contents([1]))


# Life


def test_reading_renews_the_30_days_of_all_three_together() -> None:
    rebuild(READER, [1])
    for key in companions(READER):
        redis.timelines().expire(key, 3 * DAY)
    read(READER)
    assert {redis.timelines().ttl(key) for key in companions(READER)} == {30 * DAY}


def test_reading_twice_a_day_renews_once() -> None:
    rebuild(READER, [1])
    for key in companions(READER):
        redis.timelines().expire(key, 30 * DAY - 3600)
    read(READER)
    assert redis.timelines().ttl(companions(READER)[0]) <= 30 * DAY - 3600


def test_a_life_of_one_day_is_renewed_too(settings: LazySettings) -> None:
    settings.INBOX_DAYS = 1
    rebuild(READER, [1])
    for key in companions(READER):
        redis.timelines().expire(key, DAY // 2)
    read(READER)
    assert {redis.timelines().ttl(key) for key in companions(READER)} == {DAY}


def test_delivering_does_not_prolong_the_life_of_an_inbox_that_nobody_reads(size_8: None) -> None:
    rebuild(READER, [1, 2, 3])
    for key in companions(READER):
        redis.timelines().expire(key, 3 * DAY)
    for each in (4, 6, 5, 7, 8, 9, 10, 11, 12):  # appended, inserted, grown past half, cut
        deliver(READER, each)
        assert 0 < redis.timelines().ttl(companions(READER)[0]) <= 3 * DAY


# Generations


def test_a_raised_generation_makes_all_lists_cold_at_once() -> None:
    rebuild(READER, [1])
    assert generation.raise_number() == 2
    assert stored(READER) is None
    assert read(READER) is None
    rebuild(READER, [2])
    assert stored(READER) == Stored(0, [2])


def test_a_delivery_names_the_generation_it_is_for() -> None:
    rebuild(READER, [1])
    assert inbox.deliver(INBOX, {READER: inbox.pack_ids([2])}, 2) == 0
    assert stored(READER) == Stored(0, [1])
    inbox.forget(INBOX, [READER], 2)
    assert stored(READER) == Stored(0, [1])


def test_random_deliveries_agree_with_a_plain_list(size_8: None) -> None:
    """Against a list that is kept as the design says, in Python."""
    for seed in range(30):
        chance = random.Random(seed)
        inbox.forget(INBOX, [READER])
        rebuild(READER, [])
        floor, expected = 0, list[int]()
        for _ in range(60):
            batch = sorted(chance.sample(range(1, 100), chance.choice([1, 1, 1, 2, 5])))
            deliver(READER, *batch)
            expected = sorted({*expected, *(each for each in batch if each > floor)})
            if len(expected) > 8:
                floor, expected = expected[-5], expected[-4:]
            assert stored(READER) == Stored(floor, expected)
