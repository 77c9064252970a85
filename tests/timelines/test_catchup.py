"""Catching up: what was missed in home, in an order of its own, by home's rules."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import actions as people
from accounts.models import User
from accounts.relations import actions as relations
from tests import factories
from tests.rest import ANONYMOUS, error, only_error, rest, walk
from timelines import catchup, markers
from tweets import actions
from tweets.models import Tweet, id_at

pytestmark = pytest.mark.django_db

CATCH_UP = "/api/timelines/catch_up/"


@pytest.fixture
def missed(ada: User, grace: User, alan: User) -> dict[str, Tweet]:
    """Ada follows both. Alan's was liked twice, Grace's second once."""
    factories.follow(ada, grace, alan)
    tweets = {
        name: factories.tweet(author, name)
        for name, author in {"g1": grace, "a1": alan, "g2": grace, "mine": ada, "g3": grace}.items()
    }
    for liker, name in ((ada, "a1"), (grace, "a1"), (ada, "g2")):
        actions.like(user=liker, tweet_id=tweets[name].pk)
    return tweets


def texts(tweets: list[dict[str, Any]]) -> list[str]:
    return [(each["retweet_of"] or each)["text"] for each in tweets]


def test_most_engaged_come_first_and_newer_before_older(ada: User, missed: dict[str, Tweet]) -> None:
    assert texts(walk(rest(ada), f"{CATCH_UP}?limit=1")) == ["a1", "g2", "g3", "g1"]


def test_author_by_author_the_most_engaged_first(ada: User, missed: dict[str, Tweet]) -> None:
    assert texts(walk(rest(ada), f"{CATCH_UP}?by=author&limit=3")) == ["a1", "g3", "g2", "g1"]


def test_since_the_last_visit_is_since_where_home_was_read(ada: User, missed: dict[str, Tweet]) -> None:
    markers.move(reader=ada, last_read_id=missed["a1"].pk, version=0)
    assert texts(walk(rest(ada), CATCH_UP)) == ["g2", "g3"]
    assert texts(walk(rest(ada), f"{CATCH_UP}?span=6h")) == ["a1", "g2", "g3", "g1"]


@pytest.mark.parametrize(("span", "hours"), [("6h", 6), ("1d", 24), ("3d", 72), ("1w", 168), ("visit", 24)])
def test_a_span_is_as_long_as_it_says(ada: User, grace: User, span: str, hours: int) -> None:
    factories.follow(ada, grace)
    now = timezone.now()
    for name, ago in (("before", timedelta(hours=hours, minutes=1)), ("within", timedelta(hours=hours, minutes=-1))):
        Tweet.objects.create(pk=id_at(now - ago), author=grace, text=name)
    assert texts(walk(rest(ada), f"{CATCH_UP}?span={span}")) == ["within"]


def test_what_several_retweeted_is_there_once(ada: User, grace: User, alan: User) -> None:
    factories.follow(ada, grace, alan)
    tweet = factories.tweet(factories.person("stranger"), "once")
    for each in (grace, alan):
        actions.retweet(user=each, tweet_id=tweet.pk)
    [shown] = walk(rest(ada), CATCH_UP)
    assert (shown["author"]["username"], shown["retweet_of"]["text"]) == ("grace", "once")
    relations.show_retweets(follower=ada, followee=grace, show=False)
    [shown] = walk(rest(ada), f"{CATCH_UP}?span=1d")
    assert (shown["author"]["username"], shown["retweet_of"]["text"]) == ("alan", "once")


@pytest.mark.django_db(transaction=True)
def test_hides_what_home_hides_also_from_an_order_that_is_settled(
    ada: User, grace: User, missed: dict[str, Tweet]
) -> None:
    client = rest(ada)
    following = client.get(f"{CATCH_UP}?limit=1").json()["next"]
    actions.delete_tweet(tweet=missed["g3"])
    assert texts(walk(client, following)) == ["g2", "g1"]
    people.unfollow(follower=ada, followee=grace)
    assert texts(walk(client, following)) == []
    assert texts(walk(client, CATCH_UP)) == ["a1"]


def test_likes_that_come_between_two_pages_change_no_place(ada: User, grace: User, missed: dict[str, Tweet]) -> None:
    client = rest(ada)
    first = client.get(f"{CATCH_UP}?limit=2").json()
    for each in (ada, grace):
        actions.like(user=each, tweet_id=missed["g1"].pk)
    assert texts(first["results"] + walk(client, first["next"])) == ["a1", "g2", "g3", "g1"]


def test_looks_at_the_newest_only(ada: User, missed: dict[str, Tweet], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catchup, "LOOKED_AT", 3)
    assert texts(walk(rest(ada), CATCH_UP)) == ["g2", "g3"]


def test_home_stays_as_it_is(ada: User, missed: dict[str, Tweet]) -> None:
    walk(rest(ada), CATCH_UP)
    assert texts(walk(rest(ada), "/api/timelines/home/")) == ["g3", "mine", "g2", "a1", "g1"]


@pytest.mark.parametrize(
    ("query", "attr", "code"),
    [("span=2h", "span", "invalid_choice"), ("by=luck", "by", "invalid_choice"), ("before=x", "before", "invalid")],
)
def test_nonsense_is_refused(ada: User, query: str, attr: str, code: str) -> None:
    response = rest(ada).get(f"{CATCH_UP}?{query}")
    assert (response.status_code, only_error(response)) == (400, error(code, attr))


def test_is_for_members(client: Client) -> None:
    assert only_error(rest().get(CATCH_UP)) == ANONYMOUS
    assert client.get("/i/catch-up/")["Location"] == "/login/?next=/i/catch-up/"


class TestPage:
    def test_has_groups_under_their_authors(
        self, ada: User, missed: dict[str, Tweet], as_user: Callable[[User], Client]
    ) -> None:
        browser = as_user(ada)
        groups = browser.get("/i/catch-up/?by=author").context["groups"]
        assert [(author["username"], len(tweets)) for author, tweets in groups] == [("alan", 1), ("grace", 3)]
        assert [len(tweets) for _, tweets in browser.get("/i/catch-up/?span=1w").context["groups"]] == [4]

    def test_goes_on_for_scripts(self, ada: User, as_user: Callable[[User], Client]) -> None:
        author = factories.person()
        factories.follow(ada, author)
        factories.past_tweets([author], 25)
        browser = as_user(ada)
        older = browser.get("/i/catch-up/?span=1d&by=author").context["older"]
        more = browser.get(older, headers={"HX-Request": "true"})
        assert (len(more.context["tweets"]), "<html" in more.content.decode(), more.context["older"]) == (
            5,
            False,
            None,
        )

    @pytest.mark.parametrize("query", ["span=x", "by=x", "before=x"])
    def test_nonsense_is_refused(self, ada: User, as_user: Callable[[User], Client], query: str) -> None:
        assert as_user(ada).get(f"/i/catch-up/?{query}").status_code == 400
