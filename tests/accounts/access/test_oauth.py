"""Apps that act for people, walked by a client library of others against a real server."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from authlib.integrations.base_client.errors import OAuthError
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_grant_model, get_refresh_token_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from pytest_django.live_server_helper import LiveServer

from accounts import actions
from accounts.access import endings
from accounts.models import Application, User
from tests.accounts.access.programs import BACK, Program, app, lets_in, path_of, public_app, told
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

Browser = Callable[[User], Client]
ME = "/api/users/me/"
TWEETS = "/api/tweets/"


@pytest.fixture(autouse=True)
def _plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def program(live_server: LiveServer, grace: User) -> Program:
    made, secret = app(grace)
    return Program(live_server.url, made.client_id, secret, scope="read write:tweets")


@pytest.fixture
def let_in(program: Program, ada: User, as_user: Browser) -> Program:
    """The same, holding tokens of ada's."""
    program.exchanges(lets_in(as_user(ada), program.asks()))
    return program


def error_of(doing: Callable[[], object]) -> str:
    with pytest.raises(OAuthError) as raised:
        doing()
    return str(raised.value.error)


class TestTheWayIn:
    def test_a_code_with_its_verifier_opens_what_was_asked_for(self, let_in: Program) -> None:
        assert let_in.token["scope"] == "read write:tweets"
        assert let_in.token["expires_in"] == 3600
        assert let_in.get(f"{let_in.site}{ME}").json()["username"] == "ada"
        assert let_in.post(f"{let_in.site}{TWEETS}", json={"text": "by app"}).status_code == 201

    def test_the_answer_names_who_gives_it_and_the_state(self, program: Program, ada: User, as_user: Browser) -> None:
        answer = told(lets_in(as_user(ada), program.asks(state="mine")))
        assert (answer["state"], answer["iss"]) == (["mine"], ["http://testserver"])

    def test_tokens_and_secrets_are_kept_as_hashes(self, let_in: Program) -> None:
        kept = "".join(
            str(list(model.objects.values()))
            for model in (get_access_token_model(), get_refresh_token_model(), Application)
        )
        for secret in (let_in.token["access_token"], let_in.token["refresh_token"], let_in.client_secret):
            assert secret not in kept

    def test_an_app_without_a_secret_walks_it_too(
        self, live_server: LiveServer, grace: User, ada: User, as_user: Browser
    ) -> None:
        program = Program(live_server.url, public_app(grace).client_id)
        program.exchanges(lets_in(as_user(ada), program.asks()))
        assert program.status(ME) == 200

    def test_who_says_no_gives_nothing(self, program: Program, ada: User, as_user: Browser) -> None:
        answer = lets_in(as_user(ada), program.asks(), allow=False)
        assert told(answer)["error"] == ["access_denied"]
        assert not get_grant_model().objects.exists()

    def test_a_stranger_logs_in_first_and_comes_back(self, program: Program) -> None:
        asked = path_of(program.asks())
        assert Client().get(asked)["Location"].startswith("/login/?next=/oauth/authorize/")

    def test_nobody_is_passed_through_unasked(self, let_in: Program, ada: User, as_user: Browser) -> None:
        again = as_user(ada).get(path_of(let_in.asks(approval_prompt="auto")))
        assert again.status_code == 200

    def test_the_page_says_who_asks_for_what_and_lets_the_form_lead_back(
        self, program: Program, ada: User, as_user: Browser
    ) -> None:
        page = as_user(ada).get(path_of(program.asks()))
        html = page.content.decode()
        for expected in ("Birdwatch", "@grace", "app.example", "Post, retweet and delete tweets, and vote, for you"):
            assert expected in html
        assert "form-action 'self' https://app.example" in page["Content-Security-Policy"]

    def test_without_scopes_named_it_may_read(
        self, live_server: LiveServer, grace: User, ada: User, as_user: Browser
    ) -> None:
        program = Program(live_server.url, public_app(grace).client_id, scope="")
        program.exchanges(lets_in(as_user(ada), program.asks()))
        assert program.token["scope"] == "read"


class TestWhatIsAskedWrongly:
    def asked(self, browser: Client, address: str) -> str:
        """What the app is told, without a question to anybody."""
        response = browser.get(path_of(address))
        assert (response.status_code, response["Location"].partition("?")[0]) == (302, BACK)
        return told(response["Location"])["error"][0]

    @pytest.mark.parametrize(
        "redirect",
        [f"{BACK}/", f"{BACK}?x=1", "https://app.example/", "https://evil.example/back", "http://app.example/back"],
    )
    def test_another_address_to_return_to_is_answered_by_a_page(
        self, program: Program, ada: User, as_user: Browser, redirect: str
    ) -> None:
        program.redirect_uri = redirect
        response = as_user(ada).get(path_of(program.asks()))
        assert response.status_code == 400
        assert "Nothing was given to it" in response.content.decode()

    def test_an_unknown_app_is_answered_by_a_page(self, program: Program, ada: User, as_user: Browser) -> None:
        program.client_id = "nobody"
        assert as_user(ada).get(path_of(program.asks())).status_code == 400

    @pytest.mark.parametrize(
        "change", [("code_challenge", "x"), ("code_challenge_method=S256", "code_challenge_method=plain")]
    )
    def test_without_pkce_or_with_a_plain_one_nobody_is_asked(
        self, program: Program, ada: User, as_user: Browser, change: tuple[str, str]
    ) -> None:
        assert self.asked(as_user(ada), program.asks().replace(*change)) == "invalid_request"

    @pytest.mark.parametrize("kind", ["token", "id_token", "code token"])
    def test_only_codes_are_given(self, program: Program, ada: User, as_user: Browser, kind: str) -> None:
        address = program.asks().replace("response_type=code", f"response_type={kind.replace(' ', '+')}")
        assert self.asked(as_user(ada), address) in ("unsupported_response_type", "unauthorized_client")

    def test_an_unknown_scope_is_refused(self, program: Program, ada: User, as_user: Browser) -> None:
        program.scope = "read everything"
        assert self.asked(as_user(ada), program.asks()) == "invalid_scope"

    def test_a_name_and_a_password_are_no_grant(self, program: Program, ada: User) -> None:
        fields = {"grant_type": "password", "username": "ada", "password": "correct horse"}
        response = program.post(program.metadata["token_endpoint"], data=fields, withhold_token=True)
        assert response.status_code in (400, 401)
        assert not get_access_token_model().objects.exists()


class TestCodes:
    def test_need_the_verifier(self, program: Program, ada: User, as_user: Browser) -> None:
        answer = lets_in(as_user(ada), program.asks())
        assert error_of(lambda: program.exchanges(answer, verifier=None)) == "invalid_request"
        assert error_of(lambda: program.exchanges(answer, verifier="b" * 64)) == "invalid_grant"

    def test_work_once_and_the_second_try_ends_what_the_first_gave(
        self, program: Program, ada: User, as_user: Browser
    ) -> None:
        answer = lets_in(as_user(ada), program.asks())
        first = program.exchanges(answer)
        assert program.status(ME) == 200
        assert error_of(lambda: program.exchanges(answer)) == "invalid_grant"
        assert program.status(ME, token=first["access_token"]) == 401
        assert error_of(lambda: program.refresh_token(refresh_token=first["refresh_token"])) == "invalid_grant"

    def test_of_two_exchanges_at_once_one_gets_something(self, program: Program, ada: User, as_user: Browser) -> None:
        answer = lets_in(as_user(ada), program.asks())

        def exchange() -> bool:
            rival = Program(program.site, program.client_id, program.client_secret)
            try:
                return bool(rival.exchanges(answer))
            except OAuthError:
                return False

        assert sum(at_once(exchange, exchange, exchange)) <= 1
        assert get_access_token_model().objects.count() <= 1

    @pytest.mark.parametrize("step", ["get_code_challenge", "get_code_challenge_method", "confirm_redirect_uri"])
    def test_exchanged_meanwhile_are_no_longer_good(
        self, program: Program, ada: User, as_user: Browser, step: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer, take = lets_in(as_user(ada), program.asks()), getattr(OAuth2Validator, step)

        def after_another(*args: object, **kwargs: object) -> object:
            get_grant_model().objects.all().delete()
            return take(*args, **kwargs)

        monkeypatch.setattr(OAuth2Validator, step, after_another)
        assert error_of(lambda: program.exchanges(answer)) == "invalid_grant"
        assert not get_access_token_model().objects.exists()

    def test_are_of_no_use_to_another_app(self, program: Program, ada: User, grace: User, as_user: Browser) -> None:
        answer = lets_in(as_user(ada), program.asks())
        other, secret = app(grace)
        thief = Program(program.site, other.client_id, secret)
        assert error_of(lambda: thief.exchanges(answer)) == "invalid_grant"
        assert program.exchanges(answer)

    def test_end_soon(self, program: Program, ada: User, as_user: Browser) -> None:
        answer = lets_in(as_user(ada), program.asks())
        [code] = get_grant_model().objects.all()
        assert code.expires - timezone.now() < timedelta(minutes=10)
        get_grant_model().objects.update(expires=timezone.now())
        assert error_of(lambda: program.exchanges(answer)) == "invalid_grant"

    def test_end_with_a_new_password(self, program: Program, ada: User, as_user: Browser) -> None:
        answer = lets_in(as_user(ada), program.asks())
        actions.change_password(user=ada, password="battery staple")
        assert error_of(lambda: program.exchanges(answer)) == "invalid_grant"


class TestRefreshing:
    def test_gives_a_new_pair_and_ends_the_old_one(self, let_in: Program) -> None:
        old = dict(let_in.token)
        new = let_in.refresh_token()
        assert new["refresh_token"] != old["refresh_token"]
        assert let_in.status(ME) == 200
        assert let_in.status(ME, token=old["access_token"]) == 401

    def test_a_refresh_token_that_comes_again_ends_the_family(self, let_in: Program) -> None:
        stolen = let_in.token["refresh_token"]
        new = let_in.refresh_token()
        assert error_of(lambda: let_in.refresh_token(refresh_token=stolen)) == "invalid_grant"
        assert let_in.status(ME, token=new["access_token"]) == 401
        assert error_of(lambda: let_in.refresh_token(refresh_token=new["refresh_token"])) == "invalid_grant"

    def test_at_once_it_is_a_second_use_as_well(self, let_in: Program) -> None:
        token = let_in.token["refresh_token"]

        def refresh() -> str:
            rival = Program(let_in.site, let_in.client_id, let_in.client_secret)
            try:
                return str(rival.refresh_token(refresh_token=token)["access_token"])
            except OAuthError:
                return ""

        given = list(filter(None, at_once(refresh, refresh)))
        assert len(given) <= 1
        assert [let_in.status(ME, token=each) for each in given] == [401] * len(given)

    def test_can_ask_for_less_but_not_for_more(self, let_in: Program) -> None:
        wider = {"scope": "read write follow"}
        assert error_of(lambda: let_in.refresh_token(**wider)) == "invalid_scope"
        assert let_in.refresh_token(scope="read")["scope"] == "read"
        assert let_in.status(TWEETS, "POST") == 403

    def test_ends_when_its_app_s_developer_is_suspended(self, let_in: Program, grace: User) -> None:
        actions.suspend(user=grace)
        assert error_of(let_in.refresh_token) == "invalid_client"


class TestRevoking:
    def test_by_the_app_ends_both_tokens(self, let_in: Program) -> None:
        assert let_in.status(ME) == 200
        token = dict(let_in.token)
        let_in.revoke_token(f"{let_in.site}/oauth/revoke/", token=token["access_token"])
        assert let_in.status(ME, token=token["access_token"]) == 401
        assert error_of(lambda: let_in.refresh_token(refresh_token=token["refresh_token"])) == "invalid_grant"

    def test_does_nothing_to_the_tokens_of_others(self, let_in: Program, grace: User) -> None:
        other, secret = app(grace)
        thief = Program(let_in.site, other.client_id, secret)
        thief.revoke_token(f"{let_in.site}/oauth/revoke/", token=let_in.token["access_token"])
        assert let_in.status(ME) == 200

    def test_by_the_person_ends_it(self, let_in: Program, ada: User, as_user: Browser) -> None:
        browser = as_user(ada)
        [authorised] = browser.get("/settings/authorised-apps/").context["authorised"]
        assert (authorised.app.name, list(authorised.scopes)) == ("Birdwatch", ["read", "write:tweets"])
        browser.post(f"/settings/authorised-apps/{authorised.app.pk}/end/")
        assert let_in.status(ME) == 401
        assert error_of(let_in.refresh_token) == "invalid_grant"
        assert browser.get("/settings/authorised-apps/").context["authorised"] == []

    def test_by_deleting_the_app_ends_it(self, let_in: Program, grace: User) -> None:
        assert let_in.status(ME) == 200
        endings.end_application(application=Application.objects.get())
        assert let_in.status(ME) == 401

    @pytest.mark.parametrize("how", ["a new password", "suspension"])
    def test_by_what_ends_everything(self, let_in: Program, ada: User, how: str) -> None:
        assert let_in.status(ME) == 200
        if how == "suspension":
            actions.suspend(user=ada)
        else:
            actions.change_password(user=ada, password="battery staple")
        assert let_in.status(ME) == 401
        assert error_of(let_in.refresh_token) == "invalid_grant"


class TestAnAppThatSpeaksForItself:
    @pytest.fixture
    def alone(self, live_server: LiveServer, grace: User) -> Program:
        made, secret = app(grace, authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS, redirect_uris="")
        return Program(live_server.url, made.client_id, secret)

    def test_reads_what_everybody_may_see(self, alone: Program) -> None:
        alone.fetch_token(grant_type="client_credentials")
        assert "refresh_token" not in alone.token
        assert alone.status("/api/timelines/public/") == 200

    def test_is_nobody(self, alone: Program) -> None:
        alone.fetch_token(grant_type="client_credentials")
        assert alone.status(ME) == 403
        assert alone.status("/api/timelines/home/") == 403

    def test_gets_no_scope_that_needs_a_person(self, alone: Program) -> None:
        assert error_of(lambda: alone.fetch_token(grant_type="client_credentials", scope="write")) == "invalid_scope"

    def test_a_wrong_secret_opens_nothing(self, alone: Program) -> None:
        alone.client_secret = "wrong"
        assert error_of(lambda: alone.fetch_token(grant_type="client_credentials")) == "invalid_client"


def test_the_metadata_says_what_is_so(client: Client) -> None:
    said = client.get("/.well-known/oauth-authorization-server").json()
    assert said["grant_types_supported"] == ["authorization_code", "client_credentials", "refresh_token"]
    assert said["response_types_supported"] == ["code"]
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["authorization_response_iss_parameter_supported"] is True
    for name in ("authorization", "token", "revocation", "registration"):
        path = said[f"{name}_endpoint"].removeprefix("http://testserver")
        assert client.get(path).status_code != 404
    resource = client.get("/.well-known/oauth-protected-resource").json()
    assert resource["authorization_servers"] == ["http://testserver"]
