"""Apps and the people who let them in, as seen from outside: authlib on one side, a browser on the other."""

import re
from collections.abc import Sequence
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from authlib.integrations.requests_client import OAuth2Session
from django.test import Client

from accounts.access import registry
from accounts.models import Application, User

BACK = "https://app.example/back"
VERIFIER = "a" * 64


def app(owner: User, **fields: Any) -> tuple[Application, str]:
    """A registered app and its secret: one for people, which keeps a secret, unless the fields say otherwise."""
    described = {
        "name": "Birdwatch",
        "redirect_uris": BACK,
        "client_type": Application.CLIENT_CONFIDENTIAL,
        "authorization_grant_type": Application.GRANT_AUTHORIZATION_CODE,
    } | fields
    made = Application(user=owner, **described)
    made.full_clean()
    secret = registry.register(app=made)
    return made, secret


def public_app(owner: User, **fields: Any) -> Application:
    return app(owner, client_type=Application.CLIENT_PUBLIC, **fields)[0]


class Program(OAuth2Session):  # type: ignore[misc]  # authlib comes without types
    """An app that runs somewhere, with the addresses of a site that it talks to."""

    def __init__(self, site: str, client_id: str, secret: str = "", scope: str = "read") -> None:
        how = "client_secret_basic" if secret else "none"
        super().__init__(
            client_id,
            secret or None,
            scope=scope,
            redirect_uri=BACK,
            code_challenge_method="S256",
            token_endpoint_auth_method=how,
            token_endpoint=f"{site}/oauth/token/",
        )
        self.site = site

    def asks(self, **more: str) -> str:
        """The address to which it sends people."""
        address, _ = self.create_authorization_url(f"{self.site}/oauth/authorize/", code_verifier=VERIFIER, **more)
        return str(address)

    def exchanges(self, answer: str, verifier: str | None = VERIFIER) -> Any:
        return self.fetch_token(authorization_response=answer, code_verifier=verifier)

    def status(self, path: str, method: str = "GET", token: str | None = None) -> int:
        headers = {"Authorization": f"Bearer {token or self.token['access_token']}"}
        return int(self.request(method, self.site + path, headers=headers, withhold_token=True).status_code)


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def hidden_fields(html: str) -> dict[str, str]:
    found = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = unescape(value[1]) if value else ""
    return found


def lets_in(browser: Client, asked: str, allow: bool = True) -> str:
    """Where the browser is sent after the question was answered."""
    page = browser.get(path_of(asked))
    assert page.status_code == 200, page.content
    fields = hidden_fields(page.content.decode()) | ({"allow": "on"} if allow else {})
    answer = browser.post(path_of(asked), fields)
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def told(address: str) -> dict[str, Sequence[str]]:
    return dict(parse_qs(urlsplit(address).query))
