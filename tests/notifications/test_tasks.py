"""Waking, sweeping and purging, and what is left of notifications while Redis is away."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client, TestCase
from django.utils import timezone

from accounts.models import User
from notifications import tasks, unread, upkeep
from notifications.models import Notification, NotificationEvent
from stores import redis
from tests import factories
from tests.notifications.looks import told
from tests.servers import PrivateRedis
from tests.timelines.test_home import own_redis  # noqa: F401  a fixture
from tweets.actions import like
from tweets.models import Like, id_at

pytestmark = pytest.mark.django_db


def test_an_event_goes_with_the_change_that_is_rolled_back(ada: User, grace: User) -> None:
    tweet = factories.tweet(ada)
    with transaction.atomic():
        like(user=grace, tweet_id=tweet.pk)
        assert NotificationEvent.objects.count() == 1
        transaction.set_rollback(True)
    assert (NotificationEvent.objects.count(), Like.objects.count()) == (0, 0)


def test_one_wake_up_for_all_that_happens_until_the_drain_looks(ada: User, grace: User) -> None:
    tweets = [factories.tweet(ada) for _ in range(5)]
    queued = redis.timelines()
    queued.delete("fanout")
    with TestCase.captureOnCommitCallbacks(execute=True):
        for tweet in tweets:
            like(user=grace, tweet_id=tweet.pk)
        assert queued.get(tasks.WAKE_KEY) is None
    assert queued.llen("fanout") == 1
    assert 0 < queued.ttl(tasks.WAKE_KEY) <= 10
    tasks.drain()
    assert queued.get(tasks.WAKE_KEY) is None
    assert len(told(ada)) == 5
    assert not NotificationEvent.objects.exists()


def test_the_sweep_finds_what_nobody_was_woken_for_after_two_seconds(ada: User, grace: User) -> None:
    factories.follow(grace, ada)
    tasks.sweep()
    assert NotificationEvent.objects.count() == 1
    NotificationEvent.objects.update(due_at=timezone.now() - timedelta(seconds=3))
    tasks.sweep()
    assert not NotificationEvent.objects.exists()
    assert told(ada) == [("follow", ["grace"], 1)]


def test_the_purge_goes_on_until_nothing_old_is_left(
    ada: User, grace: User, fold: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "PURGED_AT_ONCE", 2)
    for tweet in [factories.tweet(ada) for _ in range(5)]:
        like(user=grace, tweet_id=tweet.pk)
    fold()
    old = id_at(timezone.now() - upkeep.KEPT_FOR - timedelta(minutes=1))
    for place, row in enumerate(Notification.objects.order_by("pk")[:4]):
        Notification.objects.filter(pk=row.pk).update(position=old + place)
    tasks.purge()
    assert len(told(ada)) == Notification.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_redis_is_away_people_are_told_all_the_same(
    ada: User,
    grace: User,
    as_user: Callable[[User], Client],
    fold: Callable[[], None],
    own_redis: PrivateRedis,  # noqa: F811
    settings: LazySettings,
) -> None:
    browser, tweet = as_user(ada), factories.tweet(ada)
    own_redis.kill()
    like(user=grace, tweet_id=tweet.pk)
    fold()
    assert told(ada) == [("like", ["grace"], 1)]
    assert unread.count(ada.pk) == 1
    assert "Grace Hopper" in browser.get("/notifications/").content.decode()
