"""What every address under /api/ has in common: errors, and the page that documents them all."""

from csp.decorators import csp_update
from django.core.exceptions import BadRequest, ObjectDoesNotExist, SuspiciousOperation
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.request import Request
from rest_framework.views import APIView

UNREADABLE = (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError)


class Errors(ExceptionHandler):
    """Every refusal in one shape. What is not there, or may not be known, is a 404 wherever it is missed."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, ObjectDoesNotExist):
            return NotFound()
        if isinstance(exc, UNREADABLE):
            return ParseError()
        return super().convert_known_exceptions(exc)


class NoSuchAddress(APIView):
    """The 404 of /api/, in the shape of its other errors."""

    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise NotFound


# Swagger UI draws its icons and sizes with style attributes.
@method_decorator(csp_update({"style-src": ["'unsafe-inline'"]}), name="dispatch")
class Documentation(TemplateView):
    template_name = "api/docs.html"
