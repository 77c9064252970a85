"""Where people are asked whether an app may act for them."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from oauth2_provider.views import AuthorizationView, TokenView

from accounts.access.scopes import SCOPES


@method_decorator(never_cache, name="dispatch")
class Consent(AuthorizationView):  # type: ignore[misc]  # the library comes without types
    """Always asks: an app that can't keep a secret could be played by another."""

    template_name = "access/consent.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.copy()
        asked["approval_prompt"] = "force"
        request.GET = asked  # type: ignore[assignment]  # the library reads how to ask from there
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        raise BadRequest("This answer belongs to no question of ours.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        address = urlsplit(context["redirect_uri"])
        asked = [(scope, SCOPES[scope]) for scope in context["scopes"]]
        return context | {"asked": asked, "returns_to": address.netloc or f"{address.scheme}:"}

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().render_to_response(context, **kwargs)
        if "redirect_uri" in context:
            # Browsers hold where a form's answer leads against form-action, too.
            response._csp_update = {"form-action": [_source(context["redirect_uri"])]}  # type: ignore[attr-defined]  # noqa: SLF001
        return response


class Tokens(TokenView):  # type: ignore[misc]
    """Where apps get tokens. The library answers devices apart from all others, whatever the server offers."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = self.authorization_flow_token_response(request)
        return response


def _source(uri: str) -> str:
    """An address as a Content-Security-Policy names where it is."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"
