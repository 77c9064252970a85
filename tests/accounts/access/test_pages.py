"""The settings about access, in browsers."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts import tokens
from accounts.access import devices, lookup
from accounts.models import Application, PersonalToken, User
from tests.accounts.access.programs import app

pytestmark = pytest.mark.django_db(transaction=True)

SESSIONS = "/settings/sessions/"
TOKENS = "/settings/tokens/"
APPS = "/settings/apps/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19 Mobile Safari/604.1"
DESCRIBED = {"name": "Robin", "website": "", "kind": "confidential", "redirect_uris": "https://robin.example/back"}


def logged_in(user: User, user_agent: str = FIREFOX) -> Client:
    browser = Client(HTTP_USER_AGENT=user_agent)
    assert browser.post("/login/", {"login": user.username, "password": "correct horse"}).status_code == 302
    return browser


def is_in(browser: Client) -> bool:
    return bool(browser.get("/settings/").status_code == 200)


def words(browser: Client, path: str) -> str:
    response = browser.get(path)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def confirms(browser: Client) -> None:
    """That it is the person and not somebody at an open screen."""
    assert browser.post("/login/confirm/", {"password": "correct horse"}).status_code == 302


class TestSessions:
    def test_are_listed_by_device(self, ada: User, grace: User) -> None:
        here, _, _ = logged_in(ada), logged_in(ada, PHONE), logged_in(grace, PHONE)
        page = words(here, SESSIONS)
        assert page.count("Safari on iPhone") == 1
        assert "Firefox on Linux" in page
        assert "127.0.0.1" in page

    def test_end_one_by_one(self, ada: User) -> None:
        here, there = logged_in(ada), logged_in(ada, PHONE)
        row = UserSession.objects.get(user_agent=PHONE)
        assert here.post(f"{SESSIONS}{row.pk}/end/").status_code == 302
        assert (is_in(here), is_in(there)) == (True, False)

    def test_of_others_are_nobody_s_business(self, ada: User, grace: User) -> None:
        here, there = logged_in(ada), logged_in(grace)
        row = UserSession.objects.get(user=grace)
        assert here.post(f"{SESSIONS}{row.pk}/end/").status_code == 404
        assert is_in(there)

    def test_end_all_at_once_but_for_this_one(self, ada: User) -> None:
        here, others = logged_in(ada), [logged_in(ada) for _ in range(3)]
        token = tokens.issue(user=ada)
        assert here.post(f"{SESSIONS}end/").status_code == 302
        assert ([is_in(each) for each in others], is_in(here)) == ([False] * 3, True)
        assert lookup.find(token) is None
        assert words(here, SESSIONS).count("Firefox on Linux") == 1

    def test_end_with_a_new_password_but_for_this_one(self, ada: User) -> None:
        here, there = logged_in(ada), logged_in(ada)
        new = {"oldpassword": "correct horse", "password1": "battery staple 9", "password2": "battery staple 9"}
        assert here.post("/settings/password/", new).status_code == 302
        assert (is_in(here), is_in(there)) == (True, False)

    def test_are_not_ended_by_following_a_link(self, ada: User) -> None:
        browser = logged_in(ada)
        assert browser.get(f"{SESSIONS}end/").status_code == 405
        assert is_in(browser)

    @pytest.mark.parametrize(
        ("user_agent", "words"),
        [(FIREFOX, "Firefox on Linux"), (PHONE, "Safari on iPhone"), ("curl/8", "A program"), ("", "A program")],
    )
    def test_devices_are_named(self, user_agent: str, words: str) -> None:
        assert devices.described(user_agent) == words


class TestTokens:
    def test_are_shown_once(self, ada: User) -> None:
        browser = logged_in(ada)
        confirms(browser)
        made = browser.post(TOKENS, {"name": "Backup", "scopes": ["read", "write:likes"], "life": "90"})
        found = re.search(r"pat_[\w-]{43}", made.content.decode())
        assert found
        assert "no-store" in made["Cache-Control"]
        caller = lookup.find(found[0])
        assert caller
        assert caller.access.scopes == {"read", "read:profile", "read:notifications", "write:likes"}
        page = words(browser, TOKENS)
        assert "Backup" in page
        assert found[0] not in page

    def test_need_a_name_and_a_scope(self, ada: User) -> None:
        browser = logged_in(ada)
        confirms(browser)
        refused = browser.post(TOKENS, {"name": "", "life": "90"})
        assert refused.status_code == 422
        assert set(refused.context["form"].errors) == {"name", "scopes"}
        assert not PersonalToken.objects.exists()

    def test_are_revoked_by_their_owner_only(self, ada: User, grace: User) -> None:
        token = tokens.issue(user=ada)
        row = PersonalToken.objects.get()
        logged_in(grace).post(f"{TOKENS}{row.pk}/end/")
        assert lookup.find(token)
        logged_in(ada).post(f"{TOKENS}{row.pk}/end/")
        assert lookup.find(token) is None

    def test_are_made_after_the_password_was_given_again(self, ada: User) -> None:
        browser = logged_in(ada)
        asked = browser.post(TOKENS, {"name": "Backup", "scopes": ["read"], "life": "90"})
        assert asked["Location"] == "/login/confirm/?next=%2Fsettings%2Ftokens%2F"
        assert not PersonalToken.objects.exists()
        made = browser.post(asked["Location"], {"password": "correct horse", "next": TOKENS})
        assert "Copy it now" in made.content.decode()
        assert PersonalToken.objects.get().name == "Backup"


class TestApps:
    def test_are_registered_and_their_secret_is_shown_once(self, ada: User) -> None:
        browser = logged_in(ada)
        made = browser.post(f"{APPS}new/", DESCRIBED).content.decode()
        app = Application.objects.get()
        assert (app.user, app.name, app.client_type) == (ada, "Robin", "confidential")
        secret = re.findall(r"<code>\s*(\w{64})\s*</code>", made)
        assert len(secret) == 1
        assert secret[0] not in browser.get(f"{APPS}{app.pk}/").content.decode()
        assert secret[0] not in app.client_secret

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("redirect_uris", ""),
            ("redirect_uris", "http://robin.example/back"),
            ("redirect_uris", "javascript:alert(1)"),
            ("redirect_uris", "https://robin.example/back#x"),
            ("redirect_uris", "https://*.example/back"),
            ("name", ""),
            ("name", "\u202e"),
            ("kind", "implicit"),
            ("website", "javascript:alert(1)"),
        ],
    )
    def test_mistakes_are_told_and_nothing_is_kept(self, ada: User, field: str, value: str) -> None:
        refused = logged_in(ada).post(f"{APPS}new/", DESCRIBED | {field: value})
        assert refused.status_code == 422
        assert field in refused.context["form"].errors
        assert not Application.objects.exists()

    @pytest.mark.parametrize("uri", ["http://127.0.0.1:8000/back", "com.example.robin:/back", "http://[::1]/"])
    def test_those_on_a_device_return_to_it(self, ada: User, uri: str) -> None:
        assert logged_in(ada).post(f"{APPS}new/", DESCRIBED | {"redirect_uris": uri}).status_code == 200

    def test_are_changed_but_not_in_kind(self, ada: User) -> None:
        made, _ = app(ada)
        changed = DESCRIBED | {"kind": "public", "client_id": "mine", "user": "1", "skip_authorization": "on"}
        assert logged_in(ada).post(f"{APPS}{made.pk}/", changed).status_code == 302
        now = Application.objects.get()
        assert (now.name, now.client_type, now.client_id, now.skip_authorization) == (
            "Robin",
            "confidential",
            made.client_id,
            False,
        )

    def test_a_new_secret_takes_the_place_of_the_old_one(self, ada: User) -> None:
        made, old = app(ada)
        before = Application.objects.get().client_secret
        page = logged_in(ada).post(f"{APPS}{made.pk}/secret/").content.decode()
        assert old not in page
        assert Application.objects.get().client_secret != before

    @pytest.mark.parametrize("path", ["", "secret/", "delete/"])
    def test_of_others_are_not_there(self, ada: User, grace: User, path: str) -> None:
        made, _ = app(ada)
        browser = logged_in(grace)
        assert browser.post(f"{APPS}{made.pk}/{path}", DESCRIBED).status_code == 404
        assert Application.objects.values().get() == Application.objects.filter(pk=made.pk).values().get()

    def test_are_deleted_after_a_question(self, ada: User) -> None:
        made, _ = app(ada)
        browser = logged_in(ada)
        assert "Delete Birdwatch ?" in words(browser, f"{APPS}{made.pk}/delete/")
        browser.post(f"{APPS}{made.pk}/delete/")
        assert not Application.objects.exists()


@pytest.mark.parametrize(
    "path", [SESSIONS, TOKENS, APPS, f"{APPS}new/", "/settings/authorised-apps/", "/settings/second-factor/"]
)
def test_strangers_are_asked_to_log_in(client: Client, path: str) -> None:
    assert client.get(path)["Location"].startswith("/login/")


class TestTheSecondFactor:
    def test_is_asked_for_after_the_password(self, ada: User) -> None:
        from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

        browser = logged_in(ada)
        confirms(browser)
        page = browser.get("/settings/second-factor/add/")
        secret = page.context["form"].secret

        def code() -> str:
            return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))

        done = browser.post("/settings/second-factor/add/", {"code": code()}, follow=True)
        assert len(re.findall(r"<code>\s*\d{8}\s*</code>", done.content.decode())) == 10
        assert secret not in str(list(Authenticator.objects.values()))

        stranger = Client()
        asked = stranger.post("/login/", {"login": "ada", "password": "correct horse"})
        assert asked["Location"] == "/login/code/"
        assert not is_in(stranger)
        stranger.post("/login/code/", {"code": "000000"})
        assert not is_in(stranger)


def test_every_sign_in_is_in_the_log(ada: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "audit")
    browser = Client(REMOTE_ADDR="203.0.113.7")
    browser.post("/login/", {"login": "ada\n2026 INFO audit: signed in", "password": "wrong"})
    browser.post("/login/", {"login": "ada", "password": "correct horse"})
    browser.post("/logout/")
    failed, signed_in, signed_out = [each.getMessage() for each in caplog.records if each.name == "audit"]
    assert failed == r"sign-in failed: 'ada\n2026 INFO audit: signed in' from 203.0.113.7"
    assert signed_in == f"signed in: user {ada.pk} from 203.0.113.7"
    assert signed_out == f"signed out: user {ada.pk} from 203.0.113.7"
    assert "wrong" not in caplog.text
