"""What every page knows about the site."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, str]:
    """The site's name, and the address of the live socket as seen from this request."""
    host = request.get_host().rsplit(":", 1)[0]
    return {"SITE_NAME": settings.SITE_NAME, "LIVE_URL": settings.LIVE_URL.format(host=host)}
