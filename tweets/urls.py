"""Pages about writing and about what can be done with a tweet; the page of a tweet lies under its author's name."""

from django.urls import path

import tweets.converters  # noqa: F401  it registers "tweet_id"
from tweets import views

urlpatterns = [
    path("compose/", views.compose, name="compose"),
    path("tweets/<tweet_id:tweet_id>/like/", views.like, name="like"),
    path("tweets/<tweet_id:tweet_id>/retweet/", views.retweet, name="retweet"),
    path("tweets/<tweet_id:tweet_id>/bookmark/", views.bookmark, name="bookmark"),
    path("tweets/<tweet_id:tweet_id>/delete/", views.delete, name="delete_tweet"),
]
