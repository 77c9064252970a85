"""What is kept of a tweet just posted is what would have been loaded; what cannot be known is left to be loaded."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from accounts.models import User
from stores import cards as cache
from stores import redis
from tests import factories
from tweets import actions, cards, fresh
from tweets.composing import NewPoll, NewTweet
from tweets.counts import tweets as counts
from tweets.models import Tweet

pytestmark = pytest.mark.django_db

Capture = Callable[..., AbstractContextManager[Any]]


def kept(tweet: Tweet) -> object:
    return redis.timelines().get(cache.key(cards.KIND, tweet.pk))


def test_posting_keeps_the_card_that_would_be_loaded(
    ada: User, grace: User, django_capture_on_commit_callbacks: Capture
) -> None:
    asked = factories.tweet(grace)
    with django_capture_on_commit_callbacks(execute=True):
        posted = [
            factories.tweet(ada, "so <what>?\nsee https://example.com/ and example.org"),
            factories.tweet(ada, "an answer", in_reply_to_id=asked.pk),
            factories.tweet(ada, "to some", reply_settings=Tweet.ReplySettings.FOLLOWING),
            *actions.post_thread(author=ada, tweets=[NewTweet("one"), NewTweet("two")]),
        ]
    assert {each.pk: kept(each) for each in posted} == cards.load([each.pk for each in posted])
    for each in posted:
        assert redis.timelines().get(counts.key(each.pk)) == counts.load([each.pk])[each.pk]


def test_what_stands_elsewhere_is_loaded(ada: User, grace: User, django_capture_on_commit_callbacks: Capture) -> None:
    quoted = factories.tweet(grace)
    with django_capture_on_commit_callbacks(execute=True):
        posted = [
            factories.tweet(ada, "hello @grace"),
            factories.tweet(ada, "some #tea"),
            factories.tweet(ada, "look", quote_of_id=quoted.pk),
            actions.post_tweet(author=ada, text="which?", poll=NewPoll(("this", "that"), 5)),
        ]
    assert [kept(each) for each in posted] == [None] * 4


def test_a_tweet_that_has_changed_since_is_not_overwritten(
    ada: User, django_capture_on_commit_callbacks: Capture
) -> None:
    tweet = factories.tweet(ada)
    cards.drop([tweet.pk])
    redis.timelines().set(counts.key(tweet.pk), b'{"likes":1}')
    with django_capture_on_commit_callbacks(execute=True):
        fresh.keep(tweet)
    assert kept(tweet) == b""
    assert redis.timelines().get(counts.key(tweet.pk)) == b'{"likes":1}'
