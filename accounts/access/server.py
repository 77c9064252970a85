"""What the OAuth server can do at all: no implicit grant, no passwords, no PKCE but S256."""

from typing import Any, ClassVar

from oauthlib.oauth2 import (
    AuthorizationCodeGrant,
    AuthorizationEndpoint,
    BearerToken,
    ClientCredentialsGrant,
    RefreshTokenGrant,
    ResourceEndpoint,
    RevocationEndpoint,
    TokenEndpoint,
)
from oauthlib.oauth2.rfc6749.grant_types.authorization_code import code_challenge_method_s256


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # the library comes without types
    _code_challenge_methods: ClassVar[dict[str, Any]] = {"S256": code_challenge_method_s256}


class Server(AuthorizationEndpoint, TokenEndpoint, ResourceEndpoint, RevocationEndpoint):  # type: ignore[misc]
    def __init__(self, validator: Any, token_expires_in: int | None = None, **_: object) -> None:
        code, bearer = CodeGrant(validator), BearerToken(validator, expires_in=token_expires_in)
        AuthorizationEndpoint.__init__(self, "code", bearer, {"code": code})
        grants = {
            "authorization_code": code,
            "client_credentials": ClientCredentialsGrant(validator),
            "refresh_token": RefreshTokenGrant(validator),
        }
        TokenEndpoint.__init__(self, "authorization_code", bearer, grants)
        ResourceEndpoint.__init__(self, "Bearer", {"Bearer": bearer})
        RevocationEndpoint.__init__(self, validator)
