"""A token's lookup and its buckets, asked of Redis together."""

from collections.abc import Sequence
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts import callers, tokens
from accounts.access import endings
from accounts.models import PersonalToken, User
from stores import redis, wire
from stores.wire import encoded
from tests.servers import PrivateRedis

pytestmark = pytest.mark.django_db
ME = "/api/users/me/"
RATES = {"stranger": (3, 3600), "account": (10, 3600)}


@pytest.fixture(autouse=True)
def _no_refill(settings: Settings) -> None:
    """Buckets that fill in a day, so that no figure here hangs on how fast the machine is."""
    read = settings.LIMITS["read"]
    slow = {name: (count, 86_400) for name, (count, _) in read.buckets.items()}
    settings.LIMITS = settings.LIMITS | {"read": read._replace(buckets=slow)}


@pytest.fixture
def client(ada: User) -> APIClient:
    """Of ada's, with a token that this process has seen before."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(user=ada)}")
    assert client.get(ME).status_code == 200
    return client


def left(response: Any) -> int:
    return int(response["RateLimit-Remaining"])


def test_a_call_is_counted_once(client: APIClient) -> None:
    assert [left(client.get(ME)) for _ in range(3)] == [898, 897, 896]


def test_both_are_one_conversation(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Sequence[Any]] = []
    ask = wire.ask

    def noted(commands: Sequence[Any]) -> list[Any]:
        asked.append([encoded(command).split()[2] for command in commands])
        return ask(commands)

    monkeypatch.setattr(wire, "ask", noted)
    client.get("/api/nothing/")
    client.delete("/api/users/me/")
    assert asked == [[b"GET", b"EVALSHA"]] * 2


def test_a_server_that_forgot_its_scripts_counts_all_the_same(client: APIClient) -> None:
    redis.timelines().script_flush()
    assert [left(client.get(ME)) for _ in range(2)] == [898, 897]


def test_an_ended_token_opens_nothing_and_takes_nothing_more_from_its_account(
    client: APIClient, ada: User, settings: Settings
) -> None:
    settings.LIMITS = settings.LIMITS | {"read": settings.LIMITS["read"]._replace(buckets=RATES)}
    redis.timelines().flushall()
    endings.end_personal(pk=PersonalToken.objects.get().pk)
    assert [client.get(ME).status_code for _ in range(5)] == [401] * 4 + [429]
    other = APIClient()
    other.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(user=ada)}")
    assert left(other.get(ME)) == 10 - 2, "one of the ended token's, and this one"


def test_a_call_too_many_is_refused_before_anything_else(client: APIClient, settings: Settings) -> None:
    settings.LIMITS = settings.LIMITS | {"read": settings.LIMITS["read"]._replace(buckets={"token": (3, 3600)})}
    assert [client.get("/api/nothing/").status_code for _ in range(3)] == [404, 404, 429]


def test_without_redis_the_token_is_still_good(
    client: APIClient, private_redis: PrivateRedis, settings: Settings
) -> None:
    own = {"LOCATION": private_redis.url}
    settings.CACHES = {name: cache | own for name, cache in settings.CACHES.items()}
    private_redis.kill()
    response = client.get(ME)
    assert (response.status_code, response.has_header("RateLimit-Limit")) == (200, False)


def test_a_process_keeps_a_bounded_number_of_tokens(
    client: APIClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "MOST_KEPT", 2)
    for _ in range(3):
        other = APIClient()
        other.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(user=ada)}")
        other.get(ME)
    assert len(callers._owners) <= 2
