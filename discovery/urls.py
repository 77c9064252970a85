from django.urls import path

import accounts.converters  # noqa: F401  it registers "username"
from discovery import trend_views, views

urlpatterns = [
    path("search/", views.results, name="search"),
    path("explore/people/", trend_views.people_to_follow, name="people_to_follow"),
    path("explore/people/<username:username>/dismiss/", trend_views.dismiss, name="dismiss"),
    path("explore/trends/", trend_views.rising, name="trends"),
]
