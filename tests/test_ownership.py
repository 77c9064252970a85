"""Who gets what answer where: every address x everybody who might ask, against tests/ownership.txt.

Whoever is refused must also have changed nothing: before and after, every table is counted and summed up. An address
without a line in the table fails the suite. To see what the lines of new addresses would be, run
`pytest tests/test_ownership.py -k complete`; then think about each before writing it down.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_application_model

from accounts import actions, tokens
from accounts.lists import actions as lists
from accounts.models import PersonalToken, User
from accounts.relations import actions as relations
from drafts import actions as drafts
from notifications import draining
from stores import redis
from tests import factories
from tests.routes import Route, address, routes
from tweets.composing import NewTweet

VIEWERS = ("anonymous", "other", "owner", "suspended", "scopeless", "staff")
MAY_CHANGE = range(200, 303)  # an answer outside, and a way to the login page, says that nothing was done
UNCOUNTED = {"django_session", "usersessions_usersession", "django_admin_log", "django_migrations"}


class Line(NamedTuple):
    """A method of an address, and the answer each of `VIEWERS` gets: its status, with "!" if it changed something; "-"
    where the viewer has no way to ask."""

    method: str
    path: str
    statuses: tuple[str, ...]


def table() -> list[Line]:
    lines = (Path(__file__).parent / "ownership.txt").read_text().splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return [Line(method, path, tuple(statuses)) for method, path, *statuses in rows]


def endpoints() -> Iterator[tuple[str, Route]]:
    for route in routes():
        methods = ["GET", *route.changes()] if route.is_rest else ["GET", "POST"]
        yield from ((method, route) for method in methods)


BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/api/tweets/"): {"text": "hello"},
    ("POST", "/api/threads/"): {"tweets": [{"text": "hello"}, {"text": "again"}]},
    ("POST", "/api/tweets/<tweet_id:tweet_id>/vote/"): {"choice": 1},
    ("POST", "/tweets/<tweet_id:tweet_id>/vote/"): {"choice": 1},
    ("POST", "/api/drafts/"): {"tweets": [{"text": "later"}]},
    ("PUT", "/api/drafts/<tweet_id:draft_id>/"): {"tweets": [{"text": "changed"}]},
    ("POST", "/drafts/"): {"text": "later"},
    ("POST", "/drafts/<tweet_id:draft_id>/"): {"text": "changed"},
    ("POST", "/compose/thread/"): {"text": "hello", "tweet2-text": "again"},
    ("PATCH", "/api/tweets/<tweet_id:tweet_id>/"): {"text": "hello", "version": 0},
    ("POST", "/api/notifications/read/"): {"up_to": str(2**63 - 1)},
    ("POST", "/notifications/read/"): {"up_to": 2**63 - 1},
    ("PATCH", "/api/users/me/"): {"name": "Somebody"},
    ("POST", "/api/auth/token/"): {"username": "ada", "password": "wrong"},
    ("POST", "/compose/"): {"text": "hello"},
    ("POST", "/api/lists/"): {"name": "List"},
    ("POST", "/api/markers/"): {"home": {"last_read_id": "1", "version": 0}},
    ("POST", "/home/read/"): {"up_to": "1"},
    ("PATCH", "/api/lists/<list_id:list_id>/"): {"name": "Renamed"},
    ("POST", "/i/lists/new/"): {"name": "List"},
    ("POST", "/i/lists/<list_id:list_id>/edit/"): {"name": "Renamed"},
    ("POST", "/i/lists/<list_id:list_id>/members/change/"): {"username": "ada"},
    ("POST", "/tweets/<tweet_id:tweet_id>/edit/"): {"text": "hello", "version": "0"},
    ("POST", "/settings/"): {"name": "Somebody"},
    ("POST", "/settings/apps/new/"): {"name": "App", "kind": "public", "redirect_uris": "https://app.example/back"},
    ("POST", "/settings/apps/<int:app_id>/"): {"name": "Renamed", "redirect_uris": "https://app.example/back"},
}


@pytest.fixture
def world(db: None) -> dict[str, Any]:
    """Ada, and something of hers for every argument of an address; and everybody who might ask for it."""
    ada = factories.person("ada")
    app = get_application_model().objects.create(
        user=ada,
        name="Ada's app",
        client_type="confidential",
        authorization_grant_type="authorization-code",
        redirect_uris="https://app.example/back",
    )
    later = timezone.now() + timedelta(days=1)
    get_access_token_model().objects.create(user=ada, application=app, token="granted", expires=later, scope="read")
    tokens.issue(user=ada, name="Ada's token")
    factories.follow(factories.person("fan"), ada)
    draining.drain()
    session = UserSession.objects.create(user=ada, ip="127.0.0.1", session_key="x" * 32, user_agent="-", data={})
    return {
        "username": "ada",
        "tag": "adas",
        "tweet_id": factories.tweet(ada).pk,
        "poll_id": factories.tweet(ada, poll=factories.poll()).pk,
        "draft_id": drafts.save(author=ada, content={"tweets": [NewTweet("later")]}).pk,
        "app_id": app.pk,
        "client_id": app.client_id,
        "token_id": PersonalToken.objects.get(user=ada).pk,
        "session_id": session.pk,
        "word_id": relations.mute_phrase(user=ada, phrase="cats").pk,
        "list_id": lists.create_list(owner=ada, name="Ada's list").pk,
        "letter": "a",
        "hue": "7",
        "key": "nothing",
        "uidb36": "1",
        "path": "nothing",
        "issuer_path": "nothing",
        "resource_path": "nothing",
    }


@pytest.fixture
def viewers(world: dict[str, Any]) -> dict[str, User]:
    people = {"owner": User.objects.get(username="ada")}
    for name in ("other", "suspended", "scopeless"):
        people[name] = factories.person(name)
    people["staff"] = factories.person("staff", is_staff=True)
    return people


def address_of(route_path: str, world: dict[str, Any]) -> str:
    """The path with something of Ada's for each argument; a poll where one votes, for what has one can't be edited."""
    return address(route_path, world | ({"tweet_id": world["poll_id"]} if route_path.endswith("/vote/") else {}))


def ask(method: str, route: Route, viewer: str, people: dict[str, User], world: dict[str, Any]) -> str:
    """The status of the answer, with "!" if something changed; a refusal, and a GET, must have changed nothing."""
    redis.timelines().flushall()  # nobody is refused for what others have asked before
    send = sender(method, route, viewer, people)
    if method == "GET":
        send(address_of(route.path, world))  # a first visit may be noted
    before = state()
    response = send(address_of(route.path, world))
    changed = state() != before
    if response.status_code not in MAY_CHANGE or "/login/" in response.get("Location", "") or method == "GET":
        assert not changed, f"{method} {route.path} changed something for {viewer}"
    return f"{response.status_code}{'!' if changed else ''}"


def sender(method: str, route: Route, viewer: str, people: dict[str, User]) -> Callable[[str], Any]:
    """A way to ask: a browser with a session for pages, a program with a token for the API."""
    client, headers = Client(raise_request_exception=False), {}
    if viewer != "anonymous" and route.is_rest:
        scope = ["read:profile"] if viewer == "scopeless" else ["read", "write", "follow"]
        headers["Authorization"] = f"Bearer {tokens.issue(user=people[viewer], scope=scope)}"
        client.get("/api/users/me/", headers=headers)  # the first use of a token is noted
    elif viewer != "anonymous":
        client.force_login(people[viewer])
    if viewer == "suspended":
        actions.suspend(user=people[viewer])
    body: dict[str, Any] = {} if method == "GET" else {"data": BODIES.get((method, route.path), {})}
    if route.is_rest and body:
        body["content_type"] = "application/json"
    return partial(getattr(client, method.lower()), headers=headers, **body)


def state() -> dict[str, tuple[int, str]]:
    """Rows and a checksum of every table but those of sessions and logs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_prepared_statements WHERE name = 'state'")
        if not cursor.fetchall():  # to plan it anew each time would take most of this module's time
            cursor.execute(f"PREPARE state AS {sums_of_tables()}")
        cursor.execute("EXECUTE state")
        return {name: (count, digest) for name, count, digest in cursor.fetchall()}


@cache
def sums_of_tables() -> str:
    return " UNION ALL ".join(
        f"SELECT '{name}', count(*), coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM \"{name}\" t"
        for name in connection.introspection.table_names()
        if name not in UNCOUNTED
    )


def test_the_table_is_complete_and_has_nothing_that_is_gone() -> None:
    listed = {(line.method, line.path) for line in table()}
    assert listed == {(method, route.path) for method, route in endpoints()}


@pytest.mark.parametrize(
    ("method", "route"), [pytest.param(*each, id=f"{each[0]} {each[1].path}") for each in endpoints()]
)
def test_everybody_gets_the_answer_of_the_table(
    method: str, route: Route, viewers: dict[str, User], world: dict[str, Any]
) -> None:
    answers = dict.fromkeys(VIEWERS, "-")
    for viewer in VIEWERS:
        if viewer == "scopeless" and not route.is_rest:
            continue  # scopes are for tokens, and tokens open no pages
        with transaction.atomic():
            answers[viewer] = ask(method, route, viewer, viewers, world)
            transaction.set_rollback(True)
    expected = {(line.method, line.path): line.statuses for line in table()}
    assert expected.get((method, route.path)) == tuple(answers.values())


@pytest.mark.parametrize("viewer", ["anonymous", "other", "owner", "suspended"])
def test_no_address_of_the_admin_lets_anybody_in_but_staff(
    viewer: str, viewers: dict[str, User], world: dict[str, Any]
) -> None:
    client = Client()
    if viewer != "anonymous":
        client.force_login(viewers[viewer])
    before = state()
    for path in admin_paths():
        for response in (client.get(path), client.post(path)):
            assert response.status_code in (301, 302, 403, 404), path
            assert response.get("Location", "/login/").startswith(("/login/", "/admin/", path)), path
    assert state() == before


def admin_paths() -> list[str]:
    """Every address of the admin, about row 1."""
    found = [each.path for each in routes(of_admin=True)]
    return [re.sub(r"<[^>]+>|\(\?P<\w+>[^()]*\)", "1", path).replace("\\", "").rstrip("$") for path in found]
