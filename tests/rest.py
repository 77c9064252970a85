"""The API as its clients see it."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import User


def rest(user: User | None = None, **options: Any) -> APIClient:
    """A client with a token of this person's, or without any."""
    client = APIClient(**options)
    if user is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(user=user)}")
    return client


def used(user: User) -> APIClient:
    """A client whose token has been used today, so that no call of its changes anything by being made."""
    client = rest(user)
    client.get("/api/users/me/")
    return client


def error(code: str, attr: str | None = None, kind: str = "validation_error") -> tuple[str, str, str | None]:
    return kind, code, attr


def only_error(response: Any) -> tuple[str, str, str | None]:
    """The kind, code and attribute of the one error in a response of the house shape."""
    body = response.json()
    [found] = body["errors"]
    assert response["Content-Type"] == "application/json"
    assert found.keys() == {"code", "detail", "attr"}
    assert found["detail"]
    return body["type"], found["code"], found["attr"]


UNKNOWN = error("not_found", kind="client_error")
ANONYMOUS = error("not_authenticated", kind="client_error")


def queries_for(client: APIClient, address: str) -> int:
    """How many queries a warm answer costs."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def walk(client: APIClient, address: str | None) -> list[Any]:
    """All results from a page on, by its `next` links."""
    found: list[Any] = []
    while address:
        page = client.get(address).json()
        found += page["results"]
        address = page["next"]
    return found
