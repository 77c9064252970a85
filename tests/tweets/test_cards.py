"""Cards are never older than the change they follow, and a sign that a tweet is gone is never premature."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from stores import cards as cache
from stores import redis
from tests import factories
from tweets import cards
from tweets.models import Tweet, id_at

pytestmark = pytest.mark.django_db


def key(tweet_id: int) -> str:
    return cache.key(cards.KIND, tweet_id)


def test_a_card_holds_what_all_viewers_see(ada: User, grace: User) -> None:
    asked = factories.tweet(grace)
    quoted = factories.tweet(grace)
    tweet = factories.tweet(ada, "so <what>?", in_reply_to_id=asked.pk, quote_of_id=quoted.pk)
    card = cards.fetch([tweet.pk])[tweet.pk]
    assert card[:8] == (ada.pk, grace.pk, 0, 0, quoted.pk, grace.pk, asked.pk, b"")
    assert b'"html":"so &lt;what&gt;?"' in card.json
    assert card.person_ids() == (ada.pk, grace.pk, 0, grace.pk)


def test_a_card_is_kept_for_an_hour_and_asked_of_postgres_once(ada: User) -> None:
    tweet = factories.tweet(ada)
    first = cards.fetch([tweet.pk])
    Tweet.objects.filter(pk=tweet.pk).update(text="behind its back")
    assert cards.fetch([tweet.pk]) == first
    assert 3590 < redis.timelines().ttl(key(tweet.pk)) <= 3600


def test_a_reader_who_is_late_cannot_put_an_old_card_back(ada: User) -> None:
    tweet = factories.tweet(ada)
    selected = cards.load([tweet.pk])
    cards.drop([tweet.pk])
    cache._keep(cards.KIND, selected)
    assert redis.timelines().get(key(tweet.pk)) == b""
    assert 10 < redis.timelines().ttl(key(tweet.pk)) <= 15
    Tweet.objects.filter(pk=tweet.pk).update(text="new")
    assert b'"text":"new"' in cards.fetch([tweet.pk])[tweet.pk].json


def test_a_tweet_that_is_long_gone_is_remembered_as_gone(ada: User, django_assert_num_queries: object) -> None:
    gone = id_at(timezone.now() - timedelta(minutes=1))
    assert cards.fetch([gone]) == {}
    assert redis.timelines().get(key(gone)) == cards.GONE
    with connection.execute_wrapper(refuse):
        assert cards.fetch([gone]) == {}


def refuse(*args: object) -> object:
    raise AssertionError("PostgreSQL was asked")


def test_a_fresh_id_is_not_called_gone_for_its_transaction_may_yet_commit(ada: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT new_tweet_id()")
        fresh = cursor.fetchone()[0]
    assert cards.fetch([fresh]) == {}
    assert redis.timelines().get(key(fresh)) is None
    Tweet.objects.create(id=fresh, author=ada, text="at last")
    assert list(cards.fetch([fresh])) == [fresh]


def test_ids_ahead_of_the_clock_are_not_called_gone_either() -> None:
    ahead = id_at(timezone.now() + timedelta(hours=1))
    assert cards.fetch([ahead]) == {}
    assert redis.timelines().get(key(ahead)) is None
