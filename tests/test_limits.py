"""Limits where people and programs meet them: which address has which, what they are told, what nobody notices."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts import limits
from accounts.models import User
from tests import factories
from tests.rest import error, only_error, rest
from tests.routes import Route, routes
from tests.servers import PrivateRedis
from tweets.models import Tweet
from twitterclone import limits as table

pytestmark = pytest.mark.django_db
HEADERS = {f"{prefix}RateLimit-{name}" for prefix in ("", "X-") for name in ("Limit", "Remaining", "Reset")}
THROTTLED = error("throttled", kind="client_error")
AS_USER = Callable[[User], Client]


def limit(settings: Settings, name: str, **rates: tuple[int, int]) -> None:
    """Let a limit have these buckets only."""
    settings.LIMITS = settings.LIMITS | {name: settings.LIMITS[name]._replace(buckets=rates)}


class TestEveryAddress:
    def test_of_the_api_says_for_every_change_under_which_limit_it_falls(self) -> None:
        silent = [
            f"{method} {each.path}"
            for each in routes()
            if each.is_rest
            for method in each.changes()
            if method not in limits.declared(each.view)
        ]
        assert silent == []

    @pytest.mark.parametrize(
        "page",
        [each for each in routes() if not each.is_rest and "POST" not in limits.declared(each.view)],
        ids=lambda page: page.path,
    )
    def test_of_a_page_that_says_nothing_of_changes_refuses_them(
        self, page: Route, ada: User, rf: RequestFactory
    ) -> None:
        request = rf.post("/")
        request.user = ada
        assert page.view(request, **dict.fromkeys(page.arguments, "1")).status_code == 405

    def test_names_limits_that_exist(self) -> None:
        named = {name for each in routes() for name in limits.declared(each.view).values()}
        assert named - {limits.UNLIMITED} <= set(table.LIMITS)

    def test_is_limited_but_for_the_one_that_says_that_the_process_lives(self) -> None:
        unlimited = [each.path for each in routes() if limits.UNLIMITED in limits.declared(each.view).values()]
        assert unlimited == ["/healthz"]

    def test_has_something_to_count_whoever_calls(self) -> None:
        for name, each in table.LIMITS.items():
            assert {"address", "mailbox"} & each.buckets.keys(), name


class TestTable:
    def test_the_docs_show_it_as_it_is(self) -> None:
        docs = Path(django_settings.BASE_DIR, "docs", "limits.md").read_text()
        assert table.for_programs() in docs, "see what `python -m twitterclone.limits` prints"

    def test_the_description_of_the_api_shows_it_as_it_is(self, client: Client) -> None:
        described = client.get("/api/schema/", headers={"Accept": "application/json"}).json()
        assert table.table() in described["info"]["description"]

    def test_a_factor_multiplies_every_figure(self) -> None:
        assert table.LIMITS["login"].times(1000).buckets == {"address": (60_000, 300)}
        assert table.LIMITS["guess"].times(0.001).buckets["login_at_address"] == (1, 900)


class TestHeaders:
    def test_tell_of_the_bucket_nearest_to_its_end(self, ada: User) -> None:
        response = rest(ada).get("/api/timelines/home/")
        assert (response["RateLimit-Limit"], response["RateLimit-Remaining"]) == ("900", "899")
        assert response["RateLimit-Reset"] == "1"

    def test_come_in_both_spellings(self, ada: User) -> None:
        response = rest(ada).get("/api/timelines/home/")
        assert response["X-RateLimit-Limit"] == response["RateLimit-Limit"]
        assert response["X-RateLimit-Remaining"] == response["RateLimit-Remaining"]
        assert abs(int(response["X-RateLimit-Reset"]) - time.time() - int(response["RateLimit-Reset"])) < 3

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("get", "/api/timelines/public/", 200),
            ("get", "/api/timelines/home/", 401),
            ("get", "/api/users/nobody/", 404),
            ("get", "/api/nothing/", 404),
            ("put", "/api/tweets/", 401),
            ("post", "/api/auth/token/", 415),
            ("get", "/api/docs/", 200),
            ("get", "/api/schema/", 200),
        ],
    )
    def test_are_on_every_answer_of_the_api(self, client: Client, method: str, path: str, status: int) -> None:
        response = getattr(client, method)(path)
        assert response.status_code == status
        assert set(response.headers) >= HEADERS

    def test_are_on_the_answer_to_a_wrong_token_which_draws_from_the_address(self, client: Client) -> None:
        answers = [client.get("/api/timelines/home/", headers={"Authorization": "Bearer wrong"}) for _ in range(2)]
        assert [(each.status_code, each["RateLimit-Remaining"]) for each in answers] == [(401, "299"), (401, "298")]

    def test_are_on_the_answer_to_a_wrong_token_at_an_address_that_does_not_exist(self, client: Client) -> None:
        response = client.get("/api/nothing/", headers={"Authorization": "Bearer wrong"})
        assert (response.status_code, response["RateLimit-Remaining"]) == (404, "299")

    def test_are_not_on_pages(self, client: Client) -> None:
        assert not HEADERS & set(client.get("/explore/").headers)


class TestBuckets:
    def test_accounts_at_one_address_have_their_own(self, ada: User, grace: User, settings: Settings) -> None:
        limit(settings, "like", account=(2, 3600), address=(100, 3600))
        tweet = factories.tweet(ada)
        for client in (rest(ada), rest(grace)):
            statuses = [client.post(f"/api/tweets/{tweet.pk}/like/").status_code for _ in range(3)]
            assert statuses == [200, 200, 429]

    def test_an_account_has_one_for_all_its_tokens_and_sessions(
        self, ada: User, as_user: AS_USER, settings: Settings
    ) -> None:
        limit(settings, "follow", account=(2, 3600))
        factories.person("bob")
        assert rest(ada).post("/api/users/bob/follow/").status_code == 200
        assert as_user(ada).post("/bob/follow/").status_code == 302
        assert rest(ada).post("/api/users/bob/follow/").status_code == 429
        assert as_user(ada).post("/bob/follow/").status_code == 429

    def test_a_token_that_runs_wild_leaves_the_others_their_share(self, ada: User, settings: Settings) -> None:
        limit(settings, "read", token=(3, 3600), account=(5, 3600))
        wild, calm = rest(ada), rest(ada)
        assert [wild.get("/api/users/me/").status_code for _ in range(9)] == [200] * 3 + [429] * 6
        assert [calm.get("/api/users/me/").status_code for _ in range(3)] == [200, 200, 429]

    def test_an_address_has_one_for_all_its_accounts(self, ada: User, grace: User, settings: Settings) -> None:
        limit(settings, "read", account=(10, 3600), address=(3, 3600))
        here = [rest(user).get("/api/users/me/").status_code for user in (ada, grace, ada, grace)]
        assert here == [200, 200, 200, 429]
        assert rest(ada, REMOTE_ADDR="198.51.100.4").get("/api/users/me/").status_code == 200

    def test_strangers_draw_from_their_address_whatever_a_header_says(self, settings: Settings) -> None:
        limit(settings, "read", stranger=(3, 3600))
        calls = [APIClient(HTTP_X_FORWARDED_FOR=f"203.0.113.{n}").get("/api/timelines/public/") for n in range(5)]
        assert [each.status_code for each in calls] == [200, 200, 200, 429, 429]

    def test_behind_a_trusted_proxy_everybody_has_his_own(self, settings: Settings) -> None:
        limit(settings, "read", stranger=(1, 3600))
        settings.TRUSTED_PROXIES = 1
        calls = [APIClient(HTTP_X_FORWARDED_FOR=f"forged, 203.0.113.{n // 2}") for n in range(4)]
        assert [each.get("/api/timelines/public/").status_code for each in calls] == [200, 429, 200, 429]


class TestTooMany:
    @pytest.fixture(autouse=True)
    def _one_an_hour(self, settings: Settings) -> None:
        for name in ("read", "post"):
            limit(settings, name, account=(1, 3600), stranger=(1, 3600))

    def test_a_call_is_refused_in_the_shape_of_all_errors_and_changes_nothing(self, ada: User) -> None:
        client = rest(ada)
        assert client.post("/api/tweets/", {"text": "one"}).status_code == 201
        response = client.post("/api/tweets/", {"text": "two"})
        assert (response.status_code, only_error(response)) == (429, THROTTLED)
        assert 3595 <= int(response["Retry-After"]) <= 3600
        assert (response["RateLimit-Limit"], response["RateLimit-Remaining"]) == ("1", "0")
        assert [tweet.text for tweet in Tweet.objects.all()] == ["one"]

    def test_reading_goes_on_where_posting_is_over(self, ada: User) -> None:
        client = rest(ada)
        codes = [client.post("/api/tweets/", {"text": "hello"}).status_code for _ in range(2)]
        assert [*codes, client.get("/api/users/me/").status_code] == [201, 429, 200]

    @pytest.mark.parametrize("path", ["/api/nothing/", "/api/timelines/home/"])
    def test_what_is_refused_for_other_reasons_is_counted_too(self, client: Client, path: str) -> None:
        client.get(path)
        response = client.get(path)
        assert (response.status_code, only_error(response)) == (429, THROTTLED)
        assert int(response["Retry-After"]) > 3590

    def test_a_page_says_so_in_words(self, client: Client) -> None:
        client.get("/explore/")
        response = client.get("/explore/")
        assert (response.status_code, response["Retry-After"]) == (429, "3600")
        assert "Please wait 60 minutes, then try again." in response.content.decode()
        assert "hx-get" not in response.content.decode()

    def test_scripts_of_a_page_get_a_sentence(self, client: Client) -> None:
        client.get("/explore/")
        response = client.get("/explore/", headers={"HX-Request": "true"})
        assert (response.status_code, response.content) == (429, b"Please wait 60 minutes.")
        assert response["Content-Type"].startswith("text/plain")

    def test_a_form_posts_nothing(self, ada: User, as_user: AS_USER) -> None:
        browser = as_user(ada)
        for text in ("one", "two"):
            response = browser.post("/compose/", {"text": text})
        assert response.status_code == 429
        assert [tweet.text for tweet in Tweet.objects.all()] == ["one"]


class TestOurOwnPages:
    def test_five_tabs_that_hear_of_tweets_all_the_time_stay_within_the_limit(self) -> None:
        """A tab asks at most every 0.8 s, and four pages of what is new at a time (static/js/live.js)."""
        tabs, seconds = 5, 300
        busy = tabs * seconds / 0.8
        idle = tabs * seconds / 30 * 4
        calls, period = table.LIMITS["poll"].buckets["account"]
        assert period == seconds
        assert calls > busy + idle

    def test_five_tabs_that_poll_for_an_hour_see_no_refusal(self, ada: User, as_user: AS_USER) -> None:
        """All of an hour's questions at once: every 30 s, from each of them."""
        browser = as_user(ada)
        assert {browser.get("/home/newer/?since=0").status_code for _ in range(5 * 3600 // 30)} == {200}

    def test_polling_takes_nothing_from_reading(self, ada: User, as_user: AS_USER, settings: Settings) -> None:
        limit(settings, "read", account=(1, 3600))
        browser = as_user(ada)
        assert {browser.get("/home/newer/?since=0").status_code for _ in range(5)} == {200}
        assert browser.get("/").status_code == 200

    def test_pictures_ask_neither_session_nor_account(self, client: Client) -> None:
        assert "Cookie" not in client.get("/avatars/a-1.svg").get("Vary", "")


class TestWithoutRedis:
    @pytest.fixture(autouse=True)
    def _gone(self, private_redis: PrivateRedis, settings: Settings) -> None:
        own = {"LOCATION": private_redis.url}
        settings.CACHES = {name: cache | own for name, cache in settings.CACHES.items()}
        private_redis.kill()

    def test_reading_goes_on_uncounted(self, client: Client, settings: Settings) -> None:
        limit(settings, "read", stranger=(1, 3600))
        answers = [client.get("/api/timelines/public/") for _ in range(3)]
        assert [each.status_code for each in answers] == [200] * 3
        assert not HEADERS & set(answers[0].headers)

    def test_so_does_writing(self, ada: User, as_user: AS_USER, settings: Settings) -> None:
        limit(settings, "post", account=(1, 3600))
        client = rest(ada)
        assert [client.post("/api/tweets/", {"text": "hello"}).status_code for _ in range(2)] == [201] * 2
        assert as_user(ada).post("/compose/", {"text": "hello"}).status_code == 302

    def test_wrong_passwords_are_counted_in_rows(self, ada: User) -> None:
        client = Client()
        wrong = {"username": "ada", "password": "wrong"}
        right = wrong | {"password": "correct horse"}
        guesses = [client.post("/api/auth/token/", wrong, "application/json") for _ in range(6)]
        assert [each.status_code for each in guesses] == [400] * 5 + [429]
        assert client.post("/api/auth/token/", right, "application/json").status_code == 429
        elsewhere = Client(REMOTE_ADDR="198.51.100.4")
        assert elsewhere.post("/api/auth/token/", right, "application/json").status_code == 200

    def test_tries_of_one_address_are_counted_whatever_name_is_tried(self, db: None, settings: Settings) -> None:
        limit(settings, "login", address=(3, 3600))
        tries = [Client().post("/login/", {"login": f"person_{n}", "password": "x"}).status_code for n in range(5)]
        assert tries == [200, 200, 200, 429, 429]
