"""Pages with a feed of many people; those of one person are in `profile_urls`."""

from django.urls import path

import accounts.converters  # noqa: F401  it registers "username" and "list_id"
import tweets.converters  # noqa: F401  it registers "hashtag"
from timelines import catchup_views, hashtag_views, list_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("home/newer/", views.home_newer, name="home_newer"),
    path("bookmarks/", views.bookmarks, name="bookmarks"),
    path("i/catch-up/", catchup_views.catch_up, name="catch_up"),
    path("home/read/", views.read_home, name="read_home"),
    path("explore/", views.explore, name="explore"),
    path("i/lists/", list_views.own_lists, name="lists"),
    path("i/lists/followed/", list_views.followed_lists, name="lists_followed"),
    path("i/lists/memberships/", list_views.memberships, name="lists_memberships"),
    path("i/lists/new/", list_views.new_list, name="list_new"),
    path("i/lists/put/<username:username>/", list_views.put_on_lists, name="put_on_lists"),
    path("i/lists/<list_id:list_id>/", list_views.show_list, name="list"),
    path("i/lists/<list_id:list_id>/members/", list_views.members, name="list_members"),
    path("i/lists/<list_id:list_id>/members/change/", list_views.change_member, name="list_change_member"),
    path("i/lists/<list_id:list_id>/followers/", list_views.followers, name="list_followers"),
    path("i/lists/<list_id:list_id>/follow/", list_views.follow_list, name="list_follow"),
    path("i/lists/<list_id:list_id>/edit/", list_views.edit_list, name="list_edit"),
    path("i/lists/<list_id:list_id>/delete/", list_views.delete_list, name="list_delete"),
    path("hashtags/", hashtag_views.followed, name="hashtags"),
    path("hashtag/<hashtag:tag>/", hashtag_views.hashtag, name="hashtag"),
    path("hashtag/<hashtag:tag>/follow/", hashtag_views.follow, name="follow_hashtag"),
]
