"""What the API's description can't read off the code by itself.

Imported by the app, not by the modules described: the library imports some of them itself.
"""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction

from accounts.access import scopes


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    """A token is a token, whichever way it was got. Both need the scope; only one can be described with it."""

    target_class = "accounts.authentication.BearerAuthentication"
    name = ["oauth2", "bearer"]

    def get_security_definition(self, auto_schema: AutoSchema) -> Any:
        tokens = f"{settings.SITE_URL}/oauth/token/"
        person = {
            "authorizationUrl": f"{settings.SITE_URL}/oauth/authorize/",
            "tokenUrl": tokens,
            "refreshUrl": tokens,
            "scopes": scopes.SCOPES,
        }
        alone = {"tokenUrl": tokens, "scopes": {name: scopes.SCOPES[name] for name in scopes.OF_APPS_ALONE}}
        personal = "A personal token, made in the settings or by `POST /api/auth/token/`; it needs the same scopes."
        return [
            {"type": "oauth2", "flows": {"authorizationCode": person, "clientCredentials": alone}},
            {"type": "http", "scheme": "bearer", "description": personal},
        ]

    def get_security_requirement(self, auto_schema: AutoSchema) -> Any:
        scope = scopes.needed(auto_schema.view, auto_schema.method)
        return [{"oauth2": [scope] if scope else []}, {"bearer": []}]


class StrictSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # registers itself
    """What a `StrictSerializer` refuses."""

    target_class = "accounts.fields.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        mapped: dict[str, Any] = auto_schema._map_serializer(  # type: ignore[no-untyped-call]  # noqa: SLF001
            self.target, direction, bypass_extensions=True
        )
        return mapped | {"additionalProperties": False}
