"""What can happen to a site while it delivers. Each is done once, half-way through the posting."""

import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any

from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from accounts import actions
from accounts.models import Follow, User
from bench.site import WORKERS, Site
from stores import redis
from timelines import home
from timelines.models import Generation
from tweets.actions import delete_tweet, post_tweet
from tweets.models import Tweet, id_at

THREADS = 8
CHANGES = 1000
FOUGHT_OVER = 20
SIGN_UPS = 100
ATTEMPTS = 3
FOLLOWED_AT_ONCE = 50
LONGEST_SECONDS = 120

_DRAINING = """
SELECT application_name FROM pg_stat_activity
WHERE application_name = ANY(%s) AND xact_start IS NOT NULL AND query LIKE '%%timelines\\_%%'"""


def nothing(site: Site) -> None: ...


def start_beat(site: Site) -> None:
    """Beat is what promotes crowds."""
    site.start_beat()


def flush_redis(site: Site) -> None:
    redis.timelines().flushall()


def kill_redis(site: Site) -> None:
    """kill -9; its keeper starts it again, empty, and beat notices that it is another."""
    number = Generation.objects.values_list("number", flat=True).first() or 1
    os.kill(int(redis.timelines().info("server")["process_id"]), signal.SIGKILL)
    _until(lambda: Generation.objects.filter(number__gt=number).exists())


def kill_draining_worker(site: Site) -> None:
    """SIGKILL to all processes of a worker, at a moment when it is within a drain's transaction."""
    draining: list[str] = []
    _until(lambda: draining.extend(_draining()) or bool(draining))
    os.killpg(site.worker_pid(draining[0]), signal.SIGKILL)


def _draining() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_DRAINING, [list(WORKERS)])
        return [row[0] for row in cursor.fetchall()]


def change_follows(site: Site) -> None:
    """Unfollow, follow again, or the other way round; every second change is about one of the same few pairs."""
    pairs = list(Follow.objects.order_by("?")[:CHANGES].values_list("follower", "followee"))
    chosen = [random.choice(pairs[:FOUGHT_OVER]) if i % 2 else pairs[i] for i in range(CHANGES)]
    _in_threads(_change_follow, chosen)


def _change_follow(pair: tuple[int, int]) -> None:
    follower, followee = (User.objects.get(pk=each) for each in pair)
    if not actions.unfollow(follower=follower, followee=followee):
        actions.follow(follower=follower, followee=followee)
    home.page(follower)


def delete_fresh_tweets(site: Site) -> None:
    """Always of those posted within the last second; of one's own when nobody posts just now."""
    _in_threads(_delete_fresh, range(CHANGES))


def _delete_fresh(number: int) -> None:
    deleted = False
    while not deleted:
        fresh = Tweet.objects.filter(pk__gt=id_at(timezone.now() - timedelta(seconds=1)), deleted_at=None)
        tweet = fresh.order_by("?").first() or post_tweet(
            author=User.objects.earliest("pk"), text=f"not for long {number}"
        )
        deleted = delete_tweet(tweet=tweet)


def sign_up(site: Site) -> None:
    """People who follow many in the transaction that makes their account, and read home at once."""
    _in_threads(_sign_up, range(SIGN_UPS))


def _sign_up(number: int) -> None:
    for _ in range(ATTEMPTS):
        try:
            return _follow_many(number)
        except OperationalError:  # took longer than a transaction may
            connection.close()
    return None


def _follow_many(number: int) -> None:
    with transaction.atomic():
        user = User.objects.create(username=f"late_{number}")
        for followee in User.objects.exclude(pk=user.pk).order_by("?")[:FOLLOWED_AT_ONCE]:
            actions.follow(follower=user, followee=followee)
    home.page(user)


def _in_threads(work: Callable[[Any], None], items: Sequence[Any]) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        for share in [pool.submit(_work_through, work, items[i::THREADS]) for i in range(THREADS)]:
            share.result()


def _work_through(work: Callable[[Any], None], items: Sequence[Any]) -> None:
    try:
        for item in items:
            work(item)
    finally:
        connections.close_all()


def _until(done: Callable[[], bool]) -> None:
    for attempt in count():
        if done():
            return
        if attempt * 0.02 > LONGEST_SECONDS:
            raise TimeoutError("it did not come to that")
        time.sleep(0.02)
