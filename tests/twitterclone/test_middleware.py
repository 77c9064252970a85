"""The short way of API calls that carry a token."""

import pytest
from django.test import Client

from accounts import tokens
from accounts.models import User

HOME = "/api/timelines/home/"


@pytest.fixture
def bearer(ada: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.issue(user=ada)}"}


def test_a_call_with_a_token_needs_no_session_and_sets_no_cookie(client: Client, bearer: dict[str, str]) -> None:
    response = client.get(HOME, headers=bearer)
    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


def test_it_carries_the_headers_that_protect_json(client: Client, bearer: dict[str, str]) -> None:
    headers = client.get(HOME, headers=bearer).headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_foreign_host_is_refused_on_the_short_way_too(client: Client, bearer: dict[str, str]) -> None:
    assert client.get(HOME, headers=bearer | {"Host": "evil.example"}).status_code == 400


def test_an_unknown_address_is_the_same_404(client: Client, bearer: dict[str, str]) -> None:
    short, long = client.get("/api/nothing/", headers=bearer), client.get("/api/nothing/")
    assert (short.status_code, short.content) == (long.status_code, long.content)
    assert short.status_code == 404


def test_a_page_does_not_take_it(client: Client, bearer: dict[str, str]) -> None:
    """A token is for the API: on a page its bearer is a stranger."""
    assert client.get("/settings/", headers=bearer).headers["Location"] == "/login/?next=/settings/"
