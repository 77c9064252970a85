from django.urls import path

import accounts.converters  # noqa: F401  it registers "username" and "list_id"
import tweets.converters  # noqa: F401  it registers "tweet_id"
from timelines import api, catchup_views, hashtag_api, marker_api

urlpatterns = [
    path("timelines/home/", api.HomeView.as_view(), name="api_home"),
    path("timelines/catch_up/", catchup_views.CatchUpView.as_view(), name="api_catch_up"),
    path("markers/", marker_api.MarkersView.as_view(), name="api_markers"),
    path("timelines/public/", api.PublicView.as_view(), name="api_public"),
    path("users/<username:username>/tweets/", api.UserTweetsView.as_view(), name="api_user_tweets"),
    path("lists/<list_id:list_id>/tweets/", api.ListTweetsView.as_view(), name="api_list_tweets"),
    path("users/<username:username>/pinned/", api.PinnedView.as_view(), name="api_pinned"),
    path("tweets/<tweet_id:tweet_id>/context/", api.ContextView.as_view(), name="api_context"),
    path("tweets/<tweet_id:tweet_id>/replies/", api.RepliesView.as_view(), name="api_replies"),
    path("tweets/<tweet_id:tweet_id>/quotes/", api.QuotesView.as_view(), name="api_quotes"),
    path("users/me/likes/", api.MyLikesView.as_view(), name="api_my_likes"),
    path("users/me/hashtags/", hashtag_api.FollowedHashtagsView.as_view(), name="api_my_hashtags"),
    path("hashtags/<hashtag:tag>/", hashtag_api.HashtagView.as_view(), name="api_hashtag"),
    path("hashtags/<hashtag:tag>/tweets/", hashtag_api.HashtagTweetsView.as_view(), name="api_hashtag_tweets"),
    path("hashtags/<hashtag:tag>/follow/", hashtag_api.HashtagFollowView.as_view(), name="api_follow_hashtag"),
    path("users/me/bookmarks/", api.MyBookmarksView.as_view(), name="api_my_bookmarks"),
]
