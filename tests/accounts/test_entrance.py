"""Signing up, logging in and out, and finding back after a forgotten password."""

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts import actions
from accounts.models import User
from tests import factories
from tests.post import posted
from tests.threads import at_once

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"
NEW_PASSWORD = "battery staple 9"


def sign_up(client: Client, **fields: str) -> dict[str, list[str]] | None:
    """The form's errors; None if the account was made."""
    filled = {"username": "Hedy_1", "email": "hedy@example.com", "password1": PASSWORD} | fields
    response = client.post("/signup/", filled)
    return None if response.status_code == 302 else response.context["form"].errors


def log_in(client: Client, login: str, password: str = PASSWORD) -> list[str]:
    """What was wrong."""
    response = client.post("/login/", {"login": login, "password": password})
    return [] if response.status_code == 302 else response.context["form"].non_field_errors()


def who(client: Client) -> User | None:
    user = client.get("/settings/").wsgi_request.user
    return user if isinstance(user, User) else None


class TestAddresses:
    @pytest.mark.parametrize(
        ("name", "path"),
        [
            ("account_signup", "/signup/"),
            ("account_login", "/login/"),
            ("account_logout", "/logout/"),
            ("account_reset_password", "/password/reset/"),
            ("account_reset_password_done", "/password/reset/sent/"),
            ("account_reset_password_from_key_done", "/password/reset/done/"),
            ("account_email_verification_sent", "/confirm-email/"),
            ("account_inactive", "/login/suspended/"),
            ("account_change_password", "/settings/password/"),
            ("account_email", "/settings/email/"),
        ],
    )
    def test_are_those_people_expect(self, client: Client, ada: User, name: str, path: str) -> None:
        assert reverse(name) == path
        if path.startswith("/settings"):
            client.force_login(ada)
        assert client.get(path).status_code == (302 if name == "account_logout" else 200)

    @pytest.mark.parametrize("path", ["/accounts/", "/accounts/login/", "/accounts/signup/"])
    def test_nothing_is_left_under_accounts(self, client: Client, path: str) -> None:
        assert client.get(path).status_code == 404


class TestSignUp:
    def test_makes_an_account_and_logs_in(self, client: Client) -> None:
        assert sign_up(client, name="Hedy Lamarr") is None
        user = User.objects.get()
        assert (user.username, user.name, user.email) == ("Hedy_1", "Hedy Lamarr", "hedy@example.com")
        assert who(client) == user
        assert [message.to for message in posted()] == [["hedy@example.com"]]

    @pytest.mark.parametrize(
        ("username", "error"),
        [
            ("", "This field is required."),
            ("a-b", "A username has 1 to 15 letters, digits or underscores."),
            ("x" * 16, "A username has 1 to 15 letters, digits or underscores."),
            ("a\x00b", "A username has 1 to 15 letters, digits or underscores."),
            ("Settings", "This name can't be taken."),
            ("ADA", "This username is already taken."),
        ],
    )
    def test_a_bad_username_is_refused_in_one_sentence(
        self, client: Client, ada: User, username: str, error: str
    ) -> None:
        assert sign_up(client, username=username) == {"username": [error]}
        assert list(User.objects.all()) == [ada]
        assert posted() == []

    @pytest.mark.parametrize(
        ("field", "value", "error"),
        [
            ("email", "hedy", "Enter a valid email address."),
            ("email", "", "This field is required."),
            ("password1", "", "This field is required."),
            ("password1", "short", "This password is too short. It must contain at least 8 characters."),
            ("name", "x" * 51, "Ensure this value has at most 50 characters (it has 51)."),
        ],
    )
    def test_other_mistakes(self, client: Client, field: str, value: str, error: str) -> None:
        assert sign_up(client, **{field: value}) == {field: [error]}
        assert User.objects.count() == 0

    def test_a_name_is_cleaned(self, client: Client) -> None:
        assert sign_up(client, name="\u202eH\u0300\u0301\u0302\u0303\u0304\u0305y\u200b ") is None
        assert len(User.objects.get().name) <= 6
        assert "\u202e" not in User.objects.get().name

    def test_a_known_address_is_not_told(self, client: Client, ada: User, settings: Settings) -> None:
        settings.ACCOUNT_PREVENT_ENUMERATION = "strict"
        assert sign_up(client, email="ada@example.com") is None

    @pytest.mark.django_db(transaction=True)
    def test_of_two_who_want_one_name_at_once_one_gets_it(self) -> None:
        errors = at_once(
            lambda: sign_up(Client(), email="one@example.com"),
            lambda: sign_up(Client(), email="two@example.com", username="hedy_1"),
        )
        assert None in errors
        assert {"username": ["This username is already taken."]} in errors
        assert (User.objects.count(), EmailAddress.objects.count()) == (1, 1)


class TestLogIn:
    @pytest.mark.parametrize("login", ["ada", "ADA", "ada@example.com", "Ada@Example.COM", " ada "])
    def test_by_name_or_address_in_any_case(self, client: Client, ada: User, login: str) -> None:
        assert log_in(client, login) == []
        assert who(client) == ada

    def test_says_the_same_of_a_wrong_name_and_a_wrong_password(self, client: Client, ada: User) -> None:
        wrong = ["There is no account with this name and password."]
        assert log_in(client, "ada", "wrong") == wrong
        assert log_in(client, "nobody", PASSWORD) == wrong
        assert who(client) is None

    @pytest.mark.parametrize(
        "next_page", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil"]
    )
    def test_next_leads_nowhere_else(self, client: Client, ada: User, next_page: str) -> None:
        response = client.post("/login/", {"login": "ada", "password": PASSWORD, "next": next_page})
        assert (response.status_code, response["Location"]) == (302, "/")

    def test_next_does_not_lead_to_other_hosts_of_ours(self, client: Client, ada: User, settings: Settings) -> None:
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "other.example"]
        response = client.post("/login/", {"login": "ada", "password": PASSWORD, "next": "https://other.example/"})
        assert response["Location"] == "/"

    def test_next_leads_back(self, client: Client, ada: User) -> None:
        assert client.get("/settings/")["Location"] == "/login/?next=/settings/"
        response = client.post("/login/", {"login": "ada", "password": PASSWORD, "next": "/settings/"})
        assert response["Location"] == "/settings/"


class TestTooManyWrongPasswords:
    TOO_MANY = ["Too many wrong passwords. Wait a few minutes, then try again."]

    def test_five_from_one_address_are_enough(self, ada: User, grace: User) -> None:
        attacker, victim = Client(REMOTE_ADDR="203.0.113.1"), Client(REMOTE_ADDR="198.51.100.1")
        for _ in range(5):
            assert log_in(attacker, "ada", "wrong") != self.TOO_MANY
        assert log_in(attacker, "ADA", PASSWORD) == self.TOO_MANY
        assert log_in(victim, "ada") == []
        assert log_in(attacker, "grace") == []

    def test_a_header_does_not_make_another_address(self, ada: User) -> None:
        for number in range(5):
            log_in(Client(HTTP_X_FORWARDED_FOR=f"203.0.113.{number}"), "ada", "wrong")
        assert log_in(Client(HTTP_X_FORWARDED_FOR="203.0.113.99"), "ada") == self.TOO_MANY

    def test_successes_do_not_count(self, client: Client, ada: User) -> None:
        for _ in range(7):
            assert log_in(client, "ada") == []
            client.post("/logout/")

    def test_strangers_share_a_limit_that_does_not_hold_for_a_known_browser(
        self, ada: User, settings: Settings
    ) -> None:
        guess = settings.LIMITS["guess"]
        settings.LIMITS = settings.LIMITS | {"guess": guess._replace(buckets=guess.buckets | {"login": (8, 3600)})}
        known = Client(REMOTE_ADDR="198.51.100.1")
        assert log_in(known, "ada") == []
        known.post("/logout/")
        for number in range(8):
            log_in(Client(REMOTE_ADDR=f"203.0.113.{number // 4}"), "ada", "wrong")
        assert log_in(Client(REMOTE_ADDR="203.0.113.200"), "ada") == self.TOO_MANY
        assert log_in(known, "ada") == []

    def test_an_existing_session_goes_on(self, ada: User, as_user: Callable[[User], Client]) -> None:
        inside = as_user(ada)
        for _ in range(6):
            log_in(Client(), "ada", "wrong")
        assert who(inside) == ada


class TestLogOut:
    def test_asks_before_and_logs_out_by_post_only(self, ada: User, as_user: Callable[[User], Client]) -> None:
        client = as_user(ada)
        assert "Log out?" in client.get("/logout/").content.decode()
        assert who(client) == ada
        assert client.post("/logout/").status_code == 302
        assert who(client) is None


class TestSuspended:
    def test_ends_sessions_at_once_until_lifted(self, ada: User, as_user: Callable[[User], Client]) -> None:
        inside = as_user(ada)
        assert who(inside) == ada
        actions.suspend(user=ada)
        assert who(inside) is None
        response = Client().post("/login/", {"login": "ada", "password": PASSWORD}, follow=True)
        assert response.redirect_chain == [("/login/suspended/", 302)]
        assert "This account is suspended" in response.content.decode()
        actions.unsuspend(user=ada)
        assert log_in(Client(), "ada") == []

    def test_is_told_to_nobody_without_the_password(self, ada: User) -> None:
        actions.suspend(user=ada)
        assert log_in(Client(), "ada", "wrong") == ["There is no account with this name and password."]


class TestForgottenPassword:
    def link(self) -> str:
        mails = " ".join(str(each.body) for each in posted())
        return str(re.findall(r"http://testserver(/password/reset/\S+)", mails)[-1])

    def test_a_link_by_mail_leads_to_a_new_one(
        self, client: Client, ada: User, as_user: Callable[[User], Client]
    ) -> None:
        elsewhere = as_user(ada)
        client.post("/password/reset/", {"email": "ADA@example.com"})
        form = client.get(self.link(), follow=True)
        client.post(form.redirect_chain[-1][0], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
        assert log_in(client, "ada", NEW_PASSWORD) == []
        assert who(elsewhere) is None
        assert "This link no longer works" in Client().get(self.link(), follow=True).content.decode()

    def test_a_bad_new_password_is_refused(self, client: Client, ada: User) -> None:
        client.post("/password/reset/", {"email": "ada@example.com"})
        form = client.get(self.link(), follow=True)
        response = client.post(form.redirect_chain[-1][0], {"password1": "12345678", "password2": "12345678"})
        assert "This password is too common." in response.content.decode()
        assert log_in(client, "ada") == []

    def test_the_answer_does_not_tell_who_is_known(self, ada: User) -> None:
        answers = []
        for email in ("ada@example.com", "nobody@example.com"):
            response = Client().post("/password/reset/", {"email": email})
            answers.append((response.status_code, response["Location"]))
        assert answers == [(302, "/password/reset/sent/")] * 2
        assert [message.to[0] for message in posted()] == ["ada@example.com", "nobody@example.com"]


class TestEmail:
    def test_is_confirmed_by_a_link_and_a_button(self, client: Client) -> None:
        sign_up(client)
        found = re.search(r"http://testserver(/confirm-email/\S+)", str(posted()[0].body))
        assert found
        assert "Is <b>hedy@example.com</b>" in client.get(found[1]).content.decode()
        assert not EmailAddress.objects.get().verified
        client.post(found[1])
        assert EmailAddress.objects.get().verified

    def test_another_one_is_added(self, ada: User, as_user: Callable[[User], Client]) -> None:
        client = as_user(ada)
        client.post("/settings/email/", {"action_add": "", "email": "countess@example.com"})
        if EmailAddress.objects.count() < 2:  # asked for the password again
            client.post("/login/confirm/", {"password": PASSWORD})
            client.post("/settings/email/", {"action_add": "", "email": "countess@example.com"})
        page = client.get("/settings/email/").content.decode()
        assert "ada@example.com" in page
        assert "countess@example.com" in page


class TestPassword:
    def test_changing_ends_the_other_sessions(self, ada: User, as_user: Callable[[User], Client]) -> None:
        here, elsewhere = as_user(ada), as_user(ada)
        fields = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
        assert here.post("/settings/password/", fields).status_code == 302
        assert (who(here), who(elsewhere)) == (ada, None)

    def test_needs_the_old_one(self, ada: User, as_user: Callable[[User], Client]) -> None:
        fields = {"oldpassword": "wrong", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
        response = as_user(ada).post("/settings/password/", fields)
        assert response.context["form"].errors == {"oldpassword": ["Please type your current password."]}
        assert User.objects.get().check_password(PASSWORD)


def test_names_are_kept_as_written(client: Client) -> None:
    factories.person("CamelCase")
    assert log_in(client, "camelcase") == []
    user = who(client)
    assert user is not None
    assert user.username == "CamelCase"
