"""What whom a poll tells, and at which cost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from stores import cards as card_cache
from stores import redis, wire
from tests import factories
from tweets import cards, presenting
from tweets.actions import retweet
from tweets.models import Poll, PollVote, Tweet
from tweets.polls import votes
from tweets.polls.actions import vote
from tweets.presenting import gather

pytestmark = pytest.mark.django_db


@pytest.fixture
def tweet(grace: User) -> Tweet:
    return factories.tweet(grace, "Tea?", poll=factories.poll("Yes", "No", "Later"))


def poll(tweet: Tweet, viewer: User | None) -> dict[str, Any]:
    shown: dict[str, Any] = gather([tweet.pk], viewer.pk if viewer else None).shown(tweet.pk)["poll"]
    return shown


def counts(shown: dict[str, Any]) -> list[int | None]:
    return [choice["votes"] for choice in shown["choices"]]


def end(tweet: Tweet) -> None:
    Poll.objects.filter(pk=tweet.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    cards.drop([tweet.pk])


def test_says_what_is_asked_until_when_and_how_many_have_voted(tweet: Tweet, ada: User) -> None:
    ends_at = tweet.poll.ends_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert poll(tweet, ada) == {
        "choices": [
            {"position": 1, "text": "Yes", "votes": None},
            {"position": 2, "text": "No", "votes": None},
            {"position": 3, "text": "Later", "votes": None},
        ],
        "ends_at": ends_at,
        "closed": False,
        "votes": 0,
        "voted_for": None,
    }


def test_tells_results_to_whoever_has_voted_or_asked_and_to_all_in_the_end(
    tweet: Tweet, ada: User, grace: User, alan: User
) -> None:
    vote(user=ada, tweet_id=tweet.pk, choice=2)
    for viewer, told, voted_for in ((ada, [0, 1, 0], 2), (grace, [0, 1, 0], None), (alan, [None] * 3, None)):
        shown = poll(tweet, viewer)
        assert (counts(shown), shown["voted_for"], shown["votes"], shown["closed"]) == (told, voted_for, 1, False)
    assert counts(poll(tweet, None)) == [None] * 3
    end(tweet)
    for anybody in (alan, None):
        shown = poll(tweet, anybody)
        assert (counts(shown), shown["closed"]) == ([0, 1, 0], True)


def test_a_retweet_and_a_quote_carry_it(tweet: Tweet, ada: User, grace: User) -> None:
    again = retweet(user=ada, tweet_id=tweet.pk)
    quote = factories.tweet(ada, quote_of_id=tweet.pk)
    vote(user=ada, tweet_id=tweet.pk, choice=1)
    material = gather([again.pk, quote.pk], ada.pk)
    assert material.shown(again.pk)["poll"] is None
    assert counts(material.shown(again.pk)["retweet_of"]["poll"]) == [1, 0, 0]
    assert counts(material.shown(quote.pk)["quote_of"]["poll"]) == [1, 0, 0]


def test_without_redis_it_is_the_same(tweet: Tweet, ada: User) -> None:
    vote(user=ada, tweet_id=tweet.pk, choice=3)
    with_redis = poll(tweet, ada)
    breaker = redis.breaker_of(redis.timelines().connection_pool)
    breaker.trip()
    try:
        assert poll(tweet, ada) == with_redis
    finally:
        breaker.reset()


def test_a_reader_who_is_late_cannot_put_no_vote_back(tweet: Tweet, ada: User) -> None:
    selected = votes.load(ada.pk, [tweet.pk])
    vote(user=ada, tweet_id=tweet.pk, choice=1)
    card_cache._keep(f"vote:{ada.pk}", selected)
    assert poll(tweet, ada)["voted_for"] == 1


def test_a_vote_blocks_what_is_kept_before_it_commits(tweet: Tweet, ada: User) -> None:
    poll(tweet, ada)
    key = card_cache.key(f"vote:{ada.pk}", tweet.pk)
    assert redis.timelines().get(key) == b"0"
    votes.block(ada.pk, tweet.pk)
    PollVote.objects.create(poll=tweet.poll, user=ada, choice=2)
    assert 10 < redis.timelines().ttl(key) <= 15
    assert poll(tweet, ada)["voted_for"] == 2


def asked(authors: list[User]) -> list[int]:
    return [factories.tweet(each, poll=factories.poll()).pk for each in authors]


@pytest.mark.parametrize("polls", [0, 1, 20])
def test_a_warm_page_asks_in_the_same_conversation_and_only_if_it_has_a_poll(
    ada: User, polls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = factories.tweet(ada).pk
    ids = [*asked(factories.people(polls)), plain]
    gather(ids, ada.pk)
    conversations: list[int] = []
    ask: Callable[..., object] = wire.ask
    monkeypatch.setattr(wire, "ask", lambda commands: (conversations.append(len(commands)), ask(commands))[1])

    def refuse(*args: object) -> object:
        raise AssertionError("PostgreSQL was asked")

    with connection.execute_wrapper(refuse):
        for each in ([plain], ids):
            presenting.remembered.clear()
            gather(each, ada.pk)
    cards_of_plain, around_plain, cards_of_all, around_all = conversations
    assert (cards_of_plain, cards_of_all) == (1, 1)
    assert around_all == around_plain + (2 if polls else 0)  # counts, and one's own votes
