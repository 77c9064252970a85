"""The event table and its drain: nothing is lost, nothing is done too early, nobody waits for anybody else."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test import TestCase
from django.utils import timezone

from accounts import actions
from accounts.models import Follow, User
from stores import redis
from tests import factories
from tests.threads import at_once
from tests.timelines.lists import Stored, rebuild, shown, stored
from timelines import delivery, fanout, inbox, tasks
from timelines.inbox import AUTHORED, INBOX
from timelines.models import Crowd, FeedEvent
from tweets.actions import delete_tweet
from tweets.models import Tweet

Drain = Callable[[], None]


def kinds() -> list[int]:
    return list(FeedEvent.objects.order_by("pk").values_list("kind", flat=True))


# Events


@pytest.mark.django_db
def test_every_change_writes_its_event(ada: User, grace: User) -> None:
    assert kinds() == [], "who just signed up is in nobody's feed"
    factories.follow(ada, grace)
    tweet = factories.tweet(grace)
    delete_tweet(tweet=tweet)
    actions.unfollow(follower=ada, followee=grace)
    actions.suspend(user=grace)
    rows = FeedEvent.objects.order_by("pk").values_list("kind", "subject_id", "author_id")
    assert list(rows) == [
        (FeedEvent.Kind.TIES, ada.pk, None),
        (FeedEvent.Kind.POSTED, tweet.pk, grace.pk),
        (FeedEvent.Kind.DELETED, tweet.pk, grace.pk),
        (FeedEvent.Kind.TIES, ada.pk, None),
        (FeedEvent.Kind.PERSON, grace.pk, None),
    ]


@pytest.mark.django_db
def test_what_changes_nothing_writes_no_event(ada: User, grace: User) -> None:
    factories.follow(ada, grace)
    tweet = factories.tweet(grace)
    delete_tweet(tweet=tweet)
    FeedEvent.objects.all().delete()
    factories.follow(ada, grace)
    actions.unfollow(follower=grace, followee=ada)
    delete_tweet(tweet=tweet)
    actions.saw_home(user=ada)
    actions.change_password(user=ada, password="another horse")
    assert kinds() == []


@pytest.mark.django_db
def test_an_event_goes_with_the_change_that_is_rolled_back(ada: User, grace: User) -> None:
    with transaction.atomic():
        factories.follow(ada, grace)
        factories.tweet(grace)
        assert len(kinds()) == 2
        transaction.set_rollback(True)
    assert kinds() == []
    assert (Tweet.objects.count(), Follow.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_nobody_is_woken_and_nothing_touched_before_the_commit(ada: User) -> None:
    rebuild(ada.pk)
    with TestCase.captureOnCommitCallbacks(execute=True):
        tweet = factories.tweet(ada)
        assert redis.timelines().get(tasks.WAKE_KEY) is None
        assert stored(ada.pk) == Stored(0, [])
    assert redis.timelines().get(tasks.WAKE_KEY) == b"1"
    assert stored(ada.pk) == Stored(0, [tweet.pk])


@pytest.mark.django_db
def test_one_wake_up_for_all_that_happens_until_the_drain_looks(ada: User) -> None:
    queued = redis.timelines()
    with TestCase.captureOnCommitCallbacks(execute=True):
        for _ in range(5):
            factories.tweet(ada)
    assert queued.llen("fanout") == 1
    assert 0 < queued.ttl(tasks.WAKE_KEY) <= 10
    tasks.drain()
    assert queued.get(tasks.WAKE_KEY) is None
    assert kinds() == []


@pytest.mark.django_db
def test_the_sweep_finds_what_nobody_was_woken_for_after_two_seconds(ada: User) -> None:
    factories.tweet(ada)
    tasks.sweep()
    assert kinds() == [FeedEvent.Kind.POSTED]
    FeedEvent.objects.update(due_at=timezone.now() - timedelta(seconds=3))
    tasks.sweep()
    assert kinds() == []


@pytest.mark.django_db
def test_follows_that_vanish_with_an_account_make_their_readers_cold(ada: User, grace: User, drain: Drain) -> None:
    factories.follow(ada, grace)
    factories.tweet(grace)
    drain()
    assert len(shown(ada)) == 1
    grace.delete()
    drain()
    assert stored(ada.pk) is None
    assert shown(ada) == []


# Delivering


@pytest.mark.django_db
def test_a_tweet_reaches_its_author_and_his_warm_followers_and_nobody_else(
    ada: User, grace: User, alan: User, drain: Drain
) -> None:
    factories.follow(ada, grace)
    factories.follow(alan, ada)
    drain()
    cold = factories.person()
    factories.follow(cold, grace)
    drain()
    for each in (ada, grace, alan):
        rebuild(each.pk)
    tweet = factories.tweet(grace)
    drain()
    assert [stored(each.pk) for each in (grace, ada)] == [Stored(0, [tweet.pk])] * 2
    assert stored(alan.pk) == Stored(0, [])
    assert stored(cold.pk) is None


@pytest.mark.django_db
def test_a_reply_reaches_those_to_whom_it_belongs(ada: User, grace: User, alan: User, drain: Drain) -> None:
    """Grace answers Alan: for herself, for Alan if he follows her, and for who follows both."""
    only_grace, only_alan, both = factories.people(3)
    factories.follow(only_grace, grace)
    factories.follow(only_alan, alan)
    factories.follow(both, grace, alan)
    factories.follow(alan, grace)
    asked = factories.tweet(alan)
    drain()
    readers = (only_grace, only_alan, both, alan, grace)
    for each in readers:
        rebuild(each.pk)
    answer = factories.tweet(grace, in_reply_to_id=asked.pk)
    thread = factories.tweet(grace, in_reply_to_id=answer.pk)
    drain()
    held = [stored(each.pk) for each in readers]
    assert held == [Stored(0, ids) for ids in ([thread.pk], [], *[[answer.pk, thread.pk]] * 3)]


@pytest.mark.django_db
def test_what_was_deleted_before_its_turn_is_not_delivered(ada: User, drain: Drain) -> None:
    rebuild(ada.pk)
    delete_tweet(tweet=factories.tweet(ada))
    drain()
    assert stored(ada.pk) == Stored(0, [])
    assert Tweet.objects.count() == 0


@pytest.mark.django_db
def test_tweets_of_a_crowd_are_delivered_in_order_whatever_the_order_of_their_events(ada: User, drain: Drain) -> None:
    Crowd.objects.create(author=ada, state=Crowd.State.PULL)
    rebuild(ada.pk, kind=AUTHORED)
    ids = [factories.tweet(ada).pk for _ in range(5)]
    for delay, event in enumerate(FeedEvent.objects.order_by("-pk")):
        FeedEvent.objects.filter(pk=event.pk).update(due_at=timezone.now() - timedelta(hours=1, seconds=-delay))
    drain()
    assert stored(ada.pk, AUTHORED) == Stored(0, ids)


@pytest.mark.django_db
def test_a_large_author_yields_to_small_ones(
    grace: User, alan: User, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "WALKED_AT_ONCE", 2)
    crowd = factories.people(7)
    Follow.objects.bulk_create([Follow(follower=each, followee=grace) for each in crowd])
    for each in (*crowd, alan):
        rebuild(each.pk)
    large = factories.tweet(grace)
    small = [factories.tweet(alan).pk for _ in range(3)]

    fanout._next_batch(2)  # the large one begins, the first small one is done
    assert FeedEvent.objects.get(subject_id=large.pk).cursor == crowd[1].pk
    fanout._next_batch(2)  # the others go before the large one goes on
    assert stored(alan.pk) == Stored(0, small)
    assert [len(held.ids) for each in crowd if (held := stored(each.pk))] == [1, 1, 0, 0, 0, 0, 0]
    drain()
    assert [stored(each.pk) for each in crowd] == [Stored(0, [large.pk])] * 7


@pytest.mark.django_db
@pytest.mark.parametrize("followers", [1, 2, 3, 4])
def test_walks_that_end_exactly_at_a_border_end(
    grace: User, drain: Drain, monkeypatch: pytest.MonkeyPatch, followers: int
) -> None:
    monkeypatch.setattr(delivery, "WALKED_AT_ONCE", 2)
    crowd = factories.people(followers)
    Follow.objects.bulk_create([Follow(follower=each, followee=grace) for each in crowd])
    for each in (*crowd, grace):
        rebuild(each.pk)
    tweet = factories.tweet(grace)
    drain()
    assert [stored(each.pk) for each in (*crowd, grace)] == [Stored(0, [tweet.pk])] * (followers + 1)
    assert kinds() == []


@pytest.mark.django_db
def test_fifty_thousand_deliveries_are_one_drain(grace: User, drain: Drain, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a conversation with Redis may take: they are told in several."""
    readers = {each: inbox.pack_ids([each]) for each in range(1, 50_001)}
    for each in range(1, 50_001, 500):
        rebuild(each)
    assert inbox.deliver(inbox.INBOX, readers) == 100


# Failing


class Killed(BaseException):
    pass


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["_settle", "_deal_with_posted"])
def test_a_drain_killed_before_its_commit_is_done_again_harmlessly(
    ada: User, drain: Drain, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    rebuild(ada.pk)
    tweet = factories.tweet(ada)

    def die(*args: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        if step == "_settle":
            patch.setattr(fanout, "_settle", die)
        else:
            patch.setitem(fanout._DEALS, FeedEvent.Kind.POSTED, die)
        with pytest.raises(Killed):
            drain()
    assert stored(ada.pk) == Stored(0, [tweet.pk] if step == "_settle" else [])
    event = FeedEvent.objects.get()
    assert (event.cursor, event.attempts) == (0, 0)
    drain()
    assert stored(ada.pk) == Stored(0, [tweet.pk])
    assert kinds() == []


@pytest.fixture
def poison(ada: User, monkeypatch: pytest.MonkeyPatch) -> Tweet:
    """A tweet, posted between two others, whose delivery raises."""
    factories.tweet(ada)
    poison = factories.tweet(ada)
    factories.tweet(ada)
    deliver = delivery.deliver

    def raising(events: list[FeedEvent], number: int) -> list[delivery.Walked]:
        if any(event.subject_id == poison.pk for event in events):
            raise ValueError("poison")
        return deliver(events, number)

    monkeypatch.setattr(delivery, "deliver", raising)
    return poison


@pytest.mark.django_db
def test_an_event_that_raises_is_put_off_and_the_rest_goes_on(
    ada: User, poison: Tweet, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(ada.pk)
    others = list(Tweet.objects.exclude(pk=poison.pk).order_by("pk").values_list("pk", flat=True))
    drain()
    assert stored(ada.pk) == Stored(0, others)
    event = FeedEvent.objects.get()
    assert (event.subject_id, event.attempts, event.error) == (poison.pk, 1, "ValueError: poison")
    assert timedelta(0) < event.due_at - timezone.now() <= timedelta(seconds=2)

    monkeypatch.undo()
    drain()
    assert FeedEvent.objects.count() == 1, "it waits"
    FeedEvent.objects.update(due_at=timezone.now())
    drain()
    assert stored(ada.pk) == Stored(0, sorted([*others, poison.pk]))
    assert kinds() == []


@pytest.mark.django_db
@pytest.mark.parametrize("attempts", [9, 50, 500, 32_000])
def test_the_time_between_attempts_grows_to_ten_minutes_and_stays_there(
    poison: Tweet, drain: Drain, attempts: int
) -> None:
    FeedEvent.objects.filter(subject_id=poison.pk).update(attempts=attempts)
    drain()
    event = FeedEvent.objects.get()
    assert event.attempts == attempts + 1
    assert timedelta(minutes=9) < event.due_at - timezone.now() <= timedelta(minutes=10)


@pytest.mark.django_db
def test_what_redis_refuses_is_put_off_like_anything_that_raises(ada: User, grace: User, drain: Drain) -> None:
    """A key of another kind where Ada's inbox should be: Grace's tweets don't wait for it."""
    rebuild(grace.pk)
    redis.timelines().hset(inbox.key(inbox.INBOX, ada.pk), "no", "inbox")
    broken, fine = factories.tweet(ada), factories.tweet(grace)
    drain()
    assert stored(grace.pk) == Stored(0, [fine.pk])
    assert FeedEvent.objects.get().subject_id == broken.pk


@pytest.mark.django_db
def test_a_redis_that_knows_no_scripts_yet_is_told_all_the_same(ada: User) -> None:
    rebuild(ada.pk)
    redis.timelines().script_flush()
    with TestCase.captureOnCommitCallbacks(execute=True):
        tweet = factories.tweet(ada)
    assert stored(ada.pk) == Stored(0, [tweet.pk])
    assert redis.timelines().llen("fanout") == 1


@pytest.mark.django_db
def test_a_drain_is_sent_for_also_where_the_authors_inbox_is_broken(ada: User) -> None:
    redis.timelines().rpush(inbox.key(INBOX, ada.pk), "no list of ours")
    with TestCase.captureOnCommitCallbacks(execute=True):
        factories.tweet(ada)
    assert redis.timelines().llen("fanout") == 1


@pytest.mark.django_db(transaction=True)
def test_a_drain_waits_for_what_comes_next_and_nobody_sends_for_another(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once it has left, whoever commits does."""
    to_come, really = [ada, ada], time.sleep

    def sleep(seconds: float) -> None:
        assert redis.timelines().get(tasks.WAKE_KEY) == b"0"
        if to_come:
            factories.tweet(to_come.pop())
        really(seconds)

    monkeypatch.setattr(time, "sleep", sleep)
    factories.tweet(ada)
    tasks.drain()
    assert (Tweet.objects.count(), kinds()) == (3, [])
    assert redis.timelines().llen("fanout") == 1
    assert redis.timelines().get(tasks.WAKE_KEY) is None
    factories.tweet(ada)
    assert redis.timelines().llen("fanout") == 2


@pytest.mark.django_db(transaction=True)
def test_while_a_drain_is_busy_others_are_sent_for_and_only_one_waits(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = fanout.drain

    def drain_and_post(seconds: float) -> bool:
        is_done = really(seconds)
        if Tweet.objects.count() < 2:
            factories.tweet(ada)
        return is_done

    monkeypatch.setattr(fanout, "drain", drain_and_post)
    factories.tweet(ada)
    tasks.drain()
    assert redis.timelines().llen("fanout") == 2
    assert redis.timelines().get(tasks.WAKE_KEY) == b"1"
    assert len(kinds()) == 1
    tasks.drain()
    assert kinds() == []


@pytest.mark.django_db
def test_while_redis_is_away_events_wait_and_none_is_blamed(
    ada: User, monkeypatch: pytest.MonkeyPatch, drain: Drain
) -> None:
    tweet = factories.tweet(ada)

    def away(*args: object) -> None:
        raise redis.Away

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "deliver", away)
        with pytest.raises(redis.Away):
            drain()
    event = FeedEvent.objects.get()
    assert (event.subject_id, event.attempts, event.error) == (tweet.pk, 0, "")
    tasks.drain()
    assert kinds() == []


# Several


@pytest.mark.django_db(transaction=True)
def test_drains_side_by_side_deliver_everything_once(ada: User, grace: User) -> None:
    factories.follow(ada, grace)
    fanout.drain()
    rebuild(ada.pk)
    tweets = [factories.tweet(grace).pk for _ in range(60)]
    at_once(*[lambda: fanout.drain(batch=7)] * 4)
    assert stored(ada.pk) == Stored(0, tweets)
    assert kinds() == []


@pytest.mark.django_db(transaction=True)
def test_an_event_that_another_drain_deals_with_is_passed_by(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.tweet(ada)
    reached, go_on = threading.Event(), threading.Event()
    deliver = delivery.deliver

    def slow(events: list[FeedEvent], number: int) -> list[delivery.Walked]:
        reached.set()
        go_on.wait(10)
        return deliver(events, number)

    def other() -> int:
        reached.wait(10)
        try:
            return fanout._next_batch(10)
        finally:
            go_on.set()

    monkeypatch.setattr(delivery, "deliver", slow)
    assert at_once(lambda: fanout._next_batch(10), other) == [1, 0]
    assert kinds() == []


@pytest.mark.django_db(transaction=True)
def test_follows_and_unfollows_from_eight_threads_while_drains_run_leave_every_inbox_right(
    settings: LazySettings,
) -> None:
    from tests.timelines.world import belonging

    settings.INBOX_SIZE = 8
    people = factories.people(4)
    for each in people:
        factories.tweet(each)

    def change(seed: int) -> None:
        import random

        chance = random.Random(seed)
        for _ in range(12):
            one, other = chance.sample(people, 2)
            chance.choice([actions.follow, actions.unfollow])(follower=one, followee=other)
            if chance.random() < 0.3:
                factories.tweet(one)
            shown(other)

    def drains() -> None:
        for _ in range(10):
            fanout.drain(seconds=0.2, batch=5)

    at_once(*[lambda seed=seed: change(seed) for seed in range(6)], drains, drains)
    while FeedEvent.objects.exists():
        fanout.drain()
    for each in people:
        assert shown(each, limit=100) == belonging(each)
        held = stored(each.pk)
        assert held
        assert set(belonging(each)) >= set(held.ids) >= {tweet for tweet in belonging(each) if tweet > held.floor}
    connection.close()
