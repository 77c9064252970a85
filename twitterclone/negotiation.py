"""What form an answer of the API takes. On its own, since REST framework imports it while it is itself imported."""

from collections.abc import Iterable
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

ANYTHING = "*/*"


class Negotiation(DefaultContentNegotiation):
    """REST framework's own, past which go those who take anything, or just what is offered first: nearly all calls,
    and for them it was a twentieth of what home costs (bench row 1)."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        accepted = request.META.get("HTTP_ACCEPT", ANYTHING)
        if accepted in (ANYTHING, first.media_type) and not format_suffix and not self._format(request):
            return first, str(first.media_type)
        chosen: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return chosen

    def _format(self, request: Request) -> Any:
        """What the address's query asks for."""
        return request.query_params.get(self.settings.URL_FORMAT_OVERRIDE)
