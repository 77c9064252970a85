"""What may happen to a site while it delivers, at a size for every day; `bench.acceptance` does the same at full size.

People post from several threads and drains run beside them; half-way something happens. When all is delivered the audit
must find nothing missing, and everybody's home, read to its end and back, must be what PostgreSQL says.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest
from django.conf import LazySettings
from django.db import connection, transaction

from accounts import actions, importing
from accounts.counts import people as people_counts
from accounts.models import Follow, User
from stores import redis
from tests import factories
from tests.servers import PrivateRedis
from timelines import audit, crowds, fanout, generation, home, walks
from timelines.models import Crowd, FeedEvent
from tweets.actions import delete_tweet
from tweets.models import Tweet

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, FOLLOWED, TURNS = 20, 7, 10
POSTERS = 3
LONGEST_SECONDS = 300

# Delivers a batch, says so, and never comes to deleting its events.
STUCK_DRAIN = """
import time, django
django.setup()
from timelines import fanout
fanout._settle = lambda events, outcome: (print(len(events), flush=True), time.sleep(600))
fanout.drain()
"""


@pytest.fixture
def people() -> list[User]:
    """A network in which everybody's inbox is warm."""
    chance, people = random.Random(4), factories.people(PEOPLE)
    importing.follow_all(
        [(each.pk, other.pk) for each in people for other in (people[0], *chance.sample(people, FOLLOWED))]
    )
    read_home(people)
    return people


def drain_all() -> None:
    until(lambda: fanout.drain() and not FeedEvent.objects.exists())


def read_home(people: Sequence[User]) -> None:
    for each in people:
        home.page(each)


def until(done: Callable[[], bool]) -> None:
    for attempt in count():
        if done():
            return
        assert attempt < LONGEST_SECONDS * 100, "it did not come to that"
        time.sleep(0.01)


@contextmanager
def draining() -> Iterator[None]:
    """Two drains run, as two workers would, and go on when Redis fails them."""
    done = Event()

    def drain() -> None:
        while not done.is_set():
            try:
                fanout.drain(seconds=0.2)
            except redis.RedisError:
                done.wait(0.01)
        connection.close()

    workers = [Thread(target=drain) for _ in range(2)]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        done.set()
        for worker in workers:
            worker.join()


def all_post(people: Sequence[User], *meanwhile: Callable[[], None]) -> None:
    """Everybody posts in turns, from several threads; when half is posted, something happens beside it."""
    half = len(people) * TURNS // 2
    posters = [partial(post_in_turns, people[first::POSTERS]) for first in range(POSTERS)]
    others = [partial(later, half, happening) for happening in meanwhile[1:]]
    with draining(), ThreadPoolExecutor(POSTERS + len(meanwhile)) as pool:
        threads = [pool.submit(with_own_connection, doing) for doing in (*posters, *others)]
        for happening in meanwhile[:1]:
            later(half, happening)  # here, for a server that a thread starts may end with it
        for each in threads:
            each.result()
    drain_all()


def post_in_turns(authors: Sequence[User]) -> None:
    for turn in range(TURNS):
        for author in authors:
            factories.tweet(author, f"{turn} by {author.pk}")


def later(tweets: int, happening: Callable[[], None]) -> None:
    until(lambda: Tweet.objects.count() >= tweets)
    happening()


def with_own_connection(doing: Callable[[], None]) -> None:
    try:
        doing()
    finally:
        connection.close()


def assert_all_is_well(people: Sequence[User]) -> None:
    read_home(people)
    inboxes, authored = audit.inboxes([each.pk for each in people]), audit.authored_lists()
    assert (inboxes.warm, inboxes.full) == (len(people), len(people))
    assert (inboxes.missing, inboxes.beside, inboxes.seen, inboxes.undecided) == (0, 0, {}, set())
    assert (authored.survivors, authored.undecided) == ({}, set())
    assert walks.walk([each.pk for each in people]).wrong == {}


def test_undisturbed(people: list[User]) -> None:
    all_post(people)
    assert_all_is_well(people)


def test_inboxes_that_overflow(people: list[User], settings: LazySettings) -> None:
    settings.INBOX_SIZE = 40
    all_post(people)
    assert_all_is_well(people)


def test_crowds_are_promoted_meanwhile(people: list[User], settings: LazySettings) -> None:
    settings.FANOUT_LIMIT = FOLLOWED

    def promote() -> None:
        until(lambda: not people_counts.settle())
        assert 0 < crowds.promote() < len(people)
        read_home(people)

    all_post(people, promote)
    assert set(Crowd.objects.values_list("state", flat=True)) == {Crowd.State.PULL}
    for author in people:
        factories.tweet(author)
    drain_all()
    assert Tweet.objects.filter(reach=Tweet.Reach.PULL).exists()
    assert_all_is_well(people)


def test_redis_is_wiped(people: list[User]) -> None:
    def wipe() -> None:
        redis.timelines().flushall()
        read_home(people)

    all_post(people, wipe)
    assert_all_is_well(people)


@pytest.fixture
def own_redis(private_redis: PrivateRedis, settings: LazySettings) -> PrivateRedis:
    settings.CACHES = {**settings.CACHES, "timelines": {**settings.CACHES["timelines"], "LOCATION": private_redis.url}}
    settings.REDIS_BREAK_SECONDS = 0.05
    return private_redis


def test_redis_is_killed(own_redis: PrivateRedis, people: list[User]) -> None:
    generation.watch()

    def kill() -> None:
        own_redis.kill()
        read_home(people)
        own_redis.start()
        until(noticed)
        read_home(people)

    all_post(people, kill)
    assert_all_is_well(people)


def noticed() -> bool:
    try:
        return generation.watch()
    except redis.RedisError:
        return False


def test_a_worker_is_killed_between_delivery_and_commit(people: list[User]) -> None:
    for author in people:
        factories.tweet(author)
    database = connection.settings_dict["NAME"]
    environment = {**os.environ, "DATABASE_URL": os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database}"}
    command = [sys.executable, "-c", STUCK_DRAIN]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert int(worker.stdout.readline()) == len(people)
        worker.send_signal(signal.SIGKILL)
    assert FeedEvent.objects.count() == len(people)
    all_post(people)
    assert_all_is_well(people)


def test_follows_change_from_many_threads(people: list[User]) -> None:
    chance = random.Random(9)
    pairs = list(Follow.objects.order_by("pk").values_list("follower", "followee"))
    contested = pairs[:4]

    def change() -> None:
        for number in range(20):
            change_follow(*chance.choice(contested if number % 2 else pairs))

    all_post(people, *[change] * 8)
    assert_all_is_well(people)


def change_follow(follower_id: int, followee_id: int) -> None:
    follower, followee = (User.objects.get(pk=each) for each in (follower_id, followee_id))
    if not actions.unfollow(follower=follower, followee=followee):
        actions.follow(follower=follower, followee=followee)
    home.page(follower)


def test_tweets_are_deleted_as_soon_as_posted(people: list[User]) -> None:
    def delete() -> None:
        for _ in range(40):
            tweet = Tweet.objects.filter(deleted_at=None).latest("pk")
            delete_tweet(tweet=tweet)

    all_post(people, delete, delete)
    assert_all_is_well(people)


def test_people_sign_up_and_follow_many_at_once(people: list[User]) -> None:
    late: list[User] = []

    def sign_up() -> None:
        for _ in range(4):
            with transaction.atomic():
                user = factories.person()
                factories.follow(user, *people)
            home.page(user)
            late.append(user)

    all_post(people, sign_up, sign_up)
    assert len(late) == 8
    assert_all_is_well([*people, *late])
