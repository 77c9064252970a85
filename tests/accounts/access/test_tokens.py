"""What a token opens, from the first call to the one after its end."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts import actions, tokens
from accounts.access import endings, lookup, scopes
from accounts.models import PersonalToken, User
from stores import redis, wire
from stores.wire import Command
from tests.rest import error, only_error
from tests.threads import at_once
from twitterclone.api import NoSuchAddress

pytestmark = pytest.mark.django_db(transaction=True)

ME = "/api/users/me/"
PUBLIC = "/api/timelines/public/"
INSUFFICIENT = error("insufficient_scope", kind="client_error")


def using(token: str) -> APIClient:
    return APIClient(headers={"Authorization": f"Bearer {token}"})


def status(token: str, path: str = ME) -> int:
    return int(using(token).get(path).status_code)


def elsewhere(doing: Callable[[], int]) -> int:
    """As another thread sees it, over its own connections to PostgreSQL and Redis."""
    return at_once(doing)[0]


class TestScopes:
    @pytest.mark.parametrize(
        ("scope", "opens"),
        [
            ("read", {"read", "read:profile", "read:notifications"}),
            ("write", {scope for scope in scopes.SCOPES if scope.startswith("write")}),
            ("write:likes follow", {"write:likes", "follow"}),
            ("everything", set()),
            ("", set()),
        ],
    )
    def test_a_whole_brings_its_parts_and_a_part_only_itself(self, scope: str, opens: set[str]) -> None:
        assert scopes.granted(scope) == opens

    def test_are_written_without_what_goes_without_saying(self) -> None:
        assert scopes.written(["write:likes", "follow", "write", "nonsense"]) == "write follow"

    @pytest.mark.parametrize(
        ("method", "path", "needed"),
        [
            ("get", "/api/timelines/home/", "read"),
            ("get", PUBLIC, "read"),
            ("get", "/api/users/ada/", "read"),
            ("get", ME, "read:profile"),
            ("patch", ME, "write:profile"),
            ("post", "/api/tweets/", "write:tweets"),
            ("post", "/api/tweets/1/like/", "write:likes"),
            ("delete", "/api/tweets/1/retweet/", "write:tweets"),
            ("post", "/api/tweets/1/bookmark/", "write:bookmarks"),
            ("post", "/api/lists/", "write:lists"),
            ("post", "/api/markers/", "write:markers"),
            ("post", "/api/users/ada/follow/", "follow"),
        ],
    )
    def test_without_the_one_it_needs_a_call_is_refused_and_told_which(
        self, ada: User, method: str, path: str, needed: str
    ) -> None:
        others = [scope for scope in scopes.SCOPES if needed not in scopes.granted(scope)]
        refused = getattr(using(tokens.issue(user=ada, scope=others)), method)(path)
        assert (refused.status_code, only_error(refused)) == (403, INSUFFICIENT)
        assert refused.json()["errors"][0]["detail"] == f"This needs a token with the scope {needed}."
        assert refused["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{needed}"'
        assert getattr(using(tokens.issue(user=ada, scope=[needed])), method)(path).status_code != 403

    def test_a_session_needs_none(self, ada: User, as_user: Callable[[User], Client]) -> None:
        assert as_user(ada).get(ME).status_code == 200

    def test_what_is_not_there_is_told_as_such(self, ada: User) -> None:
        client = using(tokens.issue(user=ada, scope=["follow"]))
        assert client.put(ME).status_code == 405
        assert client.get("/api/nothing/").status_code == 404

    def test_every_method_of_every_view_names_one(self) -> None:
        for view in api_views(get_resolver().url_patterns):
            methods = {"GET", "POST", "PUT", "PATCH", "DELETE"} & {each.upper() for each in dir(view)}
            without = {method for method in methods if scopes.needed(view, method) is None}
            opened_otherwise = {"POST"} if view.__name__ == "TokenView" else set()
            assert without == opened_otherwise, view


def api_views(patterns: Iterable[URLPattern | URLResolver]) -> Iterable[type[APIView]]:
    """All views of the house's own API."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from api_views(pattern.url_patterns)
            continue
        view: Any = getattr(pattern.callback, "view_class", object)
        is_ours = view.__module__.partition(".")[0] in ("accounts", "tweets", "timelines", "twitterclone")
        if issubclass(view, APIView) and is_ours and view is not NoSuchAddress:
            yield view


class TestTheCache:
    def test_answers_without_postgresql(self, ada: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        token = tokens.issue(user=ada)
        assert lookup.find(token)
        with django_assert_num_queries(0):
            caller = lookup.find(token)
            assert caller
            assert caller.user == ada
            assert (caller.user.username, caller.user.is_active) == ("ada", True)

    def test_gives_a_person_whose_other_columns_are_there_on_demand(self, ada: User) -> None:
        token = tokens.issue(user=ada)
        for _ in range(2):
            caller = lookup.find(token)
            assert caller
            assert caller.user
            assert caller.user.email == ada.email

    @pytest.mark.parametrize("token", ["", "pat_", "pat_nonsense", "nonsense", "x" * 10_000, "\x00", "pat_\ud800"])
    def test_keeps_nothing_of_what_is_no_token(self, token: str) -> None:
        assert lookup.find(token) is None
        assert redis.timelines().keys("access:*") == []

    def test_knows_when_a_token_expires(self, ada: User) -> None:
        token = tokens.issue(user=ada, until=timezone.now() + timedelta(seconds=1))
        assert status(token) == 200
        PersonalToken.objects.update(expires_at=timezone.now())
        redis.timelines().flushall()
        assert status(token) == 401

    def test_can_be_wiped(self, ada: User) -> None:
        token = tokens.issue(user=ada)
        assert status(token) == 200
        redis.timelines().flushall()
        assert status(token) == 200


class TestTheEndOfAToken:
    """Each is seen in use first, so that every cache is warm, and then by another thread."""

    @pytest.fixture
    def token(self, ada: User) -> str:
        made = tokens.issue(user=ada)
        assert (status(made), elsewhere(lambda: status(made))) == (200, 200)
        return made

    @pytest.mark.parametrize(
        "end",
        [
            lambda user: endings.end_all(user=user),
            lambda user: actions.suspend(user=user),
            lambda user: actions.change_password(user=user, password="battery staple"),
            lambda user: endings.end_personal(pk=PersonalToken.objects.get().pk, user=user),
            lambda user: PersonalToken.objects.all().delete(),
            lambda user: user.delete(),
        ],
        ids=["log out everywhere", "suspension", "new password", "revoked", "row deleted", "account deleted"],
    )
    def test_comes_with_the_very_next_call(self, ada: User, token: str, end: Callable[[User], object]) -> None:
        end(ada)
        assert (status(token), elsewhere(lambda: status(token))) == (401, 401)

    def test_ends_only_what_it_should(self, ada: User, grace: User, token: str) -> None:
        others = tokens.issue(user=grace)
        with pytest.raises(PersonalToken.DoesNotExist):
            endings.end_personal(pk=PersonalToken.objects.get(user=ada).pk, user=grace)
        assert (status(token), status(others)) == (200, 200)
        endings.end_all(user=ada)
        assert (status(token), status(others)) == (401, 200)

    def test_can_not_be_undone_by_who_looked_before(self, ada: User, token: str) -> None:
        redis.timelines().flushall()
        with transaction.atomic():
            endings.end_all(user=ada)
            assert (
                elsewhere(lambda: status(token)) == 200
            )  # not committed: PostgreSQL still has it, but nobody keeps it
        assert (status(token), elsewhere(lambda: status(token))) == (401, 401)

    def test_that_is_rolled_back_is_none(self, ada: User, token: str) -> None:
        with transaction.atomic():
            endings.end_all(user=ada)
            transaction.set_rollback(True)
        assert status(token) == 200

    def test_leaves_none_made_at_the_same_time(self, ada: User) -> None:
        """A token is made before everything ends, and ends with it, or after; one that was made for a closed account
        is not."""

        def issue() -> str:
            try:
                return tokens.issue(user=ada)
            except tokens.Suspended:
                return ""

        def suspend() -> str:
            actions.suspend(user=User.objects.get())
            return ""

        made = at_once(issue, issue, suspend)
        assert [status(each) for each in made if each] == [401] * sum(map(bool, made))
        assert PersonalToken.objects.count() == 0


def test_the_lookup_costs_one_question(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    token = tokens.issue(user=ada)
    lookup.find(token)
    asked: list[Command] = []
    ask = wire.ask

    def listening(commands: Sequence[Command]) -> list[Any]:
        asked.extend(commands)
        return ask(commands)

    monkeypatch.setattr(wire, "ask", listening)
    assert lookup.find(token)
    assert [command[0] for command in asked] == ["GET"]


def test_many_lookups_cost_one_conversation_and_a_statement_of_each_kind(
    ada: User, grace: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    issued = {tokens.issue(user=user): user for user in (ada, ada, grace)}
    nobodys = ["", "pat_nonsense", "x" * 10_000]
    for token in issued:
        lookup.find(token)  # its use is noted today
    redis.timelines().delete(*redis.timelines().keys("access:*"))
    endings.end_all(user=grace)
    asked: list[list[Any]] = []
    ask = wire.ask

    def listening(commands: Sequence[Command]) -> list[Any]:
        asked.append([command[0] for command in commands])
        return ask(commands)

    monkeypatch.setattr(wire, "ask", listening)
    expected = {token: user.pk if user == ada else None for token, user in issued.items()} | dict.fromkeys(nobodys)
    for _ in range(2):
        with django_assert_num_queries(3):  # about those unknown, as of ours and as of apps, and about those that ended
            found = lookup.find_all([*issued, *nobodys])
        assert {token: caller and caller.user and caller.user.pk for token, caller in found.items()} == expected
    assert asked == [["GET"] * 5, ["SET"] * 2, ["GET"] * 5]


def test_without_redis_postgresql_answers(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(commands: object) -> None:
        raise redis.Away

    token = tokens.issue(user=ada)
    monkeypatch.setattr("accounts.access.lookup.wire.ask", away)
    assert lookup.find(token)
    endings.end_all(user=ada)
    assert lookup.find(token) is None
    connection.close()


def test_an_account_with_a_second_factor_gets_none_by_password(ada: User) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(ada, generate_totp_secret())
    refused = APIClient().post("/api/auth/token/", {"username": "ada", "password": "correct horse"})
    assert (refused.status_code, only_error(refused)) == (400, error("second_factor"))
    assert PersonalToken.objects.count() == 0


def test_a_person_may_register_an_app_by_post_and_nobody_else(ada: User) -> None:
    described = {"client_name": "Robin", "redirect_uris": ["https://robin.example/back"]}
    for refused in (APIClient(), using(tokens.issue(user=ada, scope=["read"])), using("pat_nonsense")):
        assert refused.post("/oauth/register/", described).status_code == 401
    answer = using(tokens.issue(user=ada)).post("/oauth/register/", described)
    assert answer.status_code == 201
    assert answer.json()["client_secret"]
    with_http = described | {"redirect_uris": ["http://robin.example/back"]}
    assert using(tokens.issue(user=ada)).post("/oauth/register/", with_http).status_code == 400
    registration = using(answer.json()["registration_access_token"])
    assert registration.get(ME).status_code == 401
    assert registration.get(f"/oauth/register/{answer.json()['client_id']}/").status_code == 200


def test_many_apps_are_too_many(ada: User) -> None:
    client = using(tokens.issue(user=ada))
    described = {"redirect_uris": ["https://robin.example/back"]}
    codes = [client.post("/oauth/register/", described | {"client_name": f"R{n}"}).status_code for n in range(21)]
    assert codes == [201] * 20 + [400]
