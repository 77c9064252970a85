"""What every page knows about the site."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, str]:
    """The site's name, and the address of the live socket as seen from this request."""
    return {"SITE_NAME": settings.SITE_NAME, "LIVE_URL": settings.LIVE_URL.format(host=_host(request))}


def _host(request: HttpRequest) -> str:
    """The name by which the site was asked for, without port; nothing on the page that refuses a foreign name."""
    try:
        return urlsplit(f"//{request.get_host()}").hostname or ""
    except DisallowedHost:
        return ""
