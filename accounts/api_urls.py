from django.urls import path

import accounts.converters  # noqa: F401  it registers "username"
from accounts import api
from accounts.relations import api as relations

urlpatterns = [
    path("auth/token/", api.TokenView.as_view(), name="api_token"),
    path("users/me/", api.MeView.as_view(), name="api_me"),
    path("users/<username:username>/", api.UserView.as_view(), name="api_user"),
    path("users/<username:username>/follow/", api.FollowView.as_view(), name="api_follow"),
    path("users/<username:username>/block/", relations.BlockView.as_view(), name="api_block"),
    path("users/<username:username>/mute/", relations.MuteView.as_view(), name="api_mute"),
    path("users/<username:username>/followers/", api.FollowersView.as_view(), name="api_followers"),
    path("users/<username:username>/following/", api.FollowingView.as_view(), name="api_following"),
]
