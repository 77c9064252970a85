from django.urls import path

import tweets.converters  # noqa: F401  it registers "tweet_id"
from tweets import api
from tweets.polls import api as polls

urlpatterns = [
    path("tweets/", api.TweetsView.as_view(), name="api_tweets"),
    path("tweets/<tweet_id:tweet_id>/", api.TweetView.as_view(), name="api_tweet"),
    path("threads/", api.ThreadsView.as_view(), name="api_threads"),
    path("tweets/<tweet_id:tweet_id>/vote/", polls.VoteView.as_view(), name="api_vote"),
    path("tweets/<tweet_id:tweet_id>/history/", api.HistoryView.as_view(), name="api_history"),
    path("tweets/<tweet_id:tweet_id>/pin/", api.PinView.as_view(), name="api_pin"),
    path("tweets/<tweet_id:tweet_id>/like/", api.LikeView.as_view(), name="api_like"),
    path("tweets/<tweet_id:tweet_id>/likes/", api.LikersView.as_view(), name="api_likers"),
    path("tweets/<tweet_id:tweet_id>/retweets/", api.RetweetersView.as_view(), name="api_retweeters"),
    path("tweets/<tweet_id:tweet_id>/mute/", api.MuteConversationView.as_view(), name="api_mute_conversation"),
    path("tweets/<tweet_id:tweet_id>/retweet/", api.RetweetView.as_view(), name="api_retweet"),
    path("tweets/<tweet_id:tweet_id>/bookmark/", api.BookmarkView.as_view(), name="api_bookmark"),
]
