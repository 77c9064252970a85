from django.urls import path

import accounts.converters  # noqa: F401  it registers "username" and "list_id"
from accounts.lists import api

urlpatterns = [
    path("lists/", api.ListsView.as_view(), name="api_lists"),
    path("lists/followed/", api.FollowedListsView.as_view(), name="api_lists_followed"),
    path("lists/<list_id:list_id>/", api.ListView.as_view(), name="api_list"),
    path("lists/<list_id:list_id>/members/", api.MembersView.as_view(), name="api_list_members"),
    path("lists/<list_id:list_id>/members/<username:username>/", api.MemberView.as_view(), name="api_list_member"),
    path("lists/<list_id:list_id>/followers/", api.ListFollowersView.as_view(), name="api_list_followers"),
    path("lists/<list_id:list_id>/follow/", api.ListFollowView.as_view(), name="api_list_follow"),
    path("users/<username:username>/lists/", api.UserListsView.as_view(), name="api_user_lists"),
    path("users/<username:username>/memberships/", api.MembershipsView.as_view(), name="api_user_memberships"),
]
