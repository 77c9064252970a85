"""Pages with a feed of many people; those of one person are in `profile_urls`."""

from django.urls import path

from timelines import views

urlpatterns = [
    path("", views.home, name="home"),
    path("home/newer/", views.home_newer, name="home_newer"),
    path("bookmarks/", views.bookmarks, name="bookmarks"),
    path("explore/", views.explore, name="explore"),
    path("explore/people/", views.people_to_follow, name="people_to_follow"),
]
