"""What is left of a deleted tweet goes in steps, and nothing else with it."""

from collections.abc import Callable

import pytest

from accounts.models import User
from tests import factories
from timelines.models import FeedEvent
from tweets import purging
from tweets.actions import bookmark, delete_tweet, like, retweet
from tweets.models import Bookmark, Like, Tweet, TweetCountChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def popular(grace: User) -> Tweet:
    """Liked, kept and retweeted by five, quoted by one and answered by another."""
    tweet = factories.tweet(grace)
    for each in factories.people(5):
        for act in (like, bookmark, retweet):
            act(user=each, tweet_id=tweet.pk)
    factories.tweet(factories.person(), quote_of_id=tweet.pk)
    factories.tweet(factories.person(), in_reply_to_id=tweet.pk)
    return tweet


def test_a_deleted_tweet_goes_with_its_likes_bookmarks_and_retweets(
    ada: User, popular: Tweet, drain: Callable[[], None]
) -> None:
    other = factories.tweet(ada)
    like(user=ada, tweet_id=other.pk)
    delete_tweet(tweet=popular)
    drain()
    assert not Tweet.objects.filter(pk=popular.pk).exists()
    assert not Tweet.objects.filter(retweet_of=popular.pk).exists()
    assert (Like.objects.count(), Bookmark.objects.count()) == (1, 0)
    assert Tweet.objects.count() == 3, "the other, the quote and the reply"
    assert FeedEvent.objects.count() == 0


def test_steps_are_small(popular: Tweet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "MARKS_A_STEP", 2)
    monkeypatch.setattr(purging, "RETWEETS_A_STEP", 3)
    delete_tweet(tweet=popular)
    steps = []
    while not purging.purge(popular.pk):
        steps.append((Like.objects.count(), Bookmark.objects.count(), retweets_of(popular)))
    assert steps == [(3, 3, 5), (1, 1, 5), (0, 0, 5), (0, 0, 2), (0, 0, 0)]
    assert not TweetCountChange.objects.filter(subject_id=popular.pk).exists()


def retweets_of(tweet: Tweet) -> int:
    return Tweet.objects.filter(retweet_of=tweet.pk, deleted_at=None).count()


def test_a_tweet_that_is_not_deleted_is_not_purged_with_its_row(ada: User) -> None:
    tweet = factories.tweet(ada)
    purging.purge(tweet.pk)
    assert Tweet.objects.filter(pk=tweet.pk).exists()


def test_purging_what_is_gone_is_done() -> None:
    assert purging.purge(5)
