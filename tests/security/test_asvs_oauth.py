"""OWASP ASVS 5.0: OAuth, by a client library of others; docs/security.md has the table."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from authlib.integrations.base_client.errors import OAuthError
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_grant_model
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.accounts.access.programs import BACK, Program, app, lets_in, path_of, told
from tests.test_ownership import state

pytestmark = pytest.mark.django_db(transaction=True)

Browser = Callable[[User], Client]
ME = "/api/users/me/"


@pytest.fixture
def program(live_server: LiveServer, grace: User, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    made, secret = app(grace)
    return Program(live_server.url, made.client_id, secret)


@pytest.mark.parametrize(
    "redirect",
    [
        f"{BACK}/",
        f"{BACK}?x=1",
        f"{BACK}/../evil",
        "https://app.example.evil.example/back",
        "https://app.example@evil.example/back",
        "https://APP.example/back%2f",
        "javascript:alert(1)",
    ],
)
def test_asvs_10_4_1_codes_are_sent_only_to_an_address_registered_to_the_letter(
    program: Program, ada: User, as_user: Browser, redirect: str
) -> None:
    program.redirect_uri = redirect
    browser = as_user(ada)
    browser.get("/settings/")
    before = state()
    for answer in (browser.get(path_of(program.asks())), browser.post(path_of(program.asks()), {"allow": "on"})):
        assert answer.status_code == 400
        assert "Location" not in answer
    assert state() == before


def test_asvs_10_4_2_a_code_works_once_and_the_second_use_ends_what_the_first_gave(
    program: Program, ada: User, as_user: Browser
) -> None:
    answer = lets_in(as_user(ada), program.asks())
    program.exchanges(answer)
    assert program.status(ME) == 200
    with pytest.raises(OAuthError, match="invalid_grant"):
        program.exchanges(answer)
    assert program.status(ME) == 401


def test_asvs_10_4_3_a_code_lives_for_two_minutes(program: Program, ada: User, as_user: Browser) -> None:
    answer = lets_in(as_user(ada), program.asks())
    left = get_grant_model().objects.get().expires - timezone.now()
    assert timedelta(0) < left <= timedelta(minutes=2)
    get_grant_model().objects.update(expires=timezone.now())
    with pytest.raises(OAuthError, match="invalid_grant"):
        program.exchanges(answer)
    assert not get_access_token_model().objects.exists()


@pytest.mark.parametrize("grant", ["password", "implicit", "urn:ietf:params:oauth:grant-type:device_code", ""])
def test_asvs_10_4_4_only_three_grants_are_given(program: Program, ada: User, grant: str) -> None:
    before = state()
    fields = {"grant_type": grant, "username": "ada", "password": "correct horse"}
    answer = program.post(program.metadata["token_endpoint"], data=fields, withhold_token=True)
    assert answer.status_code == 400
    assert answer.json()["error"] in ("unsupported_grant_type", "invalid_request")
    assert state() == before


@pytest.mark.parametrize("kind", ["token", "id_token", "code+token"])
def test_asvs_10_4_4_only_codes_are_given(program: Program, ada: User, as_user: Browser, kind: str) -> None:
    asked = program.asks().replace("response_type=code", f"response_type={kind}")
    answer = as_user(ada).get(path_of(asked))
    assert answer["Location"].startswith(f"{BACK}?")
    assert told(answer["Location"]).keys() <= {"error", "error_description", "state", "iss"}


def test_asvs_10_4_6_a_code_needs_its_verifier(program: Program, ada: User, as_user: Browser) -> None:
    browser = as_user(ada)
    for weaker in (("code_challenge", "x"), ("code_challenge_method=S256", "code_challenge_method=plain")):
        refused = browser.get(path_of(program.asks().replace(*weaker)))
        assert told(refused["Location"])["error"] == ["invalid_request"]
    answer = lets_in(browser, program.asks())
    for verifier in (None, "b" * 64):
        with pytest.raises(OAuthError):
            program.exchanges(answer, verifier=verifier)
    assert not get_access_token_model().objects.exists()


def test_asvs_10_4_9_people_see_and_end_what_they_gave(program: Program, ada: User, as_user: Browser) -> None:
    browser = as_user(ada)
    program.exchanges(lets_in(browser, program.asks()))
    assert program.status(ME) == 200
    assert "Birdwatch" in browser.get("/settings/authorised-apps/").content.decode()
    [authorised] = browser.get("/settings/authorised-apps/").context["authorised"]
    assert browser.post(f"/settings/authorised-apps/{authorised.app.pk}/end/").status_code == 302
    assert program.status(ME) == 401
    with pytest.raises(OAuthError, match="invalid_grant"):
        program.refresh_token()
    assert "Birdwatch" not in browser.get("/settings/authorised-apps/").content.decode()
