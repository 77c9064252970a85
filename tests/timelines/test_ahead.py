"""Home's first question to Redis, asked along with the one whether the call may go on."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from accounts import ahead, tokens
from accounts.access import endings
from accounts.models import PersonalToken, User
from stores import redis, wire
from stores.wire import Command, encoded
from tests import factories
from timelines import inbox
from timelines.inbox import INBOX
from timelines.packed import READ
from tweets.models import Tweet

pytestmark = pytest.mark.django_db
HOME = "/api/timelines/home/"
Conversations = list[list[bytes]]


@pytest.fixture
def tweet(ada: User, grace: User, drain: Callable[[], None]) -> Tweet:
    """By grace, in ada's home."""
    factories.follow(ada, grace)
    tweet = factories.tweet(grace)
    drain()
    return tweet


@pytest.fixture
def client(ada: User, tweet: Tweet) -> APIClient:
    """Of ada's, with a token that this process has seen before, and a home that was read."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(user=ada)}")
    assert shown(client) == [str(tweet.pk)]
    return client


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Conversations:
    """The commands of each conversation with Redis, lists that are read as READ."""
    conversations: Conversations = []
    ask = wire.ask

    def listening(commands: Sequence[Command]) -> list[Any]:
        words = [encoded(each).split(b"\r\n") for each in commands]
        conversations.append([b"READ" if each[4] == READ.sha.encode() else each[2] for each in words])
        return ask(commands)

    monkeypatch.setattr(wire, "ask", listening)
    return conversations


def shown(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{HOME}{query}")
    assert response.status_code == 200
    return [each["id"] for each in response.json()["results"]]


def test_home_by_token_takes_two_conversations(client: APIClient, heard: Conversations, tweet: Tweet) -> None:
    assert shown(client) == [str(tweet.pk)]
    token_limits_and_inbox, everything_about_the_tweets = heard
    assert token_limits_and_inbox == [b"GET", b"EVALSHA", b"READ"]
    assert b"READ" not in everything_about_the_tweets


def test_the_page_asks_along_with_its_limits(client: Client, ada: User, heard: Conversations, tweet: Tweet) -> None:
    browser = Client()
    browser.force_login(ada)
    heard.clear()
    assert f'id="tweet-{tweet.pk}"' in browser.get("/").content.decode()
    assert [b"EVALSHA", b"READ"] in heard
    assert sum(said.count(b"READ") for said in heard) == 1


def test_further_pages_ask_for_themselves(client: APIClient, heard: Conversations, tweet: Tweet) -> None:
    assert shown(client, f"?before={tweet.pk}") == []
    assert shown(client, f"?since={tweet.pk - 1}") == [str(tweet.pk)]
    assert shown(client, "?limit=1") == [str(tweet.pk)]
    assert [said for said in heard if b"READ" in said and b"GET" in said] == []


def test_an_inbox_that_turns_out_cold_is_rebuilt(client: APIClient, ada: User, tweet: Tweet) -> None:
    inbox.forget(INBOX, [ada.pk])
    assert shown(client) == [str(tweet.pk)]
    (held,) = inbox.read([(INBOX, ada.pk)], None, None, 5)
    assert held == inbox.Held(0, (tweet.pk,))


def test_a_redis_that_forgot_its_scripts_is_told_them_again(client: APIClient, tweet: Tweet) -> None:
    redis.timelines().script_flush()
    assert shown(client) == [str(tweet.pk)]


def test_who_is_refused_is_told_nothing_of_what_was_asked(client: APIClient) -> None:
    endings.end_personal(pk=PersonalToken.objects.get().pk)
    response = client.get(HOME)
    assert response.status_code == 401
    assert response.json()["errors"][0]["code"] == "authentication_failed"


def test_answers_are_for_whom_they_were_asked() -> None:
    request = RequestFactory().get(HOME)
    assert list(ahead.answers(request, 1)) == []
    ahead.keep(request, 1, [b"of 1"])
    assert list(ahead.answers(request, 2)) == []
    assert list(ahead.answers(request, 1)) == [b"of 1"]
