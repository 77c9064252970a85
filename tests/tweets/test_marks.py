"""What the viewer has done to a tweet is right on the very next page, and needs no SQL on those after."""

from collections.abc import Callable

import pytest
from django.db import connection

from accounts.models import User
from stores import redis
from tests import factories
from tweets import marks
from tweets.actions import bookmark, like, remove_bookmark, retweet, undo_retweet, unlike
from tweets.marks import Mark
from tweets.models import Tweet
from tweets.pinning import pin, unpin

pytestmark = pytest.mark.django_db


@pytest.fixture
def tweet(grace: User) -> Tweet:
    return factories.tweet(grace)


def warm(viewer: User, *tweets: Tweet) -> None:
    """As 15 seconds after the last change, and a page later."""
    redis.timelines().delete(*marks._keys(viewer.pk))
    marks.of(viewer.pk, [each.pk for each in tweets])


def refuse(*args: object) -> object:
    raise AssertionError("PostgreSQL was asked")


@pytest.mark.parametrize(
    ("do", "undo", "mark"),
    [
        (like, unlike, Mark.LIKED),
        (bookmark, remove_bookmark, Mark.BOOKMARKED),
        (retweet, undo_retweet, Mark.RETWEETED),
        (pin, unpin, Mark.PINNED),
    ],
)
def test_every_mark_shows_at_once_and_from_redis_later(
    ada: User, tweet: Tweet, do: Callable[..., object], undo: Callable[..., object], mark: Mark
) -> None:
    if mark == Mark.PINNED:
        tweet = factories.tweet(ada)
    warm(ada, tweet)
    do(user=ada, tweet_id=tweet.pk)
    assert marks.of(ada.pk, [tweet.pk]) == {tweet.pk: mark}
    warm(ada, tweet)
    with connection.execute_wrapper(refuse):
        assert marks.of(ada.pk, [tweet.pk]) == {tweet.pk: mark}
    undo(user=ada, tweet_id=tweet.pk)
    assert marks.of(ada.pk, [tweet.pk]) == {tweet.pk: 0}


def test_nobody_sees_the_marks_of_others(ada: User, alan: User, tweet: Tweet) -> None:
    like(user=ada, tweet_id=tweet.pk)
    assert marks.of(alan.pk, [tweet.pk]) == {tweet.pk: 0}
    assert marks.of(None, [tweet.pk]) == {tweet.pk: 0}


def test_who_read_before_a_change_cannot_keep_what_he_read(
    ada: User, tweet: Tweet, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = marks._newest
    done: list[object] = []

    def slow(viewer_id: int, mark: Mark) -> list[int]:
        found = newest(viewer_id, mark)
        if not done:
            done.append(like(user=ada, tweet_id=tweet.pk))
        return found

    monkeypatch.setattr(marks, "_newest", slow)
    marks.rebuild(ada.pk)
    assert redis.timelines().get(marks._state_key(ada.pk)) == b""
    assert marks.of(ada.pk, [tweet.pk]) == {tweet.pk: Mark.LIKED}


def test_below_the_newest_kept_postgres_answers(ada: User, grace: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "MOST_KEPT", 3)
    tweets = [factories.tweet(grace) for _ in range(8)]
    for each in tweets[:6]:
        like(user=ada, tweet_id=each.pk)
    warm(ada, *tweets)
    assert redis.timelines().scard(marks._keys(ada.pk)[1]) == 4
    assert marks.of(ada.pk, [each.pk for each in tweets]) == {
        each.pk: Mark.LIKED if each in tweets[:6] else 0 for each in tweets
    }


@pytest.mark.parametrize("lost", [0, 1, 2, 3])
def test_any_key_lost_costs_a_rebuild_and_no_mark(ada: User, tweet: Tweet, lost: int) -> None:
    like(user=ada, tweet_id=tweet.pk)
    warm(ada, tweet)
    redis.timelines().delete(marks._keys(ada.pk)[lost])
    assert marks.of(ada.pk, [tweet.pk]) == {tweet.pk: Mark.LIKED}
    with connection.execute_wrapper(refuse):
        assert marks.of(ada.pk, [tweet.pk]) == {tweet.pk: Mark.LIKED}
