"""Everything under a person's name. To be included last: a name could be any word that no page took before."""

from django.urls import path

import accounts.converters  # noqa: F401  it registers "username"
import tweets.converters  # noqa: F401  it registers "tweet_id"
from timelines import conversation_views, engagement_views, list_views, profile_views, relation_views
from tweets import edit_views

urlpatterns = [
    path("<username:username>/", profile_views.profile, name="profile"),
    path("<username:username>/with_replies/", profile_views.profile, {"with_replies": True}, name="profile_replies"),
    path("<username:username>/likes/", profile_views.likes, name="profile_likes"),
    path("<username:username>/followers/", profile_views.followers, name="followers"),
    path("<username:username>/following/", profile_views.following, name="following"),
    path("<username:username>/lists/", list_views.lists_of, name="lists_of"),
    path("<username:username>/follow/", profile_views.follow, name="follow"),
    path("<username:username>/followers_you_know/", profile_views.known_followers, name="known_followers"),
    path("<username:username>/block/", relation_views.block, name="block"),
    path("<username:username>/mute/", relation_views.mute, name="mute"),
    path("<username:username>/retweets/", relation_views.retweets, name="hide_retweets"),
    path("<username:username>/remove/", relation_views.remove_follower, name="remove_follower"),
    path("<username:username>/status/<tweet_id:tweet_id>/", conversation_views.tweet, name="tweet"),
    path("<username:username>/status/<tweet_id:tweet_id>/quotes/", engagement_views.quotes, name="quotes"),
    path("<username:username>/status/<tweet_id:tweet_id>/retweets/", engagement_views.retweets, name="retweets"),
    path("<username:username>/status/<tweet_id:tweet_id>/likes/", engagement_views.likes, name="likes"),
    path("<username:username>/status/<tweet_id:tweet_id>/history/", edit_views.history, name="history"),
]
