"""What every page knows about the site."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications import unread


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's name, the address of the live socket as seen from this request, and, for those who ask for it, how
    many notifications the viewer has not read.
    """
    return {
        "SITE_NAME": settings.SITE_NAME,
        "LIVE_URL": settings.LIVE_URL.format(host=_host(request)),
        "unread": SimpleLazyObject(lambda: _unread(request)),
    }


def _unread(request: HttpRequest) -> str:
    viewer_id = getattr(request, "user", None) and request.user.pk
    return unread.badge(viewer_id) if viewer_id else ""


def _host(request: HttpRequest) -> str:
    """The name by which the site was asked for, without port; nothing on the page that refuses a foreign name."""
    try:
        return urlsplit(f"//{request.get_host()}").hostname or ""
    except DisallowedHost:
        return ""
