"""Wrong passwords: how many are looked at, for whom, and that nobody is kept out by somebody else's."""

import re
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from tests import factories
from tests.post import posted
from tests.servers import PrivateRedis
from tests.threads import at_once

pytestmark = pytest.mark.django_db
PASSWORD, NEW_PASSWORD = "correct horse", "battery staple 9"
NOBODY = "There is no account with this name and password."
NO_MAILBOX = "There is no account with this e-mail address and password."
TOO_MANY = "Too many wrong passwords. Wait a few minutes, then try again."
HERE, THERE = "198.51.100.1", "203.0.113.1"


def answer(client: Client, login: str, password: str = "wrong") -> str | None:
    """What is said of a try to log in; None if it succeeded."""
    response = client.post("/login/", {"login": login, "password": password})
    if response.status_code == 302:
        return None
    return next(each for each in (NOBODY, NO_MAILBOX, TOO_MANY) if each in response.content.decode())


def owner_of(user: User) -> Client:
    """A browser in which the owner has logged in before, and out again."""
    browser = Client(REMOTE_ADDR=HERE)
    assert answer(browser, user.username, PASSWORD) is None
    browser.post("/logout/")
    return browser


class TestAnAttacker:
    def test_gets_five_looks_at_one_account(self, ada: User) -> None:
        assert [answer(Client(), "ada") for _ in range(7)] == [NOBODY] * 5 + [TOO_MANY] * 2

    def test_gets_no_more_by_a_whole_network_of_ipv6(self, ada: User) -> None:
        tries = [answer(Client(REMOTE_ADDR=f"2001:db8::{n:x}"), "ada") for n in range(7)]
        assert tries == [NOBODY] * 5 + [TOO_MANY] * 2

    def test_gets_twenty_looks_at_all_accounts(self, db: None) -> None:
        tries = [answer(Client(), f"person_{n}") for n in range(22)]
        assert tries == [NOBODY] * 20 + [TOO_MANY] * 2

    def test_gets_a_hundred_looks_from_everywhere(self, ada: User) -> None:
        tries = [answer(Client(REMOTE_ADDR=f"203.0.113.{n // 4}"), "ada") for n in range(102)]
        assert tries == [NOBODY] * 100 + [TOO_MANY] * 2

    @pytest.mark.django_db(transaction=True)
    def test_gets_no_more_by_trying_all_at_once(self, ada: User) -> None:
        tries = at_once(*[lambda: answer(Client(), "ada")] * 12)
        assert sorted(map(str, tries)) == [NOBODY] * 5 + [TOO_MANY] * 7

    def test_gets_no_more_by_switching_to_the_api(self, ada: User) -> None:
        for _ in range(5):
            answer(Client(), "ada")
        response = Client().post("/api/auth/token/", {"username": "ada", "password": PASSWORD}, "application/json")
        assert response.status_code == 429
        assert 170 <= int(response["Retry-After"]) <= 180
        assert response["RateLimit-Remaining"] == "0"

    def test_gets_no_more_by_logging_in_to_an_account_of_his_own(self, ada: User, grace: User) -> None:
        for _ in range(5):
            answer(Client(), "ada")
            assert answer(Client(), "grace", PASSWORD) is None
        assert answer(Client(), "ada") == TOO_MANY

    def test_learns_nothing_of_which_names_exist(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """Same answers, and as many passwords hashed, which is what takes time."""
        hashed: list[str] = []
        encode = MD5PasswordHasher.encode

        def counted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
            hashed.append(password)
            return str(encode(hasher, password, salt))

        monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
        for wrong, logins in ((NOBODY, ("ada", "nobody")), (NO_MAILBOX, ("ada@example.com", "nobody@example.com"))):
            for number, login in enumerate(logins):
                client = Client(REMOTE_ADDR=f"203.0.113.{number}")
                assert [answer(client, login) for _ in range(7)] == [wrong] * 5 + [TOO_MANY] * 2
                assert len(hashed) == 5
                hashed.clear()


class TestTheOwner:
    def test_gets_in_where_he_was_before_whatever_happens_elsewhere(self, ada: User) -> None:
        browser = owner_of(ada)
        for number in range(101):
            answer(Client(REMOTE_ADDR=f"203.0.113.{number // 4}"), "ada")
        assert answer(Client(REMOTE_ADDR="192.0.2.1"), "ada", PASSWORD) == TOO_MANY
        assert answer(browser, "ada", PASSWORD) is None

    def test_gets_in_where_he_was_before_even_beside_the_attacker(self, ada: User) -> None:
        browser = owner_of(ada)
        for number in range(30):
            answer(Client(REMOTE_ADDR=HERE), "ada" if number % 2 else f"person_{number}")
        assert answer(Client(REMOTE_ADDR=HERE), "ada", PASSWORD) == TOO_MANY
        assert answer(browser, "ada", PASSWORD) is None

    def test_gets_in_from_a_new_place_while_few_guess(self, ada: User) -> None:
        for _ in range(30):
            answer(Client(REMOTE_ADDR=THERE), "ada")
        assert answer(Client(REMOTE_ADDR=HERE), "ada", PASSWORD) is None

    def test_may_be_guessed_at_in_his_own_browser_no_more_than_elsewhere(self, ada: User) -> None:
        browser = owner_of(ada)
        assert [answer(browser, "ada") for _ in range(6)] == [NOBODY] * 5 + [TOO_MANY]

    def test_is_not_known_by_a_cookie_of_somebody_else(self, ada: User, grace: User) -> None:
        browser = owner_of(grace)
        for _ in range(5):
            answer(Client(REMOTE_ADDR=HERE), "ada")
        assert answer(browser, "ada", PASSWORD) == TOO_MANY

    def test_confirms_his_password_in_his_session_whatever_happens_elsewhere(
        self, ada: User, as_user: Callable[[User], Client]
    ) -> None:
        session = as_user(ada)
        for _ in range(6):
            answer(Client(), "ada")
        assert session.post("/login/confirm/", {"password": PASSWORD}).status_code == 302

    def test_who_forgot_it_and_set_another_gets_in_at_once(self, ada: User) -> None:
        client = Client()
        assert [answer(client, "ada") for _ in range(6)][-1] == TOO_MANY
        client.post("/password/reset/", {"email": "ada@example.com"})
        [link] = re.findall(r"http://testserver(/password/reset/\S+)", str(posted()[-1].body))
        form = client.get(link, follow=True).redirect_chain[-1][0]
        client.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
        assert answer(client, "ada", NEW_PASSWORD) is None


class TestChangingThePassword:
    def test_is_no_way_to_guess_it(self, ada: User, as_user: Callable[[User], Client]) -> None:
        """Whoever finds a session open gets ten tries, from wherever he tries."""
        fields = {"oldpassword": "wrong", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
        tries = [as_user(ada).post("/settings/password/", fields).status_code for _ in range(12)]
        assert tries == [200] * 10 + [429] * 2


class TestMailboxes:
    def test_get_five_mails_an_hour_and_nobody_is_told(self, ada: User) -> None:
        asked = [
            Client(REMOTE_ADDR=f"203.0.113.{n}").post("/password/reset/", {"email": "ada@example.com"})
            for n in range(8)
        ]
        assert {(each.status_code, each["Location"]) for each in asked} == {(302, "/password/reset/sent/")}
        assert [each.to for each in posted()] == [["ada@example.com"]] * 5

    def test_are_told_of_a_change_however_many_there_were(self, ada: User, as_user: Callable[[User], Client]) -> None:
        for number in range(8):
            Client(REMOTE_ADDR=f"203.0.113.{number}").post("/password/reset/", {"email": "ada@example.com"})
        fields = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
        assert as_user(ada).post("/settings/password/", fields).status_code == 302
        assert "password" in posted()[5].subject.lower()


class TestSigningUp:
    def test_is_limited_by_address(self, settings: Settings) -> None:
        settings.LIMITS = settings.LIMITS | {
            "signup": settings.LIMITS["signup"]._replace(buckets={"address": (2, 3600)})
        }
        fields = {"email": "x@example.com", "password1": PASSWORD}
        made = [Client().post("/signup/", fields | {"username": f"person_{n}"}).status_code for n in range(3)]
        assert made == [302, 302, 429]
        assert Client(REMOTE_ADDR=THERE).post("/signup/", fields | {"username": "late"}).status_code == 302


class TestWithoutRedis:
    @pytest.fixture(autouse=True)
    def _gone(self, private_redis: PrivateRedis, settings: Settings) -> None:
        own = {"LOCATION": private_redis.url}
        settings.CACHES = {name: cache | own for name, cache in settings.CACHES.items()}
        private_redis.kill()

    def test_the_same_holds(self, ada: User) -> None:
        browser = owner_of(ada)
        assert [answer(Client(REMOTE_ADDR=THERE), "ada") for _ in range(7)] == [NOBODY] * 5 + [TOO_MANY] * 2
        assert answer(browser, "ada", PASSWORD) is None
        assert [answer(Client(REMOTE_ADDR=HERE), "ada", PASSWORD) for _ in range(7)] == [None] * 7

    @pytest.mark.django_db(transaction=True)
    def test_so_it_does_for_many_tries_at_once(self, ada: User) -> None:
        tries = at_once(*[lambda: answer(Client(), "ada")] * 12)
        assert sorted(map(str, tries)) == [NOBODY] * 5 + [TOO_MANY] * 7


def test_a_name_may_be_as_long_as_it_likes(ada: User) -> None:
    assert answer(Client(), factories.person().username * 20) == NOBODY


class TestCodes:
    WRONG, TOO_MANY = "Incorrect code.", "Too many wrong codes. Wait a few minutes, then try again."

    @pytest.fixture
    def key(self, ada: User) -> str:
        secret: str = totp.generate_totp_secret()
        totp.TOTP.activate(ada, secret)
        return secret

    def code(self, key: str) -> str:
        return str(totp.format_hotp_value(totp.hotp_value(key, next(totp.yield_hotp_counters_from_time()))))

    def answer(self, code: str, address: str = HERE) -> str | None:
        """What is said of a code, by somebody who knows the password; None if he is let in."""
        browser = Client(REMOTE_ADDR=address)
        assert answer(browser, "ada", PASSWORD) is None
        response = browser.post("/login/code/", {"code": code})
        if response.status_code == 302:
            return None
        return next(each for each in (self.WRONG, self.TOO_MANY) if each in response.content.decode())

    def test_five_wrong_ones_are_enough_wherever_they_come_from(self, key: str) -> None:
        tries = [self.answer("000000", f"203.0.113.{n}") for n in range(7)]
        assert tries == [self.WRONG] * 5 + [self.TOO_MANY] * 2
        assert self.answer(self.code(key)) == self.TOO_MANY

    def test_the_right_one_does_not_count(self, key: str, ada: User) -> None:
        assert [self.answer("000000") for _ in range(4)] == [self.WRONG] * 4
        assert self.answer(self.code(key)) is None
        assert self.answer("000000") == self.WRONG
        assert self.answer("000000") == self.TOO_MANY
