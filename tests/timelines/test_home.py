"""Home, whatever holds it: warm inbox, pulled lists, PostgreSQL below the floor, PostgreSQL alone."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from accounts import actions
from accounts.models import Follow, User
from stores import redis
from tests import factories
from tests.servers import PrivateRedis
from tests.timelines.lists import Stored, companions, shown, stored
from tests.timelines.world import belonging, home_from_bottom, home_from_top
from timelines import crowds, home
from timelines.inbox import AUTHORED, INBOX
from timelines.models import Crowd
from tweets.actions import delete_tweet, like, retweet, undo_retweet, unlike
from tweets.models import Tweet

pytestmark = pytest.mark.django_db

Drain = Callable[[], None]


def at_once(change: Callable[[], object]) -> None:
    """A change, with what follows its commit, but before any drain."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        change()


@pytest.fixture
def small(settings: LazySettings) -> None:
    settings.INBOX_SIZE = 8


# Across the floor


def test_pages_cross_the_floor_without_anybody_noticing(ada: User, grace: User, drain: Drain, small: None) -> None:
    factories.follow(ada, grace)
    ids = [factories.tweet(grace).pk for _ in range(30)]
    drain()
    assert shown(ada, limit=1) == ids[-1:]
    assert stored(ada.pk) == Stored(ids[-5], ids[-4:])
    for limit in (1, 3, 4, 5, 7, 29, 30, 31):
        assert home_from_top(ada, limit) == ids[::-1]
        assert home_from_bottom(ada, limit) == ids[::-1]


def test_a_reader_pages_through_5000_tweets_while_new_ones_arrive(
    ada: User, grace: User, alan: User, drain: Drain
) -> None:
    """Every tweet exactly once, in order, and no short page before the end."""
    factories.follow(ada, grace, alan)
    drain()
    ids = factories.past_tweets([grace, alan], 5000)
    page = home.page(ada, limit=100)
    found, arrived = [int(each["id"]) for each in page.shown()], []
    while page.older is not None:
        assert len(page.tweets) == 100
        arrived += [factories.tweet(grace).pk for _ in range(10)]
        drain()
        page = home.page(ada, before=page.older, limit=100)
        found += [int(each["id"]) for each in page.shown()]
    assert found == ids[::-1]
    since, newer = ids[-1], list[int]()
    while (page := home.page(ada, since=since, limit=100)).tweets:
        newer = [int(each["id"]) for each in page.shown()] + newer
        since = page.newer
    assert newer == arrived[::-1]


def test_deleted_tweets_below_and_above_the_floor_shorten_no_page(
    ada: User, grace: User, drain: Drain, small: None
) -> None:
    factories.follow(ada, grace)
    tweets = [factories.tweet(grace) for _ in range(30)]
    drain()
    shown(ada)
    gone = tweets[3:9] + tweets[24:29]
    for each in gone:
        delete_tweet(tweet=each)
    drain()
    left = [each.pk for each in tweets if each not in gone][::-1]
    assert home_from_top(ada, 4) == left
    assert home_from_bottom(ada, 4) == left


# Warm, cold, broken


def test_the_first_visit_warms_the_inbox_up(ada: User, drain: Drain) -> None:
    tweet = factories.tweet(ada)
    drain()
    assert stored(ada.pk) is None
    assert shown(ada) == [tweet.pk]
    assert stored(ada.pk) == Stored(0, [tweet.pk])


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_an_inbox_of_which_a_part_was_evicted_is_rebuilt(ada: User, grace: User, drain: Drain, lost: int) -> None:
    factories.follow(ada, grace)
    tweet = factories.tweet(grace)
    drain()
    shown(ada)
    redis.timelines().delete(companions(ada.pk)[lost])
    assert shown(ada) == [tweet.pk]
    assert stored(ada.pk) == Stored(0, [tweet.pk])
    assert redis.timelines().exists(*companions(ada.pk)) == 3


def test_wiping_redis_costs_nothing_but_time(ada: User, grace: User, drain: Drain) -> None:
    factories.follow(ada, grace)
    ids = [factories.tweet(grace).pk for _ in range(3)]
    drain()
    shown(ada)
    redis.timelines().flushall()
    ids.append(factories.tweet(grace).pk)
    drain()
    assert shown(ada) == ids[::-1]
    assert stored(ada.pk) == Stored(0, ids)


def marked_read(reader: User, tweets: int) -> int:
    """How many queries a page of so many tweets takes once everything is warm."""
    shown(reader, limit=tweets)
    shown(reader, limit=tweets)
    with CaptureQueriesContext(connection) as queries:
        assert len(shown(reader, limit=tweets)) == tweets
    return len(queries)


def test_a_warm_home_costs_no_sql_at_any_size(ada: User, grace: User, drain: Drain) -> None:
    factories.follow(ada, grace)
    tweets = [factories.tweet(grace) for _ in range(20)]
    factories.tweet(grace, quote_of_id=tweets[0].pk)
    retweet(user=grace, tweet_id=factories.tweet(factories.person()).pk)
    drain()
    redis.timelines().flushall()  # what a change has blocked for 15 seconds is free again
    assert marked_read(ada, 2) == 0
    assert marked_read(ada, 20) == 0


# What the viewer just did


def test_the_own_tweet_is_first_in_the_very_next_page(ada: User, grace: User, drain: Drain) -> None:
    factories.follow(ada, grace)
    older = factories.tweet(grace)
    drain()
    shown(ada)
    at_once(lambda: factories.tweet(ada, "mine"))
    newest = Tweet.objects.latest("pk")
    assert newest.text == "mine"
    assert shown(ada) == [newest.pk, older.pk]
    assert shown(ada, since=older.pk) == [newest.pk]


def test_the_own_delete_is_gone_in_the_very_next_page(ada: User, drain: Drain) -> None:
    tweet = factories.tweet(ada)
    drain()
    shown(ada)
    at_once(lambda: delete_tweet(tweet=tweet))
    assert shown(ada) == []


def test_a_follow_shows_its_tweets_and_an_unfollow_hides_them_in_the_very_next_page(
    ada: User, grace: User, drain: Drain
) -> None:
    tweet = factories.tweet(grace)
    drain()
    assert shown(ada) == []
    at_once(lambda: actions.follow(follower=ada, followee=grace))
    assert shown(ada) == [tweet.pk]
    at_once(lambda: actions.unfollow(follower=ada, followee=grace))
    assert shown(ada) == []
    at_once(lambda: actions.follow(follower=ada, followee=grace))
    assert shown(ada) == [tweet.pk]
    drain()
    assert shown(ada) == [tweet.pk]


def test_likes_and_retweets_are_marked_and_counted_in_the_very_next_page(ada: User, grace: User, drain: Drain) -> None:
    def first() -> tuple[object, ...]:
        tweet = home.page(ada).shown()[-1]
        return (
            tweet["viewer"]["liked"],
            tweet["viewer"]["retweeted"],
            tweet["counts"]["likes"],
            tweet["counts"]["retweets"],
        )

    factories.follow(ada, grace)
    tweet = factories.tweet(grace)
    drain()
    assert first() == (False, False, 0, 0)
    at_once(lambda: like(user=ada, tweet_id=tweet.pk))
    assert first() == (True, False, 1, 0)
    at_once(lambda: retweet(user=ada, tweet_id=tweet.pk))
    assert home.page(ada).shown()[0]["retweet_of"]["viewer"]["retweeted"] is True
    at_once(lambda: unlike(user=ada, tweet_id=tweet.pk))
    at_once(lambda: undo_retweet(user=ada, tweet_id=tweet.pk))
    assert first() == (False, False, 0, 0)


# Rules


def test_the_reply_rule_is_the_same_warm_cold_and_after_the_drain(
    ada: User, grace: User, alan: User, drain: Drain
) -> None:
    """Ada follows Grace, not Alan; see test_truth for the same matrix."""
    factories.follow(ada, grace)
    drain()
    shown(ada)
    roots = [factories.tweet(each) for each in (ada, grace, alan)]
    for author in (ada, grace, alan):
        for root in roots:
            factories.tweet(author, in_reply_to_id=root.pk)
    drain()
    expected = belonging(ada)
    assert len(expected) == 2 + 3 + 2  # roots of two, all of Ada's replies, Grace's to both
    assert shown(ada, limit=50) == expected
    redis.timelines().flushall()
    assert shown(ada, limit=50) == expected
    assert shown(ada, limit=50) == expected


def test_suspended_authors_vanish_at_once_and_come_back(ada: User, grace: User, drain: Drain) -> None:
    factories.follow(ada, grace)
    tweet = factories.tweet(grace)
    drain()
    shown(ada)
    at_once(lambda: actions.suspend(user=grace))
    assert shown(ada) == []
    drain()
    assert shown(ada) == []
    at_once(lambda: actions.unsuspend(user=grace))
    drain()
    assert shown(ada) == [tweet.pk]


def test_what_a_deleted_person_wrote_is_gone_at_once_though_its_cards_are_kept(
    ada: User, grace: User, alan: User, drain: Drain
) -> None:
    factories.follow(ada, grace, alan)
    tweet = factories.tweet(grace)
    retweet(user=alan, tweet_id=tweet.pk)
    drain()
    assert len(shown(ada)) == 1
    at_once(grace.delete)
    assert shown(ada) == []
    drain()
    assert shown(ada) == []


# Crowds


@pytest.fixture
def crowd(ada: User, grace: User, alan: User, drain: Drain) -> list[int]:
    """Ada follows Grace, whose newer tweets are pulled, and Alan. The ids of everything, newest first."""
    factories.follow(ada, grace, alan)
    ids = [factories.tweet(each).pk for each in (grace, alan) * 6]
    drain()
    shown(ada)
    crowds.begin(grace.pk)
    drain()
    ids += [factories.tweet(each).pk for each in (grace, alan) * 6]
    drain()
    return ids[::-1]


def test_pulled_tweets_are_united_with_the_inbox(ada: User, grace: User, crowd: list[int]) -> None:
    assert shown(ada, limit=50) == crowd
    assert shown(ada, limit=50) == crowd
    pulled = stored(grace.pk, AUTHORED)
    assert pulled
    assert len(pulled.ids) == 6
    held = stored(ada.pk)
    assert held
    assert set(held.ids) | set(pulled.ids) == set(crowd)
    for limit in (1, 3, 5):
        assert home_from_top(ada, limit) == crowd
        assert home_from_bottom(ada, limit) == crowd


def test_pages_cross_the_highest_floor_of_all_lists(ada: User, crowd: list[int], small: None) -> None:
    redis.timelines().flushall()
    for limit in (1, 3, 5, 50):
        assert home_from_top(ada, limit) == crowd
        assert home_from_bottom(ada, limit) == crowd


def test_a_crowd_reads_himself_by_pulling(grace: User, crowd: list[int], drain: Drain) -> None:
    assert Crowd.objects.get().author == grace
    shown(grace)
    at_once(lambda: factories.tweet(grace, "to all of you"))
    newest = Tweet.objects.latest("pk")
    assert newest.reach == Tweet.Reach.PULL
    assert shown(grace)[0] == newest.pk
    drain()
    assert shown(grace, limit=50) == belonging(grace)


def test_a_pulled_list_that_was_lost_is_rebuilt(ada: User, grace: User, crowd: list[int]) -> None:
    shown(ada)
    redis.timelines().delete(*redis.timelines().keys("authored:*"))
    assert shown(ada, limit=50) == crowd
    assert stored(grace.pk, AUTHORED)


def test_replies_of_a_crowd_to_strangers_are_cut_at_read(
    ada: User, grace: User, crowd: list[int], drain: Drain
) -> None:
    stranger = factories.person()
    factories.tweet(grace, in_reply_to_id=factories.tweet(stranger).pk)
    drain()
    assert shown(ada, limit=50) == crowd


# Redis away


@pytest.fixture
def own_redis(private_redis: PrivateRedis, settings: LazySettings) -> PrivateRedis:
    use(settings, private_redis.url)
    return private_redis


def use(settings: LazySettings, url: str) -> None:
    settings.CACHES = {**settings.CACHES, "timelines": {**settings.CACHES["timelines"], "LOCATION": url}}


def test_with_redis_away_home_comes_from_postgres_and_all_is_well_when_it_returns(
    ada: User, grace: User, drain: Drain, own_redis: PrivateRedis, settings: LazySettings
) -> None:
    settings.REDIS_BREAK_SECONDS = 0.05
    factories.follow(ada, grace)
    ids = [factories.tweet(grace).pk for _ in range(3)]
    drain()
    shown(ada)
    own_redis.kill()
    assert shown(ada) == ids[::-1]
    assert home_from_top(ada, 2) == ids[::-1]
    at_once(lambda: factories.tweet(grace))
    ids.append(Tweet.objects.latest("pk").pk)
    assert shown(ada) == ids[::-1]
    own_redis.start()
    time.sleep(0.06)
    drain()
    assert shown(ada) == ids[::-1]
    assert stored(ada.pk) == Stored(0, ids)


@pytest.fixture
def deaf_redis(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[object]]:
    """A server that takes calls and never answers; those who called."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="deaf-") as folder, socket.socket(socket.AF_UNIX) as listening:
        path = Path(folder) / "redis.sock"
        listening.bind(str(path))
        listening.listen()
        callers: list[object] = []

        def take_calls() -> None:
            while True:
                try:
                    callers.append(listening.accept()[0])
                except OSError:
                    return

        threading.Thread(target=take_calls, daemon=True).start()
        use(settings, f"unix://{path}")
        yield callers
        listening.shutdown(socket.SHUT_RDWR)


def test_a_redis_that_does_not_answer_is_asked_once_not_at_every_step(
    ada: User, grace: User, deaf_redis: list[object]
) -> None:
    factories.follow(ada, grace)
    tweet = factories.tweet(grace)
    actions.saw_home(user=ada)
    began = time.monotonic()
    for _ in range(3):
        assert shown(ada) == [tweet.pk]
    took = time.monotonic() - began
    assert len(deaf_redis) == 1
    assert 0.2 < took < 1.0


# Followers of very many


def test_a_reader_of_600_sees_what_one_of_few_would(ada: User, drain: Drain) -> None:
    people = factories.people(620)
    Follow.objects.bulk_create([Follow(follower=ada, followee=each) for each in people])
    ids = factories.past_tweets(people, 1300)[::-1]
    assert shown(ada, limit=100) == ids[:100]
    assert home.rebuild(INBOX, ada.pk) is False, "it is warm already"
    assert home_from_top(ada, 100) == ids
