"""OWASP ASVS 5.0: passwords, second factors and sessions; docs/security.md has the table."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import actions, tokens
from accounts.access import lookup
from accounts.models import OutgoingMail, User
from tests.post import posted
from tests.rest import rest
from tests.test_ownership import state

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
PASSWORD, NEW = "correct horse", "battery staple 9"


def logged_in(user: User, **options: Any) -> Client:
    browser = Client(**options)
    assert browser.post("/login/", {"login": user.username, "password": PASSWORD})["Location"] == "/"
    return browser


def is_in(browser: Client) -> bool:
    return bool(browser.get("/settings/").status_code == 200)


def code(secret: str) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))))


@pytest.fixture
def guarded(ada: User) -> str:
    """Ada has set up a second factor; its secret."""
    browser = logged_in(ada)
    browser.post("/login/confirm/", {"password": PASSWORD})
    secret = str(browser.get("/settings/second-factor/add/").context["form"].secret)
    assert browser.post("/settings/second-factor/add/", {"code": code(secret)}).status_code == 302
    return secret


def test_asvs_6_1_1_the_policy_against_guessing_is_written_down_with_the_figures_that_hold(settings: Settings) -> None:
    written = (Path(django_settings.BASE_DIR) / "docs/security.md").read_text()
    for limit in ("guess", "code", "login", "confirm", "reset", "mail", "signup"):
        assert f"`{limit}`" in written
        assert settings.LIMITS[limit].strict
    shown = [f"{calls} " for calls, _ in settings.LIMITS["guess"].buckets.values()]
    assert [figure for figure in shown if figure not in written] == []


@pytest.mark.parametrize("password", ["password", "12345678", "iloveyou1", "qwertyuiop", "sunshine", "football1"])
def test_asvs_6_2_4_common_passwords_are_refused(client: Client, password: str) -> None:
    filled = {"username": "hedy", "email": "hedy@example.com", "password1": password}
    refused = client.post("/signup/", filled)
    assert "This password is too common." in refused.context["form"].errors["password1"]
    assert (User.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_asvs_6_2_12_passwords_from_breaches_are_refused_at_a_change_too(ada: User, as_user: LogIn) -> None:
    browser = as_user(ada)
    before = state()
    refused = browser.post(
        "/settings/password/", {"oldpassword": PASSWORD, "password1": "trustno1", "password2": "trustno1"}
    )
    assert refused.context["form"].errors["password1"] == ["This password is too common."]
    assert state() == before


def test_asvs_6_3_1_a_list_of_stolen_passwords_gets_nowhere_and_locks_nobody_out(ada: User, grace: User) -> None:
    here = logged_in(ada)

    def thief() -> Client:
        return Client(REMOTE_ADDR="203.0.113.7")

    tries = [thief().post("/login/", {"login": "ada", "password": f"stolen {n}"}) for n in range(5)]
    assert {each.status_code for each in tries} == {200}
    assert thief().post("/login/", {"login": "ada", "password": PASSWORD}).status_code == 200  # not looked at
    right = {"username": "ada", "password": PASSWORD}
    assert thief().post("/api/auth/token/", right, "application/json").status_code == 429
    assert is_in(here)
    assert is_in(logged_in(ada, REMOTE_ADDR="198.51.100.1"))


def test_asvs_6_3_8_known_and_unknown_accounts_are_answered_alike(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status, page and headers; and as many passwords hashed and mails written, which is what takes time."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return str(encode(hasher, password, salt))

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)

    def told(path: str, field: str, value: str, **more: str) -> tuple[Any, ...]:
        hashed.clear()
        OutgoingMail.objects.all().delete()
        answer = Client().post(path, {field: value} | more)
        page = re.sub(r'value="[^"]*"|[\w.-]+@example\.com|csrf\S+', "", answer.content.decode())
        return answer.status_code, answer.get("Location"), page, len(hashed), OutgoingMail.objects.count()

    for path, field, known, unknown, more in (
        ("/login/", "login", "ada", "eva", {"password": "wrong"}),
        ("/login/", "login", "ada@example.com", "eva@example.com", {"password": "wrong"}),
        ("/password/reset/", "email", "ada@example.com", "eva@example.com", {}),
        ("/api/auth/token/", "username", "ada", "eva", {"password": "wrong"}),
        ("/signup/", "email", "ada@example.com", "eva@example.com", {"username": "new", "password1": PASSWORD}),
    ):
        answers = []
        for value in (known, unknown):
            answers.append(told(path, field, value, **more))
            User.objects.filter(username="new").delete()
        assert answers[0] == answers[1], path


def test_asvs_6_3_3_a_second_factor_is_asked_for_after_the_password(ada: User, guarded: str) -> None:
    stranger = Client()
    asked = stranger.post("/login/", {"login": "ada", "password": PASSWORD})
    assert asked["Location"] == "/login/code/"
    assert not is_in(stranger)
    right = {"username": "ada", "password": PASSWORD}
    assert Client().post("/api/auth/token/", right, "application/json").status_code == 400


def test_asvs_6_4_3_a_new_password_by_mail_does_not_pass_by_the_second_factor(ada: User, guarded: str) -> None:
    browser = Client()
    browser.post("/password/reset/", {"email": "ada@example.com"})
    [link] = re.findall(r"http://testserver(/password/reset/\S+)", str(posted()[-1].body))
    form = browser.get(link, follow=True).redirect_chain[-1][0]
    browser.post(form, {"password1": NEW, "password2": NEW})
    assert User.objects.get().check_password(NEW)
    assert not is_in(browser)
    assert browser.post("/login/", {"login": "ada", "password": NEW})["Location"] == "/login/code/"
    assert not is_in(browser)
    assert Authenticator.objects.filter(user=ada, type="totp").count() == 1


def test_asvs_6_5_1_a_code_works_once(ada: User, guarded: str) -> None:
    from django.core.cache import cache

    cache.clear()  # the code that set it up may be the one of this half minute
    same = code(guarded)
    first, second = Client(), Client()
    for browser in (first, second):
        browser.post("/login/", {"login": "ada", "password": PASSWORD})
        browser.post("/login/code/", {"code": same})
    assert (is_in(first), is_in(second)) == (True, False)


def test_asvs_6_5_1_a_recovery_code_works_once(ada: User, guarded: str) -> None:
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    first, second = Client(), Client()
    for browser in (first, second):
        browser.post("/login/", {"login": "ada", "password": PASSWORD})
        browser.post("/login/code/", {"code": spare})
    assert (is_in(first), is_in(second)) == (True, False)


def test_asvs_7_2_4_logging_in_makes_a_new_session(ada: User) -> None:
    browser = logged_in(ada)
    first = browser.cookies["sessionid"].value
    browser.post("/logout/")
    browser.cookies["sessionid"] = first
    assert not is_in(browser)
    assert browser.post("/login/", {"login": "ada", "password": PASSWORD}).status_code == 302
    assert browser.cookies["sessionid"].value != first


def test_asvs_7_4_2_suspension_and_deletion_end_every_session_and_token(ada: User, grace: User) -> None:
    for user, end in ((ada, lambda: actions.suspend(user=ada)), (grace, grace.delete)):
        browsers, token = [logged_in(user), logged_in(user)], tokens.issue(user=user)
        end()
        assert [is_in(each) for each in browsers] == [False, False]
        assert lookup.find(token) is None


def test_asvs_7_4_3_a_new_password_ends_every_other_session_and_all_tokens(ada: User) -> None:
    here, there, token = logged_in(ada), logged_in(ada), tokens.issue(user=ada)
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post("/settings/password/", fields).status_code == 302
    assert (is_in(here), is_in(there), lookup.find(token)) == (True, False, None)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/settings/email/", {"action_add": "", "email": "thief@example.com"}),
        ("/settings/tokens/", {"name": "mine", "scopes": ["read"]}),
        ("/settings/second-factor/add/", {"code": "000000"}),
    ],
)
def test_asvs_7_5_1_what_gives_access_is_changed_only_after_the_password(
    ada: User, as_user: LogIn, path: str, body: dict[str, Any]
) -> None:
    browser = as_user(ada)
    browser.post(path, body)  # allauth makes a row of one's own address when it is first asked
    before = state()
    assert browser.post(path, body)["Location"].startswith("/login/confirm/")
    assert state() == before
    assert not EmailAddress.objects.filter(email="thief@example.com").exists()


def test_asvs_7_5_2_sessions_are_listed_and_ended_one_by_one(ada: User) -> None:
    here, there = logged_in(ada), logged_in(ada, HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Safari/604")
    page = here.get("/settings/sessions/").content.decode()
    assert "Safari on iPhone" in page
    row = UserSession.objects.get(user_agent__contains="iPhone")
    assert here.post(f"/settings/sessions/{row.pk}/end/").status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)


@pytest.mark.parametrize("path", ["tokens/{token}/end/", "authorised-apps/1/end/", "sessions/{session}/end/"])
def test_what_is_somebody_else_s_can_not_be_ended_and_is_not_there(
    ada: User, grace: User, as_user: LogIn, path: str
) -> None:
    token = tokens.issue(user=ada)
    session = UserSession.objects.create(user=ada, ip="127.0.0.1", session_key="x" * 32, user_agent="-", data={})
    browser = as_user(grace)
    browser.get("/settings/")
    before = state()
    where = "/settings/" + path.format(token=ada.personal_tokens.get().pk, session=session.pk)
    assert browser.post(where).status_code == 404
    assert state() == before
    assert rest().get("/api/users/me/", headers={"Authorization": f"Bearer {token}"}).status_code == 200
