from django.urls import path

import accounts.converters  # noqa: F401  it registers "username"
from accounts import api
from accounts.relations import api as relations

urlpatterns = [
    path("auth/token/", api.TokenView.as_view(), name="api_token"),
    path("users/me/", api.MeView.as_view(), name="api_me"),
    path("users/me/blocks/", relations.BlocksView.as_view(), name="api_blocks"),
    path("users/me/mutes/", relations.MutesView.as_view(), name="api_mutes"),
    path("users/me/muted-words/", relations.WordsView.as_view(), name="api_muted_words"),
    path("users/me/muted-words/<word_id:word_id>/", relations.WordView.as_view(), name="api_muted_word"),
    path("users/me/follow-requests/", relations.FollowRequestsView.as_view(), name="api_follow_requests"),
    path(
        "users/me/follow-requests/<username:username>/",
        relations.FollowRequestView.as_view(),
        name="api_follow_request",
    ),
    path("users/me/followers/<username:username>/", relations.FollowerView.as_view(), name="api_follower"),
    path("users/<username:username>/", api.UserView.as_view(), name="api_user"),
    path("users/<username:username>/follow/", api.FollowView.as_view(), name="api_follow"),
    path("users/<username:username>/block/", relations.BlockView.as_view(), name="api_block"),
    path("users/<username:username>/mute/", relations.MuteView.as_view(), name="api_mute"),
    path(
        "users/<username:username>/hidden-retweets/", relations.HiddenRetweetsView.as_view(), name="api_hidden_retweets"
    ),
    path(
        "users/<username:username>/followers-you-know/",
        relations.KnownFollowersView.as_view(),
        name="api_known_followers",
    ),
    path("users/<username:username>/followers/", api.FollowersView.as_view(), name="api_followers"),
    path("users/<username:username>/following/", api.FollowingView.as_view(), name="api_following"),
]
