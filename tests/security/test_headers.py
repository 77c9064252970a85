"""What every answer tells the browser, whatever is asked and whatever becomes of it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django.fixtures import Settings

from accounts import tokens
from accounts.models import User
from tests import factories
from tests.routes import routes
from tests.security.pages import inline
from tests.site import database_url
from tests.test_ownership import address_of, admin_paths, world  # noqa: F401  a fixture

LogIn = Callable[[User], Client]
CLOSED = "default-src 'none'; frame-ancestors 'none'"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def boom(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("boom")


urlpatterns = [path("boom/", boom), path("api/boom/", boom), path("", include("twitterclone.urls"))]


def policy(response: Any) -> dict[str, str]:
    directives = [each.strip().partition(" ") for each in response["Content-Security-Policy"].split(";")]
    return {name: sources for name, _, sources in directives if name}


def check(response: Any, where: str) -> None:
    """That an answer carries all headers and, if it is a page, holds nothing that they forbid."""
    assert {name: response.get(name) for name in ALWAYS} == ALWAYS, where
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(response["Permissions-Policy"].split(", ")), where
    said = policy(response)
    assert (said["default-src"], said["frame-ancestors"]) == ("'none'", "'none'"), where
    assert "unsafe" not in response["Content-Security-Policy"], where
    shared = where.startswith(("/static/", "/media/", "/avatars/"))
    assert response["Cross-Origin-Resource-Policy"] == ("cross-origin" if shared else "same-origin"), where
    if response["Content-Type"].startswith("text/html"):
        if response["Content-Security-Policy"] != CLOSED:
            assert (said["script-src"], said["style-src"], said["base-uri"]) == ("'self'", "'self'", "'none'"), where
        assert inline(response.content.decode()) == [], where


@pytest.mark.parametrize("who", ["anybody", "ada"])
def test_asvs_3_4_3_every_address_sends_a_strict_policy_and_no_page_holds_anything_inline(
    who: str,
    world: dict[str, Any],  # noqa: F811
    as_user: LogIn,
) -> None:
    client = as_user(User.objects.get(username="ada")) if who == "ada" else Client()
    for route in routes():
        where = address_of(route.path, world)
        check(client.get(where), where)


def test_asvs_3_4_3_every_page_of_the_admin_sends_them_and_holds_nothing_inline(
    world: dict[str, Any],  # noqa: F811
    as_user: LogIn,
) -> None:
    staff = as_user(factories.person("root", is_staff=True, is_superuser=True))
    for where in admin_paths():
        check(staff.get(where), where)


def test_answers_to_tokens_send_them_with_their_length(ada: User) -> None:
    headers = {"Authorization": f"Bearer {tokens.issue(user=ada)}"}
    for where in ("/api/timelines/home/", "/api/users/nobody/", "/api/nothing/"):
        response = Client().get(where, headers=headers)
        check(response, where)
        assert response["Content-Security-Policy"] == CLOSED
        assert response["Cache-Control"] == "private, no-store"
        assert response["Content-Length"] == str(len(response.content))


def test_refusals_and_failures_send_them_too(ada: User, settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    token = {"Authorization": f"Bearer {tokens.issue(user=ada)}"}
    for status, where, given in (
        (404, "/nobody_here/", {}),
        (500, "/boom/", {}),
        (500, "/api/boom/", token),
        (401, "/api/users/me/", {}),
        (401, "/api/users/me/", {"Authorization": "Bearer nonsense"}),
        (405, "/explore/", {}),
        (400, "/", {"Host": "evil.example"}),
        (400, "/api/users/me/", token | {"Host": "evil.example"}),
    ):
        client = Client(raise_request_exception=False)
        response = client.post(where, headers=given) if status == 405 else client.get(where, headers=given)
        assert response.status_code == status, where
        check(response, where)
    forged = Client(enforce_csrf_checks=True).post("/login/", {"login": "ada", "password": "correct horse"})
    assert forged.status_code == 403
    check(forged, "/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["/", "/api/schema/", "/avatars/a-7.svg", "/healthz"])
def test_asvs_3_4_4_no_browser_guesses_what_an_answer_is(client: Client, where: str) -> None:
    response = client.get(where)
    assert (response["X-Content-Type-Options"], bool(response["Content-Type"])) == ("nosniff", True)


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["/", "/login/", "/oauth/authorize/", "/admin/"])
def test_asvs_3_4_6_no_page_is_framed(client: Client, where: str) -> None:
    response = client.get(where)
    assert policy(response)["frame-ancestors"] == "'none'"
    assert response["X-Frame-Options"] == "DENY"


def test_static_files_send_them(settings: Settings) -> None:
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    response = Client().get("/static/js/app.js")
    assert response.status_code == 200
    check(response, "/static/js/app.js")


OVER_HTTPS = """
import json, django
django.setup()
from django.test import Client
from accounts.models import User
ada = User.objects.get()
ada.set_password("correct horse")
ada.save()
client = Client()
page = client.get("/login/", secure=True)
done = client.post("/login/", {"login": "ada", "password": "correct horse"}, secure=True)
plain = client.get("/login/")
cookies = {name: dict(morsel) for response in (page, done) for name, morsel in response.cookies.items()}
print(json.dumps([dict(page.headers), done.status_code, cookies, [plain.status_code, plain["Location"]]]))
"""


@pytest.fixture
def over_https(transactional_db: None, ada: User) -> Any:
    """The site with HTTPS=1, in a process of its own: what it answers, and the cookies that logging in sets."""
    environment = {"DATABASE_URL": database_url(), "HTTPS": "1", "DEBUG": "1", "ALLOWED_HOSTS": "testserver"}
    done = subprocess.run(
        [sys.executable, "-c", OVER_HTTPS],
        env=os.environ | environment | {"DJANGO_SETTINGS_MODULE": "twitterclone.settings"},
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_asvs_3_4_1_https_is_remembered_for_a_year(over_https: Any) -> None:
    headers, _, _, plain = over_https
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert plain == [301, "https://testserver/login/"]


def test_asvs_3_3_x_cookies_belong_to_this_host_alone_and_to_no_script(over_https: Any) -> None:
    _, status, cookies, _ = over_https
    assert status == 302
    names = {"__Host-sessionid", "__Host-csrftoken", "__Host-known_logins"}
    assert names <= cookies.keys() <= names | {"__Host-messages"}
    for name, cookie in cookies.items():
        assert (cookie["secure"], cookie["path"], cookie["domain"], cookie["samesite"]) == (True, "/", "", "Lax"), name
        assert cookie["httponly"] is True, name
