"""Who quoted, who retweeted and, for the author, who likes a tweet."""

from collections.abc import Callable

import orjson
import pytest
from django.test import Client

from accounts import actions as people
from accounts.models import User
from tests import factories
from tests.rest import ANONYMOUS, UNKNOWN, only_error, rest, walk
from tweets import actions
from tweets.models import Tweet

pytestmark = pytest.mark.django_db


@pytest.fixture
def note(ada: User) -> Tweet:
    return factories.tweet(ada, "A note")


def names(found: list[dict[str, str]]) -> list[str]:
    return [each["username"] for each in found]


def crowd(tweet: Tweet, act: Callable[..., object], number: int) -> list[str]:
    """So many people who do this with the tweet; their names, the latest first."""
    found = factories.people(number)
    for each in found:
        act(user=each, tweet_id=tweet.pk)
    return [each.username for each in found][::-1]


class TestPeople:
    @pytest.mark.parametrize(("side", "act"), [("likes", actions.like), ("retweets", actions.retweet)])
    def test_are_walked_latest_first(self, ada: User, note: Tweet, side: str, act: Callable[..., object]) -> None:
        latest_first = crowd(note, act, 5)
        client = rest(ada)
        assert names(walk(client, f"/api/tweets/{note.pk}/{side}/?limit=2")) == latest_first
        previous = client.get(f"/api/tweets/{note.pk}/{side}/").json()["previous"]
        more = crowd(note, act, 1)
        assert names(client.get(previous).json()["results"]) == more

    @pytest.mark.parametrize(("side", "act"), [("likes", actions.like), ("retweets", actions.retweet)])
    def test_suspended_ones_are_left_out(
        self, ada: User, grace: User, note: Tweet, side: str, act: Callable[..., object]
    ) -> None:
        act(user=grace, tweet_id=note.pk)
        people.suspend(user=grace)
        assert walk(rest(ada), f"/api/tweets/{note.pk}/{side}/") == []

    def test_a_retweet_taken_back_is_none(self, ada: User, grace: User, note: Tweet) -> None:
        actions.retweet(user=grace, tweet_id=note.pk)
        actions.undo_retweet(user=grace, tweet_id=note.pk)
        assert walk(rest(), f"/api/tweets/{note.pk}/retweets/") == []

    def test_of_a_retweet_are_those_of_the_original(self, ada: User, grace: User, note: Tweet) -> None:
        again = actions.retweet(user=grace, tweet_id=note.pk)
        actions.like(user=grace, tweet_id=again.pk)
        for side in ("retweets", "likes"):
            assert names(walk(rest(ada), f"/api/tweets/{again.pk}/{side}/")) == ["grace"]

    def test_who_likes_is_for_the_author_alone(self, ada: User, grace: User, note: Tweet) -> None:
        actions.like(user=grace, tweet_id=note.pk)
        address = f"/api/tweets/{note.pk}/likes/"
        assert names(walk(rest(ada), address)) == ["grace"]
        stranger, nobody = rest(grace).get(address), rest().get(address)
        assert (stranger.status_code, only_error(stranger)) == (404, UNKNOWN)
        assert (nobody.status_code, only_error(nobody)) == (401, ANONYMOUS)


class TestQuotes:
    def test_are_walked_newest_first_without_those_gone(self, ada: User, grace: User, alan: User, note: Tweet) -> None:
        quotes = [factories.tweet(each, quote_of_id=note.pk) for each in (grace, alan, ada, grace)]
        actions.delete_tweet(tweet=quotes[3])
        people.suspend(user=alan)
        found = walk(rest(), f"/api/tweets/{note.pk}/quotes/?limit=1")
        assert [int(each["id"]) for each in found] == [quotes[2].pk, quotes[0].pk]
        assert {each["quote_of"]["text"] for each in found} == {"A note"}


@pytest.mark.parametrize("side", ["likes", "retweets", "quotes"])
def test_of_what_is_gone_nothing_is_found(ada: User, as_user: Callable[[User], Client], note: Tweet, side: str) -> None:
    actions.delete_tweet(tweet=note)
    for tweet_id in (str(note.pk), "1", "9" * 30):
        response = rest(ada).get(f"/api/tweets/{tweet_id}/{side}/")
        assert (response.status_code, only_error(response)) == (404, UNKNOWN)
        assert as_user(ada).get(f"/ada/status/{tweet_id}/{side}/").status_code == 404


class TestPages:
    @pytest.mark.parametrize(("side", "act"), [("likes", actions.like), ("retweets", actions.retweet)])
    def test_people_come_in_pages(
        self, ada: User, as_user: Callable[[User], Client], note: Tweet, side: str, act: Callable[..., object]
    ) -> None:
        latest_first = crowd(note, act, 22)
        browser = as_user(ada)
        first = browser.get(f"/ada/status/{note.pk}/{side}/")
        assert [each.username for each in first.context["people"]] == latest_first[:20]
        more = browser.get(first.context["more"], headers={"HX-Request": "true"})
        assert [each.username for each in more.context["people"]] == latest_first[20:]
        assert "<html" not in more.content.decode()

    def test_quotes_are_a_feed(self, client: Client, grace: User, note: Tweet) -> None:
        factories.tweet(grace, "Look", quote_of_id=note.pk)
        page = client.get(f"/ada/status/{note.pk}/quotes/")
        assert [orjson.loads(each)["text"] for each in page.context["tweets"]] == ["Look"]

    @pytest.mark.parametrize("side", ["likes", "retweets", "quotes"])
    def test_another_way_to_say_it_leads_to_its_own_address(
        self, ada: User, grace: User, as_user: Callable[[User], Client], note: Tweet, side: str
    ) -> None:
        again = actions.retweet(user=grace, tweet_id=note.pk)
        for path in (f"ADA/status/{note.pk}", f"grace/status/{again.pk}"):
            assert as_user(ada).get(f"/{path}/{side}/")["Location"] == f"/ada/status/{note.pk}/{side}/"

    def test_counts_lead_there_those_of_likes_for_the_author(
        self, client: Client, ada: User, grace: User, as_user: Callable[[User], Client], note: Tweet
    ) -> None:
        actions.like(user=grace, tweet_id=note.pk)
        actions.retweet(user=grace, tweet_id=note.pk)
        factories.tweet(grace, quote_of_id=note.pk)
        address = f"/ada/status/{note.pk}/"
        for browser, leads in ((client, False), (as_user(grace), False), (as_user(ada), True)):
            page = browser.get(address).content.decode()
            assert f'href="{address}retweets/"' in page
            assert f'href="{address}quotes/"' in page
            assert (f'href="{address}likes/"' in page) is leads
        assert as_user(grace).get(f"{address}likes/").status_code == 404
        assert client.get(f"{address}likes/")["Location"] == f"/login/?next={address}likes/"


@pytest.mark.django_db(transaction=True)
def test_a_quote_says_that_what_it_quotes_is_gone(ada: User, grace: User, client: Client, note: Tweet) -> None:
    quote = factories.tweet(grace, "Look", quote_of_id=note.pk)
    again = actions.retweet(user=grace, tweet_id=quote.pk)
    address = f"/grace/status/{quote.pk}/"
    assert "A note" in client.get(address).content.decode()
    actions.delete_tweet(tweet=note)
    for page in (client.get(address), client.get("/grace/")):
        assert "A note" not in page.content.decode()
        assert "This tweet is unavailable." in page.content.decode()
    for tweet_id in (quote.pk, again.pk):
        shown = rest().get(f"/api/tweets/{tweet_id}/").json()
        shown = shown["retweet_of"] or shown
        assert (shown["quote_of_id"], shown["quote_of"]) == (str(note.pk), None)
