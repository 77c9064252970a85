"""Writing and reading tweets in a browser, with scripts (htmx) and without."""

import orjson
import pytest
from django.test import Client

from accounts.models import User
from tests import factories
from tweets import actions, presenting
from tweets.models import Bookmark, Like, Tweet

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


@pytest.fixture
def browser(ada: User) -> Client:
    """Ada's."""
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def note(grace: User) -> Tweet:
    return factories.tweet(grace, "A note")


def texts(tweets: list[bytes]) -> list[str]:
    return [orjson.loads(tweet)["text"] for tweet in tweets]


class TestWriting:
    def test_a_posted_tweet_leads_home(self, browser: Client, ada: User) -> None:
        answer = browser.post("/compose/", {"text": "Hello"})
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert Tweet.objects.get().text == "Hello"
        assert "Hello" in browser.get("/").content.decode()

    def test_the_same_form_sent_twice_makes_one_tweet(self, browser: Client, ada: User) -> None:
        for _ in range(2):
            browser.post("/compose/", {"text": "Hello", "idempotency_key": "k1"})
        assert Tweet.objects.count() == 1

    def test_every_form_has_a_key_of_its_own(self, browser: Client, ada: User) -> None:
        keys = {browser.get("/compose/").context["composer"]["idempotency_key"].value() for _ in range(2)}
        assert len(keys) == 2

    def test_scripts_get_the_tweet_and_an_empty_composer(self, browser: Client, ada: User) -> None:
        answer = browser.post("/compose/", {"text": "Hello", "place": "home", "idempotency_key": "k1"}, headers=HTMX)
        page = answer.content.decode()
        assert 'hx-swap-oob="afterbegin:#feed"' in page
        assert 'id="composer-home"' in page
        assert "k1" not in page
        assert "posted" in answer["HX-Trigger-After-Settle"]

    def test_a_reply_comes_under_the_tweet_answered(self, browser: Client, ada: User, note: Tweet) -> None:
        behind = HTMX | {"HX-Current-URL": f"http://testserver/grace/status/{note.pk}/"}
        answer = browser.post("/compose/", {"text": "Yes", "in_reply_to_id": note.pk, "place": "reply"}, headers=behind)
        assert 'hx-swap-oob="afterbegin:#replies"' in answer.content.decode()
        assert Tweet.objects.get(author=ada).in_reply_to_id == note.pk

    @pytest.mark.parametrize(("text", "reason"), [(" ", "Write something first."), ("x" * 281, "1 too long")])
    def test_what_cannot_be_posted_comes_back_with_the_reason(
        self, browser: Client, ada: User, text: str, reason: str
    ) -> None:
        for headers in ({}, HTMX):
            answer = browser.post("/compose/", {"text": text, "place": "home"}, headers=headers)
            assert answer.status_code == 422
            assert reason in answer.content.decode()
        assert not Tweet.objects.exists()

    def test_what_was_written_survives_a_refusal(self, browser: Client, ada: User, note: Tweet) -> None:
        actions.delete_tweet(tweet=note)
        answer = browser.post("/compose/", {"text": "Too late", "in_reply_to_id": note.pk})
        assert answer.status_code == 422
        assert "Too late</textarea>" in answer.content.decode()

    def test_the_composer_shows_what_is_answered_or_quoted(self, browser: Client, ada: User, note: Tweet) -> None:
        for name in ("in_reply_to_id", "quote_of_id"):
            answer = browser.get("/compose/", {name: note.pk})
            assert "A note" in answer.content.decode()
            assert answer.context["composer"][name].value() == note.pk

    def test_whoever_is_not_logged_in_is_asked_to(self, db: None) -> None:
        answer = Client().post("/compose/", {"text": "Hello"}, headers={"Referer": "http://testserver/explore/"})
        assert (answer.status_code, answer["Location"]) == (302, "/login/?next=http%3A//testserver/explore/")
        assert not Tweet.objects.exists()

    def test_scripts_of_whoever_was_logged_out_go_to_the_login_page(self, db: None) -> None:
        answer = Client().post("/compose/", {"text": "Hello"}, headers=HTMX)
        assert answer["HX-Redirect"] == "/login/?next=/"


class TestOneTweet:
    def test_a_deleted_parent_is_said_to_be_unavailable(self, browser: Client, alan: User, note: Tweet) -> None:
        reply = factories.tweet(alan, "A reply", in_reply_to_id=note.pk)
        actions.delete_tweet(tweet=note)
        page = browser.get(f"/alan/status/{reply.pk}/").content.decode()
        assert "This tweet is unavailable." in page
        assert "A note" not in page

    @pytest.mark.parametrize("name", ["GRACE", "somebody"])
    def test_another_name_leads_to_its_own_address(self, client: Client, note: Tweet, name: str) -> None:
        answer = client.get(f"/{name}/status/{note.pk}/")
        assert (answer.status_code, answer["Location"]) == (302, f"/grace/status/{note.pk}/")

    def test_a_retweet_leads_to_the_original(self, client: Client, ada: User, note: Tweet) -> None:
        mine = actions.retweet(user=ada, tweet_id=note.pk)
        assert client.get(f"/ada/status/{mine.pk}/")["Location"] == f"/grace/status/{note.pk}/"

    def test_what_cannot_be_seen_is_not_found(self, client: Client, grace: User, note: Tweet) -> None:
        actions.delete_tweet(tweet=note)
        for tweet_id in (note.pk, 1, 2**63, 10**30):
            assert client.get(f"/grace/status/{tweet_id}/").status_code == 404

    def test_text_is_never_markup(self, client: Client, grace: User) -> None:
        tweet = factories.tweet(grace, '<script>alert("x")</script> https://example.com/"onclick="x')
        page = client.get(f"/grace/status/{tweet.pk}/").content.decode()
        assert "<script>alert" not in page
        assert '"onclick' not in page


class TestButtons:
    @pytest.mark.parametrize(
        ("button", "mark"), [("like", "liked"), ("retweet", "retweeted"), ("bookmark", "bookmarked")]
    )
    def test_on_and_off(self, browser: Client, ada: User, note: Tweet, button: str, mark: str) -> None:
        for data, state in (({}, True), ({}, True), ({"undo": "1"}, False), ({"undo": "1"}, False)):
            answer = browser.post(f"/tweets/{note.pk}/{button}/", data | {"entry": "77"}, headers=HTMX)
            assert answer.status_code == 200
            assert answer.context["tweet"]["viewer"][mark] is state
            assert f'id="{button}-77"' in answer.content.decode()

    def test_without_scripts_they_lead_back_to_the_tweet(self, browser: Client, ada: User, note: Tweet) -> None:
        data, headers = {"entry": str(note.pk)}, {"Referer": "http://testserver/explore/"}
        answer = browser.post(f"/tweets/{note.pk}/like/", data, headers=headers)
        assert answer["Location"] == f"http://testserver/explore/#tweet-{note.pk}"
        assert Like.objects.filter(user=ada, tweet=note).exists()

    def test_they_lead_to_no_other_site(self, browser: Client, ada: User, note: Tweet) -> None:
        for address in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
            answer = browser.post(f"/tweets/{note.pk}/like/", {"next": address}, headers={"Referer": address})
            assert answer["Location"] == "/"

    def test_a_deleted_tweet_is_not_found(self, browser: Client, ada: User, note: Tweet) -> None:
        actions.delete_tweet(tweet=note)
        for button in ("like", "retweet", "bookmark"):
            assert browser.post(f"/tweets/{note.pk}/{button}/").status_code == 404
        assert not Like.objects.exists()
        assert not Bookmark.objects.exists()

    def test_a_look_changes_nothing(self, browser: Client, ada: User, note: Tweet) -> None:
        for button in ("like", "retweet", "bookmark"):
            assert browser.get(f"/tweets/{note.pk}/{button}/").status_code == 405
        assert not Like.objects.exists()


class TestDeleting:
    def test_asks_first(self, browser: Client, ada: User) -> None:
        mine = factories.tweet(ada, "Mine")
        assert "Mine" in browser.get(f"/tweets/{mine.pk}/delete/").content.decode()
        assert Tweet.objects.filter(deleted_at=None).count() == 1

    def test_leads_to_the_profile_from_the_tweets_own_page(self, browser: Client, ada: User) -> None:
        mine = factories.tweet(ada)
        answer = browser.post(
            f"/tweets/{mine.pk}/delete/", headers={"Referer": f"http://testserver/ada/status/{mine.pk}/"}
        )
        assert answer["Location"] == "/ada/"
        assert presenting.gather([mine.pk], ada.pk).shown(mine.pk) is None

    def test_scripts_get_a_word_about_it(self, browser: Client, ada: User) -> None:
        mine = factories.tweet(ada)
        answer = browser.post(f"/tweets/{mine.pk}/delete/", headers=HTMX)
        assert "Your tweet was deleted." in answer.content.decode()

    def test_scripts_on_the_tweets_own_page_go_to_the_profile(self, browser: Client, ada: User) -> None:
        mine = factories.tweet(ada)
        behind = HTMX | {"HX-Current-URL": f"http://testserver/ada/status/{mine.pk}/"}
        assert browser.post(f"/tweets/{mine.pk}/delete/", headers=behind)["HX-Redirect"] == "/ada/"

    def test_somebody_elses_is_not_found(self, browser: Client, ada: User, note: Tweet) -> None:
        assert browser.get(f"/tweets/{note.pk}/delete/").status_code == 404
        assert browser.post(f"/tweets/{note.pk}/delete/").status_code == 404
        note.refresh_from_db()
        assert note.deleted_at is None
