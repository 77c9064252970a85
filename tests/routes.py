"""Every address of the site, as the URLs have it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from accounts import limits

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


class Route(NamedTuple):
    """
    Attributes:
        path: as written in the URLs, with its arguments.
        arguments: their names.
        view: what is called.
    """

    path: str
    arguments: tuple[str, ...]
    view: Any

    @property
    def is_rest(self) -> bool:
        return issubclass(limits.class_of(self.view) or object, APIView)

    def changes(self) -> list[str]:
        """The methods of a REST view that may change something."""
        return [method for method in UNSAFE if hasattr(limits.class_of(self.view), method.lower())]


def routes(*, of_admin: bool = False) -> list[Route]:
    """All but the admin's, which lets in staff alone; or those of the admin."""
    walked = _walk(get_resolver().url_patterns, "/")
    return [each for each in walked if each.path.startswith("/admin/") == of_admin]


def _walk(patterns: Iterable[URLPattern | URLResolver], under: str) -> Iterator[Route]:
    for each in patterns:
        path = under + str(each.pattern).removeprefix("^")
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, path)
        else:
            yield Route(path, tuple(each.pattern.regex.groupindex), each.callback)


def readable() -> Iterator[str]:
    """Every address that answers a GET."""
    for route in routes():
        if not route.is_rest or hasattr(getattr(route.view, "view_class", route.view), "get"):
            yield route.path


def address(path: str, values: Mapping[str, object]) -> str:
    """The path with these values for its arguments; "1" for those without one."""

    def value(found: re.Match[str]) -> str:
        return str(values.get(found[1] or found[2], 1))

    return re.sub(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^()]*\)", value, path).replace("\\", "").rstrip("$")
