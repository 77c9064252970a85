"""What the site is held against: views that do next to nothing, or the usual thing."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.access.scopes import scoped
from accounts.authentication import member
from accounts.limits import UNLIMITED, limited
from bench import naive


@cache
def _page(size: int) -> bytes:
    return b"x" * size


@limited(GET=UNLIMITED)
def bare(request: HttpRequest) -> HttpResponse:
    """As little as a view can do."""
    return HttpResponse(_page(int(request.GET["bytes"])), content_type="application/json")


@scoped(GET="read")
class Constant(APIView):
    """Constant bytes behind the authentication, limits and middleware of every call of the API."""

    permission_classes = [IsAuthenticated]
    schema = None

    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(_page(int(request.GET["bytes"])), content_type="application/json", headers={"Link": "<>"})


@scoped(GET="read")
class Naive(APIView):
    """Home by a join, behind the same."""

    permission_classes = [IsAuthenticated]
    schema = None

    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(naive.home(member(request).pk), content_type="application/json")
