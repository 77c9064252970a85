"""Drafts and scheduled tweets in a browser, with scripts and without, and over REST."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from drafts.actions import save
from drafts.models import Draft
from tests import factories
from tests.rest import ANONYMOUS, UNKNOWN, error, only_error, rest
from tests.tweets.test_views import HTMX
from tweets import actions as tweeting
from tweets.composing import NewPoll, NewTweet
from tweets.models import Poll, Tweet

pytestmark = pytest.mark.django_db(transaction=True)
DRAFTS = "/api/drafts/"


def in_a_day() -> datetime:
    return (timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)


@pytest.fixture
def browser(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def draft(ada: User) -> Draft:
    return save(author=ada, content={"tweets": [NewTweet("Tea?", NewPoll(("Yes", "No"), 30)), NewTweet("two")]})


class TestSaving:
    def test_leads_to_the_list(self, browser: Client, ada: User) -> None:
        for _ in range(2):
            answer = browser.post("/drafts/", {"text": "later", "do": "save", "idempotency_key": "k1"})
            assert (answer.status_code, answer["Location"]) == (302, "/drafts/")
        assert Draft.objects.get().excerpt == "later"
        page = browser.get("/drafts/").content.decode()
        assert "Draft saved." in page
        assert "later" in page
        assert "later" not in browser.get("/scheduled/").content.decode()
        assert not Tweet.objects.exists()

    @pytest.mark.parametrize("shape", ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S.000Z"])
    def test_with_a_time_is_scheduling_in_utc_or_as_the_script_says(
        self, browser: Client, ada: User, shape: str
    ) -> None:
        when = in_a_day()
        answer = browser.post("/drafts/", {"text": "later", "do": "schedule", "scheduled_at": when.strftime(shape)})
        assert (answer.status_code, answer["Location"]) == (302, "/scheduled/")
        assert Draft.objects.get().scheduled_at == when
        page = browser.get("/scheduled/").content.decode()
        assert f"{when:%H:%M} · {when.day} {when:%B %Y} UTC" in page

    @pytest.mark.parametrize(
        ("given", "reason"),
        [
            ("", "Choose a day and a time."),
            ("tomorrow", "Choose a day and a time."),
            ("2020-01-01T10:00", "That time has passed."),
            ("2400-01-01T10:00", "That is more than 18 months ahead."),
        ],
    )
    def test_a_wrong_time_comes_back_with_the_reason(self, browser: Client, given: str, reason: str) -> None:
        for headers in ({}, HTMX):
            sent = {"text": "later", "do": "schedule", "scheduled_at": given}
            answer = browser.post("/drafts/", sent, headers=headers)
            assert answer.status_code == 422
            assert reason in answer.content.decode()
            assert "later</textarea>" in answer.content.decode()
        assert not Draft.objects.exists()

    def test_scripts_get_an_empty_composer_and_a_word(self, browser: Client, ada: User) -> None:
        answer = browser.post("/drafts/", {"text": "not yet", "do": "save", "place": "home"}, headers=HTMX)
        page = answer.content.decode()
        assert "Draft saved." in page
        assert 'id="composer-home"' in page
        assert "not yet" not in page
        assert "posted" in answer["HX-Trigger-After-Settle"]


class TestEditing:
    def test_shows_the_draft_in_the_composer(self, browser: Client, draft: Draft) -> None:
        answer = browser.get(f"/drafts/{draft.pk}/")
        form = answer.context["composer"]
        assert [each.text for each in form.written()] == ["Tea?", "two"]
        assert form.written()[0].poll == NewPoll(("Yes", "No", "", ""), 30)
        page = answer.content.decode()
        assert f'action="/drafts/{draft.pk}/post/"' in page
        assert f'formaction="/drafts/{draft.pk}/"' in page

    def test_changes_it(self, browser: Client, draft: Draft) -> None:
        answer = browser.post(f"/drafts/{draft.pk}/", {"text": "new", "do": "save", "draft_id": draft.pk})
        assert answer["Location"] == "/drafts/"
        draft.refresh_from_db()
        assert draft.content() == [NewTweet("new")]

    def test_grows_without_losing_whose_it_is(self, browser: Client, draft: Draft) -> None:
        answer = browser.post("/compose/more/", {"text": "one", "one_more": "1", "draft_id": draft.pk})
        assert f'action="/drafts/{draft.pk}/post/"' in answer.content.decode()

    def test_posts_what_is_in_the_composer(self, browser: Client, ada: User, draft: Draft) -> None:
        answer = browser.post(f"/drafts/{draft.pk}/post/", {"text": "new", "draft_id": draft.pk})
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert Tweet.objects.get().text == "new"
        assert not Draft.objects.exists()

    def test_posts_from_the_list_and_a_second_click_nothing(self, browser: Client, ada: User, draft: Draft) -> None:
        for _ in range(2):
            assert browser.post(f"/drafts/{draft.pk}/post/")["Location"] == "/"
        assert list(Tweet.objects.order_by("pk").values_list("text", flat=True)) == ["Tea?", "two"]
        assert Poll.objects.count() == 1

    def test_what_is_refused_from_the_list_can_be_mended(self, browser: Client, ada: User) -> None:
        long = save(author=ada, content={"tweets": [NewTweet("x" * 281)]})
        answer = browser.post(f"/drafts/{long.pk}/post/", follow=True)
        assert answer.redirect_chain == [(f"/drafts/{long.pk}/", 302)]
        assert "1 too long" in answer.content.decode()
        assert not Tweet.objects.exists()

    def test_deleting_asks_first(self, browser: Client, draft: Draft) -> None:
        assert "Tea?" in browser.get(f"/drafts/{draft.pk}/delete/").content.decode()
        assert Draft.objects.exists()
        assert browser.post(f"/drafts/{draft.pk}/delete/")["Location"] == "/drafts/"
        assert not Draft.objects.exists()

    def test_is_for_its_author_alone(self, grace: User, draft: Draft) -> None:
        client = Client()
        client.force_login(grace)
        for path in ("", "post/", "delete/"):
            sent = {"text": "mine", "do": "save"}
            assert client.post(f"/drafts/{draft.pk}/{path}", sent).status_code == 404
        assert client.get(f"/drafts/{draft.pk}/").status_code == 404
        assert "Tea?" not in client.get("/drafts/").content.decode()
        assert Draft.objects.get().excerpt == "Tea?"
        assert not Tweet.objects.exists()

    def test_what_failed_says_why(self, browser: Client, ada: User, draft: Draft) -> None:
        Draft.objects.update(scheduled_at=timezone.now(), error="The tweet you are replying to is not available.")
        page = browser.get("/scheduled/").content.decode()
        assert "Not posted: The tweet you are replying to is not available." in page


class TestApi:
    def test_a_draft_from_its_beginning_to_its_end(self, ada: User) -> None:
        client = rest(ada)
        poll = {"choices": ["Yes", "No"], "minutes": 30}
        body = {"tweets": [{"text": "Tea?", "poll": poll}], "reply_settings": "following"}
        made = client.post(DRAFTS, body)
        draft = Draft.objects.get()
        expected: dict[str, Any] = {
            "id": str(draft.pk),
            "tweets": [{"text": "Tea?", "poll": poll}],
            "in_reply_to_id": None,
            "quote_of_id": None,
            "reply_settings": "following",
            "scheduled_at": None,
            "error": "",
            "created_at": draft.created_at.isoformat().replace("+00:00", "Z"),
        }
        assert (made.status_code, made.json()) == (201, expected)
        assert client.get(DRAFTS).json() == {"drafts": [expected]}
        when = in_a_day().isoformat().replace("+00:00", "Z")
        changed = client.put(f"{DRAFTS}{draft.pk}/", {"tweets": [{"text": "two"}], "scheduled_at": when})
        expected |= {"tweets": [{"text": "two", "poll": None}], "reply_settings": "everyone", "scheduled_at": when}
        assert (changed.status_code, changed.json()) == (200, expected)
        assert client.get(DRAFTS).json() == {"drafts": []}
        assert client.get(DRAFTS, {"scheduled": "true"}).json() == {"drafts": [expected]}
        assert client.get(f"{DRAFTS}{draft.pk}/").json() == expected
        answers = [client.post(f"{DRAFTS}{draft.pk}/post/") for _ in range(2)]
        assert [each.status_code for each in answers] == [201, 201]
        assert answers[0].content == answers[1].content
        assert Tweet.objects.get().text == "two"
        assert only_error(client.get(f"{DRAFTS}{draft.pk}/")) == UNKNOWN

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({}, error("required", "tweets")),
            ({"tweets": []}, error("empty", "tweets.non_field_errors")),
            ({"tweets": [{"text": ""}]}, error("empty", "tweets.0.text")),
            ({"tweets": [{"text": "x"}] * 26}, error("max_length", "tweets.non_field_errors")),
            ({"tweets": [{"text": "x"}], "scheduled_at": "soon"}, error("invalid", "scheduled_at")),
            ({"tweets": [{"text": "x"}], "scheduled_at": "2020-01-01T00:00Z"}, error("in_the_past", "scheduled_at")),
            ({"tweets": [{"text": "x"}], "scheduled_at": "9999-01-01T00:00Z"}, error("too_far_ahead", "scheduled_at")),
            ({"tweets": [{"text": "x"}], "in_reply_to_id": "1"}, error("nothing_to_answer", "in_reply_to_id")),
            ({"tweets": [{"text": "x"}], "reply_settings": "nobody"}, error("invalid_choice", "reply_settings")),
            ({"tweets": [{"text": "x"}], "due": "now"}, error("unknown", "due")),
        ],
    )
    def test_nonsense_is_not_kept(self, ada: User, body: object, expected: tuple[str, str, str]) -> None:
        response = rest(ada).post(DRAFTS, body)
        assert (response.status_code, only_error(response)) == (400, expected)
        assert not Draft.objects.exists()

    def test_is_for_its_author_alone(self, grace: User, draft: Draft) -> None:
        address = f"{DRAFTS}{draft.pk}/"
        body = {"tweets": [{"text": "mine"}]}
        for client, expected in ((rest(grace), UNKNOWN), (rest(), ANONYMOUS)):
            answers = [
                client.get(address),
                client.put(address, body),
                client.delete(address),
                client.post(f"{address}post/"),
            ]
            assert [only_error(each) for each in answers] == [expected] * 4
        assert Draft.objects.get().excerpt == "Tea?"
        assert not Tweet.objects.exists()

    def test_is_deleted_once(self, ada: User, draft: Draft) -> None:
        client = rest(ada)
        assert client.delete(f"{DRAFTS}{draft.pk}/").status_code == 204
        assert only_error(client.delete(f"{DRAFTS}{draft.pk}/")) == UNKNOWN

    def test_one_that_cannot_be_posted_says_why(self, ada: User, grace: User) -> None:
        note = factories.tweet(grace)
        draft = save(author=ada, content={"tweets": [NewTweet("x")], "in_reply_to_id": note.pk})
        tweeting.delete_tweet(tweet=note)
        response = rest(ada).post(f"{DRAFTS}{draft.pk}/post/")
        assert only_error(response) == error("nothing_to_answer", "in_reply_to_id")
        assert Draft.objects.get() == draft
