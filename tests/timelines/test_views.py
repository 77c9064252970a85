"""Pages with a feed, and the people around a person."""

import orjson
import pytest
from django.test import Client

from accounts.models import Follow, User
from tests import factories
from tweets import actions

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}
OVERLAP = 15_000 << 22


@pytest.fixture
def browser(ada: User) -> Client:
    """Ada's."""
    client = Client()
    client.force_login(ada)
    return client


def texts(tweets: list[bytes]) -> list[str]:
    return [orjson.loads(tweet)["text"] for tweet in tweets]


class TestHome:
    def test_strangers_are_welcomed_with_what_is_said(self, client: Client, grace: User) -> None:
        factories.tweet(grace, "A note")
        answer = client.get("/")
        assert "timelines/welcome.html" in {template.name for template in answer.templates}
        assert texts(answer.context["tweets"]) == ["A note"]

    def test_shows_the_people_followed(self, browser: Client, ada: User, grace: User, alan: User) -> None:
        factories.follow(ada, grace)
        factories.tweet(grace, "from grace")
        factories.tweet(alan, "from alan")
        assert texts(browser.get("/").context["tweets"]) == ["from grace"]

    def test_older_tweets_by_link_and_for_scripts(self, browser: Client, ada: User) -> None:
        for number in range(25):
            factories.tweet(ada, str(number))
        first = browser.get("/")
        assert texts(first.context["tweets"]) == [str(number) for number in range(24, 4, -1)]
        assert first.context["newer"] is None
        for headers in ({}, HTMX):
            rest = browser.get(first.context["older"], headers=headers)
            assert texts(rest.context["tweets"]) == ["4", "3", "2", "1", "0"]
            assert ("<html" in rest.content.decode()) == (not headers)
            assert "HX-Request" in rest["Vary"]
            assert rest.context["older"] is None
        back = browser.get(rest.context["newer"])
        assert texts(back.context["tweets"]) == [str(number) for number in range(24, 4, -1)]

    def test_an_empty_home_says_what_to_do(self, browser: Client, ada: User) -> None:
        assert "Find people to follow" in browser.get("/").content.decode()

    @pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "9" * 30, "١"])
    def test_nonsense_for_a_cursor_is_refused(self, browser: Client, ada: User, cursor: str) -> None:
        assert browser.get("/", {"before": cursor}).status_code == 400


class TestHomeNewer:
    def test_gives_what_came_since(self, browser: Client, ada: User) -> None:
        old, new = factories.tweet(ada, "old"), factories.tweet(ada, "new")
        answer = browser.get("/home/newer/", {"since": old.pk})
        assert texts(answer.context["tweets"]) == ["new"]
        assert f'data-newest="{new.pk}"' in answer.content.decode()

    def test_the_overlap_finds_what_was_committed_late(self, browser: Client, ada: User) -> None:
        late, shown = factories.tweet(ada, "late"), factories.tweet(ada, "shown")
        answer = browser.get("/home/newer/", {"since": shown.pk - OVERLAP})
        assert f'data-id="{late.pk}"' in answer.content.decode()

    def test_says_when_there_is_more(self, browser: Client, ada: User) -> None:
        tweets = [factories.tweet(ada, str(number)) for number in range(55)]
        first = browser.get("/home/newer/", {"since": tweets[0].pk - 1})
        assert "data-more" in first.content.decode()
        assert texts(first.context["tweets"])[-1] == "0"
        rest = browser.get("/home/newer/", {"since": first.context["newest"]})
        assert texts(rest.context["tweets"]) == ["54", "53", "52", "51", "50"]
        assert "data-more" not in rest.content.decode()

    def test_is_for_members(self, db: None) -> None:
        assert Client().get("/home/newer/").status_code == 302
        assert "HX-Redirect" in Client().get("/home/newer/", headers=HTMX).headers

    def test_is_never_kept_by_a_cache(self, browser: Client, ada: User) -> None:
        assert "no-store" in browser.get("/home/newer/")["Cache-Control"]


class TestExplore:
    def test_anybody_sees_what_everybody_writes(self, client: Client, ada: User, grace: User) -> None:
        factories.tweet(ada, "one")
        factories.tweet(grace, "two")
        assert texts(client.get("/explore/").context["tweets"]) == ["two", "one"]


class TestProfile:
    def test_tweets_and_with_replies(self, client: Client, ada: User, grace: User) -> None:
        question = factories.tweet(grace, "question")
        factories.tweet(ada, "said")
        factories.tweet(ada, "answered", in_reply_to_id=question.pk)
        assert texts(client.get("/ada/").context["tweets"]) == ["said"]
        assert texts(client.get("/ada/with_replies/").context["tweets"]) == ["answered", "said"]

    def test_counts_are_exact_at_once(self, client: Client, ada: User, grace: User) -> None:
        factories.follow(grace, ada)
        factories.tweet(ada)
        assert client.get("/ada/").context["counts"] == {"followers": 1, "following": 0, "tweets": 1}

    def test_another_case_leads_to_the_name_as_written(self, client: Client, ada: User) -> None:
        assert client.get("/ADA/")["Location"] == "/ada/"

    @pytest.mark.parametrize("page", ["", "with_replies/", "followers/", "following/"])
    def test_nobody_and_the_suspended_are_not_found(self, client: Client, ada: User, page: str) -> None:
        from accounts.actions import suspend

        suspend(user=ada)
        assert client.get(f"/ada/{page}").status_code == 404
        assert client.get(f"/nobody/{page}").status_code == 404

    def test_a_retweet_says_whose_it_is(self, client: Client, ada: User, grace: User) -> None:
        actions.retweet(user=ada, tweet_id=factories.tweet(grace, "A note").pk)
        page = client.get("/ada/").content.decode()
        assert "Ada Lovelace</bdi> retweeted" in page
        assert "A note" in page

    def test_followers_come_in_pages(self, client: Client, ada: User) -> None:
        for number in range(22):
            factories.follow(factories.person(f"fan_{number}"), ada)
        first = client.get("/ada/followers/")
        assert len(first.context["people"]) == 20
        rest = client.get(first.context["more"], headers=HTMX)
        assert [person.username for person in rest.context["people"]] == ["fan_1", "fan_0"]
        assert "<html" not in rest.content.decode()


class TestFollowing:
    def test_on_and_off(self, browser: Client, ada: User, grace: User) -> None:
        for data, following in (({}, True), ({}, True), ({"undo": "1"}, False), ({"undo": "1"}, False)):
            answer = browser.post("/grace/follow/", data, headers=HTMX)
            assert ("Unfollow" in answer.content.decode()) is following
            assert Follow.objects.filter(follower=ada, followee=grace).exists() is following

    def test_a_profile_gets_its_head_with_the_new_count(self, browser: Client, ada: User, grace: User) -> None:
        answer = browser.post("/grace/follow/", headers=HTMX | {"HX-Target": "profile"})
        assert answer.context["counts"]["followers"] == 1
        assert 'id="profile"' in answer.content.decode()

    def test_without_scripts_it_leads_back(self, browser: Client, ada: User, grace: User) -> None:
        answer = browser.post("/grace/follow/", headers={"Referer": "http://testserver/explore/people/"})
        assert answer["Location"] == "http://testserver/explore/people/"

    def test_nobody_follows_himself(self, browser: Client, ada: User) -> None:
        assert browser.post("/ada/follow/")["Location"] == "/ada/"
        assert not Follow.objects.exists()

    def test_strangers_are_asked_to_log_in(self, client: Client, grace: User) -> None:
        assert client.post("/grace/follow/")["Location"].startswith("/login/?next=")
        assert not Follow.objects.exists()


def test_error_pages_are_friendly(client: Client, db: None) -> None:
    page = client.get("/no/such/page/").content.decode()
    assert "There is nothing here" in page
    for template in ("400.html", "403.html", "403_csrf.html", "500.html"):
        from django.template.loader import render_to_string

        assert "Go home" in render_to_string(template)
