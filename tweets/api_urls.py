from django.urls import path, register_converter

from tweets import api
from tweets.converters import TweetIdConverter

register_converter(TweetIdConverter, "tweet_id")

urlpatterns = [
    path("tweets/", api.TweetsView.as_view(), name="api_tweets"),
    path("tweets/<tweet_id:tweet_id>/", api.TweetView.as_view(), name="api_tweet"),
    path("tweets/<tweet_id:tweet_id>/like/", api.LikeView.as_view(), name="api_like"),
    path("tweets/<tweet_id:tweet_id>/retweet/", api.RetweetView.as_view(), name="api_retweet"),
    path("tweets/<tweet_id:tweet_id>/bookmark/", api.BookmarkView.as_view(), name="api_bookmark"),
]
