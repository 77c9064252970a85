"""Tweets of a feed as finished HTML, kept by what they say."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts import actions as accounts
from accounts.models import User
from stores import redis
from tests import factories
from tweets import actions
from tweets.models import Tweet

pytestmark = pytest.mark.django_db(transaction=True)

AsUser = Callable[[User], Client]


def kept() -> int:
    return len(redis.timelines().keys("html:*"))


def article(client: Client, tweet: Tweet) -> str:
    page = client.get("/").content.decode()
    found = re.search(rf'<article[^>]*id="tweet-{tweet.pk}".*?</article>', page, re.DOTALL)
    assert found
    return found[0]


def tokens(text: str) -> set[str]:
    return set(re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', text))


@pytest.fixture
def tweet(ada: User, grace: User) -> Tweet:
    factories.follow(grace, ada)
    return factories.tweet(ada, "Hello, Grace")


def test_a_second_reader_is_served_what_was_made_for_the_first(
    tweet: Tweet, ada: User, grace: User, alan: User, as_user: AsUser
) -> None:
    factories.follow(alan, ada)
    first = article(as_user(grace), tweet)
    assert kept() == 1
    second = article(as_user(alan), tweet)
    assert kept() == 1
    assert tokens(first).isdisjoint(tokens(second))
    assert len(tokens(second)) == 1


def test_no_mark_is_left_in_a_page(tweet: Tweet, grace: User, as_user: AsUser) -> None:
    client = as_user(grace)
    for _ in ("made", "kept"):
        assert "\0" not in client.get("/").content.decode()


def test_the_author_alone_is_offered_to_delete_it(tweet: Tweet, ada: User, grace: User, as_user: AsUser) -> None:
    assert f"/tweets/{tweet.pk}/delete/" not in article(as_user(grace), tweet)
    assert f"/tweets/{tweet.pk}/delete/" in article(as_user(ada), tweet)
    assert f"/tweets/{tweet.pk}/delete/" not in article(as_user(grace), tweet)


def test_a_like_shows_at_once(tweet: Tweet, grace: User, as_user: AsUser) -> None:
    client = as_user(grace)
    assert 'aria-label="Like, 0 so far"' in article(client, tweet)
    actions.like(user=grace, tweet_id=tweet.pk)
    shown = article(client, tweet)
    assert 'aria-label="Like, 1 so far"' in shown
    assert 'aria-pressed="true"' in shown


def test_a_new_name_shows_at_once(tweet: Tweet, ada: User, grace: User, as_user: AsUser) -> None:
    client = as_user(grace)
    assert "Ada Lovelace" in article(client, tweet)
    accounts.edit_profile(user=ada, changes={"name": "Countess"})
    shown = article(client, tweet)
    assert "Countess" in shown
    assert "Ada Lovelace" not in shown


def test_without_redis_the_page_is_the_same(tweet: Tweet, grace: User, as_user: AsUser) -> None:
    client = as_user(grace)
    with_redis = re.sub(r"\w{64}", "", article(client, tweet))
    redis.breaker_of(redis.timelines().connection_pool).trip()
    try:
        assert re.sub(r"\w{64}", "", article(client, tweet)) == with_redis
    finally:
        redis.breaker_of(redis.timelines().connection_pool).reset()
