"""What every address under /api/ has in common: errors, and the page that documents them all."""

from functools import cache

from django.core.exceptions import BadRequest, ObjectDoesNotExist, SuspiciousOperation
from django.http import HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework.exceptions import NotFound, ParseError, PermissionDenied, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import throttling
from accounts.access.scopes import ANY, scoped
from accounts.relations.queries import Closed

UNREADABLE = (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError)


class Errors(ExceptionHandler):
    """Every refusal in one shape. What is not there, or may not be known, is a 404 wherever it is missed."""

    def run(self) -> Response | None:
        """What fails before the limits are asked (no such token, no such address) is counted all the same."""
        request = self.context["request"]
        verdict = throttling.ask(request, self.context["view"]) if request else None
        if verdict and not verdict.allowed and not isinstance(self.exc, Throttled):
            self.exc = Throttled(verdict.wait)
        response: Response | None = super().run()
        return response

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, ObjectDoesNotExist):
            return NotFound()
        if isinstance(exc, Closed):
            return PermissionDenied(str(exc), exc.code)
        if isinstance(exc, UNREADABLE):
            return ParseError()
        return super().convert_known_exceptions(exc)


class NoSuchAddress(APIView):
    """The 404 of /api/, in the shape of its other errors."""

    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise NotFound


@scoped(GET=ANY)
class Description(SpectacularAPIView):
    """Made once for each form in which it is asked for: to make it costs a second, and it is the same for everybody."""

    schema = None

    def get(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        renderer = request.accepted_renderer
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        headers = {"Content-Type": f"{renderer.media_type}{charset}", "Cache-Control": "public, max-age=300"}
        return HttpResponse(_described(renderer.format), headers=headers)


@cache
def _described(form: str) -> str | bytes:
    described = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    [renderer, *_] = [each() for each in Description.renderer_classes if each.format == form]
    rendered: str | bytes = renderer.render(described, renderer.media_type, {})
    return rendered


class Documentation(TemplateView):
    template_name = "api/docs.html"
