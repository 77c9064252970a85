"""Polls in a browser, with scripts and without, and over REST."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests import factories
from tests.rest import ANONYMOUS, UNKNOWN, error, only_error, rest
from tests.tweets.test_views import HTMX
from tweets import cards
from tweets.composing import NewPoll
from tweets.models import Poll, PollVote, Tweet
from tweets.polls.actions import vote

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tweet(grace: User) -> Tweet:
    return factories.tweet(grace, "Tea?", poll=factories.poll("Yes, please", "No"))


@pytest.fixture
def browser(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


class TestPage:
    def test_of_the_tweet_offers_the_choices_and_then_the_results(self, browser: Client, tweet: Tweet) -> None:
        address = tweet.get_absolute_url()
        page = browser.get(address).content.decode()
        assert page.count('name="choice"') == 2 + 4  # of the poll, and of the one that may be asked in a reply
        assert "poll-results" not in page
        assert "59 minutes left" in page
        voted = browser.post(
            f"/tweets/{tweet.pk}/vote/", {"choice": "1", "entry": str(tweet.pk)}, headers={"Referer": address}
        )
        assert (voted.status_code, voted["Location"]) == (302, f"{address}#tweet-{tweet.pk}")
        page = browser.get(address).content.decode()
        assert "100%" in page
        assert "1 vote<" in page

    def test_of_a_feed_offers_it_to_strangers_after_a_login(self, tweet: Tweet) -> None:
        page = Client().get("/explore/").content.decode()
        assert f"/login/?next=/grace/status/{tweet.pk}/" in page
        assert 'name="choice"' not in page

    def test_of_an_ended_poll_shows_results_to_anybody(self, tweet: Tweet) -> None:
        Poll.objects.update(ends_at=timezone.now() - timedelta(hours=1))
        cards.drop([tweet.pk])
        page = Client().get("/explore/").content.decode()
        assert "poll-results" in page
        assert "Final results" in page

    def test_scripts_get_the_poll_alone(self, browser: Client, tweet: Tweet) -> None:
        answer = browser.post(f"/tweets/{tweet.pk}/vote/", {"choice": "2", "entry": "77"}, headers=HTMX)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert 'id="poll-77"' in page
        assert "<html" not in page
        assert PollVote.objects.get().choice == 2

    @pytest.mark.parametrize("choice", ["", "0", "3", "5", "x", "١", "1" * 100])
    def test_nonsense_is_no_vote_and_said_to_be_none(self, browser: Client, tweet: Tweet, choice: str) -> None:
        answer = browser.post(f"/tweets/{tweet.pk}/vote/", {"choice": choice}, headers=HTMX)
        assert answer.status_code == 200
        assert "The poll has no such choice." in answer.content.decode()
        assert not PollVote.objects.exists()

    def test_a_vote_too_late_is_told_and_shown_the_results(self, browser: Client, tweet: Tweet) -> None:
        Poll.objects.update(ends_at=timezone.now() - timedelta(hours=1))
        answer = browser.post(f"/tweets/{tweet.pk}/vote/", {"choice": "1"}, headers=HTMX)
        assert "This poll has ended." in answer.content.decode()
        assert not PollVote.objects.exists()

    def test_what_is_not_there_is_not_found(self, browser: Client, grace: User) -> None:
        plain = factories.tweet(grace)
        for tweet_id in (plain.pk, 1):
            assert browser.post(f"/tweets/{tweet_id}/vote/", {"choice": "1"}).status_code == 404
        assert not PollVote.objects.exists()


class TestApi:
    def test_a_tweet_is_posted_with_a_poll(self, ada: User) -> None:
        body = {"text": "Tea?", "poll": {"choices": ["Yes", "No"], "minutes": 1440}}
        response = rest(ada).post("/api/tweets/", body)
        assert response.status_code == 201
        poll = response.json()["poll"]
        assert [choice["text"] for choice in poll["choices"]] == ["Yes", "No"]
        assert [choice["votes"] for choice in poll["choices"]] == [0, 0]  # authors see it
        assert Poll.objects.get().choices == ["Yes", "No"]

    @pytest.mark.parametrize(
        ("poll", "expected"),
        [
            ({"choices": ["a"], "minutes": 60}, error("too_few_choices", "poll")),
            ({"choices": ["a", "b", "c", "d", "e"], "minutes": 60}, error("too_many_choices", "poll")),
            ({"choices": ["a", ""], "minutes": 60}, error("empty_choice", "poll")),
            ({"choices": ["a", "b" * 26], "minutes": 60}, error("choice_too_long", "poll")),
            ({"choices": ["a", "a"], "minutes": 60}, error("same_choice", "poll")),
            ({"choices": ["a", "b"], "minutes": 4}, error("wrong_duration", "poll")),
            ({"choices": ["a", "b"], "minutes": 10**15}, error("wrong_duration", "poll")),
            ({"choices": ["a", "b"], "minutes": "soon"}, error("invalid", "poll.minutes")),
            ({"choices": ["a", "b"]}, error("required", "poll.minutes")),
            ({"choices": "ab", "minutes": 60}, error("not_a_list", "poll.choices")),
            ({"choices": ["a", 1], "minutes": 60}, error("invalid", "poll.choices.1")),
            ({"choices": ["a", "b"], "minutes": 60, "multiple": True}, error("unknown", "poll.multiple")),
            ("x", error("invalid", "poll.non_field_errors")),
        ],
    )
    def test_nonsense_is_not_asked(self, ada: User, poll: object, expected: tuple[str, str, str]) -> None:
        response = rest(ada).post("/api/tweets/", {"text": "Tea?", "poll": poll})
        assert (response.status_code, only_error(response)) == (400, expected)
        assert (Tweet.objects.count(), Poll.objects.count()) == (0, 0)

    def test_the_same_vote_twice_is_one(self, ada: User, tweet: Tweet) -> None:
        answers = [rest(ada).post(f"/api/tweets/{tweet.pk}/vote/", {"choice": 2}) for _ in range(2)]
        for each in answers:
            assert (each.status_code, each.json()["poll"]["voted_for"]) == (200, 2)
            assert [choice["votes"] for choice in each.json()["poll"]["choices"]] == [0, 1]
        assert PollVote.objects.count() == 1

    def test_what_does_not_count_says_why(self, ada: User, grace: User, alan: User, tweet: Tweet) -> None:
        vote(user=alan, tweet_id=tweet.pk, choice=1)
        address = f"/api/tweets/{tweet.pk}/vote/"
        for user, choice, expected in (
            (alan, 2, error("already_voted", "choice")),
            (grace, 1, error("own_poll", "choice")),
            (ada, 3, error("no_such_choice", "choice")),
            (ada, 0, error("min_value", "choice")),
            (ada, "x", error("invalid", "choice")),
        ):
            response = rest(user).post(address, {"choice": choice})
            assert (response.status_code, only_error(response)) == (400, expected)
        Poll.objects.update(ends_at=timezone.now())
        assert only_error(rest(ada).post(address, {"choice": 1})) == error("poll_closed", "choice")
        assert only_error(rest().post(address, {"choice": 1})) == ANONYMOUS
        assert only_error(rest(ada).post("/api/tweets/1/vote/", {"choice": 1})) == UNKNOWN
        assert PollVote.objects.count() == 1


class TestComposer:
    def test_asks(self, browser: Client, ada: User) -> None:
        browser.post("/compose/", {"text": "Tea?", "choice": ["Yes", "", "No", ""], "minutes": "30"})
        poll = Poll.objects.get()
        assert poll.choices == ["Yes", "No"]
        assert timedelta(minutes=29) < poll.ends_at - timezone.now() <= timedelta(minutes=30)

    def test_without_choices_asks_nothing(self, browser: Client, ada: User) -> None:
        browser.post("/compose/", {"text": "Hello", "choice": ["", "", "", ""], "minutes": "30"})
        assert (Tweet.objects.count(), Poll.objects.count()) == (1, 0)

    @pytest.mark.parametrize(
        ("choices", "minutes", "reason"),
        [
            (["Yes"], "60", "A poll needs two choices."),
            (["Yes", "Yes"], "60", "Two choices are the same."),
            (["Yes", "No"], "1", "A poll lasts from 5 minutes to 7 days."),
            (["Yes", "No"], "x", "A poll lasts from 5 minutes to 7 days."),
        ],
    )
    def test_gives_a_wrong_poll_back_as_it_was(
        self, browser: Client, choices: list[str], minutes: str, reason: str
    ) -> None:
        for headers in ({}, HTMX):
            sent = {"text": "Tea?", "choice": choices, "minutes": minutes}
            answer = browser.post("/compose/", sent, headers=headers)
            page = answer.content.decode()
            assert answer.status_code == 422
            assert reason in page
            assert 'value="Yes"' in page
            assert "Tea?</textarea>" in page
        assert not Tweet.objects.exists()

    def test_grows_and_shrinks_and_keeps_what_was_written(self, browser: Client, ada: User) -> None:
        sent = {"text": "one", "choice": ["Yes", "No", "", ""], "minutes": "30", "idempotency_key": "k1"}
        for headers in ({}, HTMX):
            answer = browser.post("/compose/more/", {**sent, "one_more": "1"}, headers=headers)
            form = answer.context["composer"]
            assert (answer.status_code, form["idempotency_key"].value(), form.action) == (200, "k1", "/compose/thread/")
            assert [each.text for each in form.written()] == ["one", ""]
            assert form.written()[0].poll == NewPoll(("Yes", "No", "", ""), 30)
        sent |= {"tweet2-text": "two", "tweet3-text": "three"}
        answer = browser.post("/compose/more/", {**sent, "take_out": "2"}, headers=HTMX)
        assert [each.text for each in answer.context["composer"].written()] == ["one", "three"]
        assert 'name="tweet2-text"' in answer.content.decode()
        assert 'name="tweet3-text"' not in answer.content.decode()
        assert not Tweet.objects.exists()

    def test_posts_a_thread(self, browser: Client, ada: User) -> None:
        sent = {"text": "one", "tweet2-text": "two", "tweet2-choice": ["Yes", "No"], "idempotency_key": "k1"}
        for _ in range(2):
            assert browser.post("/compose/thread/", sent)["Location"] == "/"
        first, second = Tweet.objects.order_by("pk")
        assert (first.text, second.text, second.in_reply_to_id) == ("one", "two", first.pk)
        assert Poll.objects.get().pk == second.pk

    def test_scripts_on_home_get_all_of_a_thread_newest_first(self, browser: Client, ada: User) -> None:
        sent = {"text": "one", "tweet2-text": "two", "place": "home"}
        page = browser.post("/compose/thread/", sent, headers=HTMX).content.decode()
        first, second = Tweet.objects.order_by("pk")
        assert page.index(f'id="tweet-{second.pk}"') < page.index(f'id="tweet-{first.pk}"')
        assert "Your tweets were posted." in page

    def test_says_beside_which_tweet_of_a_thread_something_is_wrong(self, browser: Client) -> None:
        sent = {"text": "one", "tweet2-text": "x" * 281}
        answer = browser.post("/compose/thread/", sent, headers=HTMX)
        assert answer.status_code == 422
        assert [each.problems() for each in answer.context["composer"].tweets] == [
            [],
            ["That is 1 too long; a tweet has at most 280 characters."],
        ]
        assert not Tweet.objects.exists()

    def test_a_thread_too_long_or_at_the_wrong_address_is_refused(self, browser: Client) -> None:
        many = {"text": "1"} | {f"tweet{n}-text": str(n) for n in range(2, 28)}
        answer = browser.post("/compose/thread/", many)
        assert answer.status_code == 422
        assert "A thread has at most 25 tweets." in answer.content.decode()
        assert browser.post("/compose/", many).status_code == 400
        assert not Tweet.objects.exists()
