"""Counters, by the example of people."""

from typing import Any

import pytest
from django.db import transaction

from accounts.counts import people
from accounts.models import PersonCountChange, User
from stores import redis
from tests import factories
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def followers_column(user: User) -> int:
    return User.objects.get(pk=user.pk).followers_count


def test_shown_at_once_and_settled_later(ada: User) -> None:
    assert people.shown([ada.pk])[ada.pk]["followers"] == 0
    people.change(ada.pk, "followers", +1)
    assert people.shown([ada.pk])[ada.pk]["followers"] == 1
    assert followers_column(ada) == 0
    assert people.settle() == 1
    assert followers_column(ada) == 1
    assert people.shown([ada.pk])[ada.pk]["followers"] == 1


def test_a_change_that_is_rolled_back_was_never_shown(ada: User) -> None:
    people.shown([ada.pk])
    with transaction.atomic():
        people.change(ada.pk, "followers", +1)
        transaction.set_rollback(True)
    assert people.shown([ada.pk])[ada.pk]["followers"] == 0
    assert people.settle() == 0


def test_changes_at_once_are_all_counted(ada: User) -> None:
    def change_ten_times() -> None:
        for _ in range(10):
            people.change(ada.pk, "followers", +1)

    people.shown([ada.pk])
    at_once(*[change_ten_times] * 8)
    assert people.shown([ada.pk])[ada.pk]["followers"] == 80
    while people.settle(limit=7):
        pass
    assert followers_column(ada) == 80


def test_two_settlers_count_nothing_twice(ada: User) -> None:
    for _ in range(60):
        people.change(ada.pk, "followers", +1)

    def settle_all() -> int:
        return sum(people.settle(limit=5) for _ in range(12))

    settled = sum(at_once(settle_all, settle_all))
    while more := people.settle():
        settled += more
    assert (settled, followers_column(ada), PersonCountChange.objects.count()) == (60, 60, 0)


def test_settling_while_changes_come(ada: User) -> None:
    def change_and_settle() -> None:
        for _ in range(20):
            people.change(ada.pk, "followers", +1)
            people.settle()

    at_once(change_and_settle, change_and_settle, change_and_settle)
    while people.settle():
        pass
    assert followers_column(ada) == 60


def test_settling_one_keeps_the_others_apart(ada: User, grace: User) -> None:
    people.change(ada.pk, "followers", +1)
    people.change(ada.pk, "tweets", +3)
    people.change(grace.pk, "following", +1)
    people.settle()
    assert people.shown([ada.pk, grace.pk]) == {
        ada.pk: {"followers": 1, "following": 0, "tweets": 3},
        grace.pk: {"followers": 0, "following": 1, "tweets": 0},
    }


def test_a_raise_that_redis_lost_heals(ada: User) -> None:
    people.shown([ada.pk])
    PersonCountChange.objects.create(subject_id=ada.pk, kind="followers", change=1)  # committed, but Redis never heard
    assert people.shown([ada.pk])[ada.pk]["followers"] == 0
    assert 0 < redis.timelines().ttl(people.key(ada.pk)) <= 60
    redis.timelines().delete(people.key(ada.pk))  # what the end of its time does
    assert people.shown([ada.pk])[ada.pk]["followers"] == 1


def test_raising_does_not_prolong_the_time(ada: User) -> None:
    people.shown([ada.pk])
    redis.timelines().expire(people.key(ada.pk), 10)
    people.change(ada.pk, "followers", +1)
    assert redis.timelines().ttl(people.key(ada.pk)) <= 10


def test_never_below_zero(ada: User) -> None:
    people.shown([ada.pk])
    people.change(ada.pk, "followers", -1)
    assert people.shown([ada.pk])[ada.pk]["followers"] == 0
    people.settle()
    assert followers_column(ada) == 0


def test_changes_of_somebody_gone_are_swept_up(db: Any) -> None:
    gone = factories.person("gone")
    people.change(gone.pk, "tweets", +1)
    gone.delete()
    assert people.settle() == 1
    assert people.shown([gone.pk])[gone.pk] == {"followers": 0, "following": 0, "tweets": 0}
