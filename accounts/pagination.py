"""Pages of the API, of whatever: walked by cursors, never by numbers.

`before` asks for older ones, `since` for newer ones (the page nearest to the cursor, newest first within it).
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.http import HttpResponse
from django.utils.encoding import escape_uri_path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from accounts.fields import IdField

CURSORS = ("before", "since")

View = TypeVar("View", bound=Callable[..., HttpResponse])


class PageQuery(serializers.Serializer[Any]):
    """Where in a list to look, and how many to show."""

    before = IdField(required=False, help_text="Older than this. Not together with `since`.")
    since = IdField(required=False, help_text="Newer than this. Not together with `before`.")
    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "before" in attrs and "since" in attrs:
            raise serializers.ValidationError({"since": "Ask for what is older or for what is newer, not for both."})
        return attrs

    @classmethod
    def read(cls, request: Request) -> dict[str, Any]:
        """The query of a request, as keywords for the function that finds the page.

        Raises:
            ValidationError: it makes no sense.
        """
        if not request.query_params:
            return dict(cls._first_page())
        return cls._checked(request.query_params.dict())  # a plain dict, in which empty is not absent

    @classmethod
    @cache
    def _first_page(cls) -> dict[str, Any]:
        """Most calls ask for nothing in particular; a serializer would be a tenth of what home costs (bench row 1)."""
        return cls._checked({})

    @classmethod
    def _checked(cls, values: dict[str, str]) -> dict[str, Any]:
        query = cls(data=values)
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)


def page_schema(
    operation_id: str, page: type[serializers.Serializer[Any]], query: type[PageQuery] = PageQuery
) -> Callable[[View], View]:
    """Documents a view's `get` as one that answers with `page_response`."""
    link = OpenApiParameter("Link", str, OpenApiParameter.HEADER, response=[200], description='rel="next", rel="prev"')
    decorator: Callable[[View], View] = extend_schema(
        operation_id=operation_id, parameters=[query, link], responses=page
    )
    return decorator


def page_response(request: Request, results: Sequence[bytes], *, older: int | None, newer: int) -> HttpResponse:
    """A page of finished JSON, with its neighbours in the body and in `Link` headers (RFC 8288).

    Args:
        older: the cursor of the next page; None at the end.
        newer: the cursor at which to ask for newer ones, now or later.
    """
    address = _address(request)
    links = {"next": None if older is None else f"{address}before={older}", "prev": f"{address}since={newer}"}
    body = b'{"results":[%b],"next":%b,"previous":%b}' % (b",".join(results), *map(orjson.dumps, links.values()))
    header = ", ".join(f'<{address}>; rel="{rel}"' for rel, address in links.items() if address)
    return HttpResponse(body, content_type="application/json", headers={"Link": header})


def _address(request: Request) -> str:
    """Of the same list, to be ended by a cursor."""
    rest = [(name, value) for name, value in request.query_params.lists() if name not in CURSORS]
    query = f"{urlencode(rest, doseq=True)}&" if rest else ""
    return f"{site_of(request)}{escape_uri_path(request.path)}?{query}"


def site_of(request: Request) -> str:
    """What addresses begin with."""
    return settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
