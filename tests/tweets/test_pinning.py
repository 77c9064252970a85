"""One tweet first on its author's profile."""

import json
from collections.abc import Callable
from functools import partial

import orjson
import pytest
from django.test import Client

from accounts import actions as people
from accounts.models import User
from tests import factories
from tests.rest import ANONYMOUS, UNKNOWN, error, only_error, rest
from tests.threads import at_once
from tweets import actions, pinning
from tweets.models import Pin, Tweet

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(ada: User) -> Client:
    """Ada's."""
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def mine(ada: User) -> Tweet:
    return factories.tweet(ada, "Mine")


def pinned() -> list[int]:
    return list(Pin.objects.values_list("tweet_id", flat=True))


class TestTheAction:
    def test_the_latest_pin_replaces_the_one_before(self, ada: User, mine: Tweet) -> None:
        pinning.pin(user=ada, tweet_id=mine.pk)
        pinning.pin(user=ada, tweet_id=mine.pk)
        assert pinned() == [mine.pk]
        other = factories.tweet(ada)
        pinning.pin(user=ada, tweet_id=other.pk)
        assert pinned() == [other.pk]

    def test_taken_back_there_is_none_and_another_stays(self, ada: User, mine: Tweet) -> None:
        other = factories.tweet(ada)
        pinning.pin(user=ada, tweet_id=mine.pk)
        pinning.unpin(user=ada, tweet_id=other.pk)
        assert pinned() == [mine.pk]
        for _ in range(2):
            pinning.unpin(user=ada, tweet_id=mine.pk)
            assert pinned() == []

    def test_a_deleted_tweet_is_pinned_nowhere(self, ada: User, mine: Tweet, drain: Callable[[], None]) -> None:
        pinning.pin(user=ada, tweet_id=mine.pk)
        actions.delete_tweet(tweet=mine)
        assert pinned() == []
        drain()
        assert not Tweet.objects.exists()

    def test_only_of_ones_own_that_are_there_and_no_retweets(self, ada: User, grace: User, mine: Tweet) -> None:
        gone, again = factories.tweet(ada), actions.retweet(user=ada, tweet_id=factories.tweet(grace).pk)
        actions.delete_tweet(tweet=gone)
        for user, tweet_id in ((grace, mine.pk), (ada, gone.pk), (ada, 1)):
            for action in (pinning.pin, pinning.unpin):
                with pytest.raises(Tweet.DoesNotExist):
                    action(user=user, tweet_id=tweet_id)
        with pytest.raises(pinning.PinOfRetweet):
            pinning.pin(user=ada, tweet_id=again.pk)
        assert pinned() == []


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_and_a_deleted_one_is_not_left(ada: User, mine: Tweet) -> None:
    other = factories.tweet(ada)
    at_once(*(partial(pinning.pin, user=ada, tweet_id=each.pk) for each in (mine, other)))
    assert len(pinned()) == 1

    def try_it() -> None:
        try:
            pinning.pin(user=ada, tweet_id=mine.pk)
        except Tweet.DoesNotExist:
            pass

    at_once(try_it, lambda: actions.delete_tweet(tweet=mine))
    assert pinned() in ([], [other.pk])


class TestProfile:
    def texts(self, answer: object) -> list[str]:
        return [orjson.loads(each)["text"] for each in answer.context["tweets"]]  # type: ignore[attr-defined]

    def test_it_stands_first_and_once(self, ada: User, client: Client) -> None:
        written = factories.past_tweets([ada], 25)
        pinning.pin(user=ada, tweet_id=written[3])
        first = client.get("/ada/")
        assert first.context["pinned"]["text"] == "past 3"
        assert self.texts(first) == [f"past {number}" for number in range(24, 4, -1)]
        page = first.content.decode()
        assert page.count(f'id="tweet-{written[3]}"') == 1
        assert page.index(f'id="tweet-{written[3]}"') < page.index(f'id="tweet-{written[24]}"')
        assert page.count("Pinned</p>") == 1
        for headers in ({}, {"HX-Request": "true"}):
            rest = client.get(first.context["older"], headers=headers)
            assert self.texts(rest) == ["past 4", "past 2", "past 1", "past 0"]
            assert "Pinned</p>" not in rest.content.decode()

    def test_among_answers_it_has_its_own_place(self, ada: User, mine: Tweet, client: Client) -> None:
        factories.tweet(ada, "Later")
        pinning.pin(user=ada, tweet_id=mine.pk)
        page = client.get("/ada/with_replies/")
        assert self.texts(page) == ["Later", "Mine"]
        assert "Pinned</p>" not in page.content.decode()

    def test_alone_it_is_no_empty_profile(self, ada: User, mine: Tweet, client: Client) -> None:
        pinning.pin(user=ada, tweet_id=mine.pk)
        page = client.get("/ada/").content.decode()
        assert "Mine" in page
        assert "Nothing here yet" not in page

    def test_the_menu_is_the_authors(
        self, ada: User, grace: User, mine: Tweet, browser: Client, client: Client
    ) -> None:
        places = ("/", "/explore/", "/ada/", "/ada/with_replies/", f"/ada/status/{mine.pk}/")
        for do, offered, not_offered in (
            (pinning.unpin, "Pin to your profile", "Unpin from your profile"),
            (pinning.pin, "Unpin from your profile", "Pin to your profile"),
            (pinning.unpin, "Pin to your profile", "Unpin from your profile"),
        ):
            do(user=ada, tweet_id=mine.pk)
            for address in places:
                page = browser.get(address).content.decode()
                assert (offered in page, not_offered in page) == (True, False), address
        pinning.pin(user=ada, tweet_id=mine.pk)
        client.force_login(grace)
        assert "your profile" not in client.get("/ada/").content.decode()

    def test_on_its_own_page_what_is_above_it_is_not_pinned(
        self, ada: User, grace: User, browser: Client, client: Client
    ) -> None:
        above = factories.tweet(grace, "Above")
        mine = factories.tweet(ada, "Mine", in_reply_to_id=above.pk)
        pinning.pin(user=ada, tweet_id=mine.pk)
        page = browser.get(mine.get_absolute_url()).content.decode()
        assert "Unpin from your profile" in page
        assert "Pinned</p>" not in page


class TestButton:
    def test_on_and_off(self, browser: Client, mine: Tweet) -> None:
        for data, expected in (({}, [mine.pk]), ({}, [mine.pk]), ({"undo": "1"}, []), ({"undo": "1"}, [])):
            answer = browser.post(f"/tweets/{mine.pk}/pin/", data, headers={"Referer": "http://testserver/explore/"})
            assert answer["Location"] == "http://testserver/explore/"
            assert pinned() == expected

    def test_scripts_get_a_word_or_on_the_profile_the_profile(self, browser: Client, mine: Tweet) -> None:
        headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}
        answer = browser.post(f"/tweets/{mine.pk}/pin/", headers=headers)
        assert "pinned to your profile" in answer.content.decode()
        other = factories.tweet(mine.author)
        answer = browser.post(f"/tweets/{other.pk}/pin/", headers=headers)
        assert json.loads(answer["HX-Trigger-After-Settle"]) == {"posted": {"changed": [str(other.pk), str(mine.pk)]}}
        headers["HX-Current-URL"] = "http://testserver/ada/"
        assert browser.post(f"/tweets/{mine.pk}/pin/", headers=headers)["HX-Redirect"] == "/ada/"

    def test_a_retweet_is_refused_and_somebody_elses_not_found(self, ada: User, grace: User, browser: Client) -> None:
        other = factories.tweet(grace)
        again = actions.retweet(user=ada, tweet_id=other.pk)
        page = browser.post(f"/tweets/{again.pk}/pin/", follow=True).content.decode()
        assert "Only a tweet of your own can be pinned" in page
        assert browser.post(f"/tweets/{other.pk}/pin/").status_code == 404
        assert pinned() == []


class TestOverRest:
    def test_pin_show_unpin(self, ada: User, mine: Tweet) -> None:
        client, address = rest(ada), f"/api/tweets/{mine.pk}/pin/"
        assert only_error(rest().get("/api/users/ada/pinned/")) == UNKNOWN
        assert client.post(address).json()["id"] == str(mine.pk)
        assert rest().get("/api/users/ADA/pinned/").json()["text"] == "Mine"
        assert client.delete(address).json()["id"] == str(mine.pk)
        assert rest().get("/api/users/ada/pinned/").status_code == 404

    def test_of_nobody_and_the_suspended_nothing_is_shown(self, ada: User, mine: Tweet) -> None:
        pinning.pin(user=ada, tweet_id=mine.pk)
        people.suspend(user=ada)
        for name in ("ada", "nobody"):
            response = rest().get(f"/api/users/{name}/pinned/")
            assert (response.status_code, only_error(response)) == (404, UNKNOWN)

    def test_refusals_pin_nothing(self, ada: User, grace: User, mine: Tweet) -> None:
        again = actions.retweet(user=grace, tweet_id=mine.pk)
        for client, tweet_id, expected in (
            (rest(grace), mine.pk, (404, UNKNOWN)),
            (rest(grace), again.pk, (400, error("retweet"))),
            (rest(), mine.pk, (401, ANONYMOUS)),
        ):
            response = client.post(f"/api/tweets/{tweet_id}/pin/")
            assert (response.status_code, only_error(response)) == expected
        assert pinned() == []
