"""PostgreSQL's own answer, held against the definition of belonging written out plainly."""

import random
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Follow, User
from tests import factories
from tests.timelines.world import belonging
from timelines import plans, truth
from timelines.inbox import Contents
from timelines.models import Crowd
from tweets.models import Tweet

pytestmark = pytest.mark.django_db


def a_network(followed: int, tweets: int, seed: int) -> User:
    """A reader, those he follows, as many strangers, and what they wrote: replies, deleted and pulled ones among it."""
    chance = random.Random(seed)
    reader = factories.person()
    people = factories.people(2 * followed)
    Follow.objects.bulk_create([Follow(follower=reader, followee=each) for each in people[:followed]])
    authors = [reader, *people]
    Tweet.objects.bulk_create([a_tweet(chance, authors) for _ in range(tweets)])
    return reader


def a_tweet(chance: random.Random, authors: list[User]) -> Tweet:
    return Tweet(
        author=chance.choice(authors),
        text="x",
        in_reply_to_user=chance.choice(authors) if chance.random() < 0.4 else None,
        deleted_at=timezone.now() if chance.random() < 0.1 else None,
        reach=Tweet.Reach.PULL if chance.random() < 0.2 else Tweet.Reach.PUSH,
    )


def pushed(tweet_ids: list[int]) -> list[int]:
    return list(
        Tweet.objects.filter(pk__in=tweet_ids, reach=Tweet.Reach.PUSH).order_by("-pk").values_list("pk", flat=True)
    )


@pytest.mark.parametrize(("followed", "tweets"), [(0, 40), (1, 40), (10, 300), (60, 1200), (620, 5000)])
def test_both_ways_and_at_every_cursor_it_is_the_definition(followed: int, tweets: int) -> None:
    reader = a_network(followed, tweets, seed=followed)
    expected = belonging(reader)
    cursors = [None, *expected[:: max(1, len(expected) // 6)], 1, 0]
    for cursor in cursors:
        below = [each for each in expected if cursor is None or each < cursor]
        above = [each for each in expected if each > (cursor or 0)][::-1]
        for limit in (1, 7, 100, 401):
            assert truth.older(reader.pk, cursor, limit) == below[:limit]
            assert truth.older(reader.pk, cursor, limit, pushed_only=True) == pushed(below)[:limit]
            assert truth.newer(reader.pk, cursor or 0, limit) == above[:limit]


@pytest.mark.parametrize("many", [0, 10_000])
def test_the_plan_by_id_and_the_plan_by_author_agree(monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    """For a reader of 30: once as one of many, once as one of few."""
    monkeypatch.setattr(plans, "MANY_AUTHORS", many)
    reader = a_network(30, 900, seed=3)
    expected = belonging(reader)
    for limit in (1, 5, 50, 401):
        assert truth.older(reader.pk, None, limit) == expected[:limit]
        assert truth.older(reader.pk, expected[40], limit) == expected[41:][:limit]


def test_one_who_writes_all_there_is_leaves_no_room_for_an_error_of_the_bound() -> None:
    """The newest few of each author bound the page; here one author has nearly all of it, another the oldest."""
    reader, loud, quiet = factories.people(3)
    Follow.objects.bulk_create([Follow(follower=reader, followee=each) for each in (loud, quiet)])
    first = factories.tweet(quiet)
    Tweet.objects.bulk_create([Tweet(author=loud, text="x") for _ in range(300)])
    expected = belonging(reader)
    assert truth.older(reader.pk, None, 300) == expected[:300]
    assert truth.older(reader.pk, None, 301) == [*expected[:300], first.pk]


def test_replies_belong_to_whom_they_concern(ada: User, grace: User, alan: User) -> None:
    """Ada follows Grace, not Alan."""
    factories.follow(ada, grace)
    by_ada, by_grace, by_alan = (factories.tweet(each) for each in (ada, grace, alan))

    def reply(author: User, answered: Tweet) -> int:
        return factories.tweet(author, in_reply_to_id=answered.pk).pk

    belongs = {
        "my reply to a stranger": reply(ada, by_alan),
        "my reply to myself": reply(ada, by_ada),
        "a reply to me by whom I follow": reply(grace, by_ada),
        "a self-thread of whom I follow": reply(grace, by_grace),
    }
    does_not = {
        "a stranger's reply to me": reply(alan, by_ada),
        "a reply to a stranger by whom I follow": reply(grace, by_alan),
        "a stranger's reply to whom I follow": reply(alan, by_grace),
    }
    found = set(truth.older(ada.pk, None, 50))
    assert {name for name, each in belongs.items() if each not in found} == set()
    assert {name for name, each in does_not.items() if each in found} == set()
    assert found - set(belongs.values()) == {by_ada.pk, by_grace.pk}


def test_retweets_belong_like_tweets_of_who_retweets(ada: User, grace: User, alan: User) -> None:
    from tweets.actions import retweet

    factories.follow(ada, grace)
    reply_to_a_stranger = factories.tweet(alan, in_reply_to_id=factories.tweet(alan).pk)
    mine = retweet(user=grace, tweet_id=reply_to_a_stranger.pk)
    assert truth.older(ada.pk, None, 9) == [mine.pk]


def test_an_inbox_is_made_of_what_is_pushed_of_ties_and_of_pulls(ada: User, grace: User, alan: User) -> None:
    factories.follow(ada, grace, alan)
    Crowd.objects.create(author=grace, state=Crowd.State.PULL)
    Crowd.objects.create(author=ada, state=Crowd.State.PROMOTING)
    kept = factories.tweet(alan)
    pulled = factories.tweet(grace)
    contents = truth.inbox_contents(ada.pk, 5)
    assert contents.ids == [kept.pk]
    assert sorted(contents.ties) == sorted([ada.pk, grace.pk, alan.pk])
    assert sorted(contents.pulls) == sorted([grace.pk, ada.pk])
    assert truth.authored_contents(grace.pk, 5) == Contents([pulled.pk])
    assert truth.authored_contents(alan.pk, 5) == Contents([])


@pytest.mark.parametrize("ask", [lambda pk: truth.older(pk, None, 21), lambda pk: truth.newer(pk, 0, 21)])
def test_an_answer_takes_the_same_few_queries_for_any_number_followed(ask: Callable[[int], list[int]]) -> None:
    for followed in (3, 30):
        reader = a_network(followed, 100, seed=1)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ask(reader.pk)
        assert len(queries) <= 2
