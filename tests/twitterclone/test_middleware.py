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


def test_an_address_that_names_somebody_leads_to_whom_it_names(
    client: Client, bearer: dict[str, str], grace: User
) -> None:
    names = [client.get(f"/api/users/{each}/", headers=bearer).json()["username"] for each in ("ada", "grace", "ada")]
    assert names == ["ada", "grace", "ada"]


def test_an_address_asked_for_again_leads_to_the_same_view(client: Client, bearer: dict[str, str]) -> None:
    first, second = (client.get(HOME, headers=bearer).resolver_match for _ in range(2))
    assert (first.view_name, second.view_name) == ("api_home", "api_home")
    assert client.get("/api/timelines/public/", headers=bearer).resolver_match.view_name == "api_public"


@pytest.mark.parametrize(
    ("accepted", "query", "status"),
    [
        ("*/*", "", 200),
        ("application/json", "", 200),
        ("text/html, application/json;q=0.9", "", 200),
        ("text/html", "", 406),
        ("*/*", "?format=json", 200),
        ("*/*", "?format=xml", 404),
    ],
)
def test_the_form_of_an_answer_is_negotiated(
    client: Client, bearer: dict[str, str], accepted: str, query: str, status: int
) -> None:
    response = client.get(f"/api/users/ada/{query}", headers=bearer | {"Accept": accepted})
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"
