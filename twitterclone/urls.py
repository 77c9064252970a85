"""Every address of the site. What people are called comes last, so that no name can hide a page."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.http import require_safe
from django.views.static import serve

from accounts.limits import UNLIMITED, limited
from twitterclone import api


@limited(GET=UNLIMITED)
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """For whoever watches over the process: it answers."""
    return HttpResponse("ok", content_type="text/plain")


media = limited(GET="files")(require_safe(serve))

api_addresses: list[URLPattern | URLResolver] = [
    path("", include("accounts.api_urls")),
    path("", include("accounts.lists.api_urls")),
    path("", include("tweets.api_urls")),
    path("", include("timelines.api_urls")),
    path("", include("notifications.api_urls")),
    path("", include("drafts.api_urls")),
    path("", include("discovery.api_urls")),
    path("schema/", api.Description.as_view(), name="schema"),
    path("docs/", api.Documentation.as_view(), name="api_docs"),
    re_path("", api.NoSuchAddress.as_view()),
]

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("api/", include(api_addresses)),
    re_path(r"^media/(?P<path>.*)$", media, {"document_root": settings.MEDIA_ROOT}, name="media"),
    path("", include("tweets.urls")),
    path("", include("timelines.urls")),
    path("", include("notifications.urls")),
    path("", include("drafts.urls")),
    path("", include("discovery.urls")),
    path("", include("accounts.urls")),
    path("", include("timelines.profile_urls")),
]
