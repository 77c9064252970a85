"""Pages about writing and about what can be done with a tweet; the page of a tweet lies under its author's name."""

from django.urls import path

import tweets.converters  # noqa: F401  it registers "tweet_id"
from tweets import edit_views, views, writing
from tweets.polls import views as polls

urlpatterns = [
    path("compose/", writing.compose, name="compose"),
    path("compose/thread/", writing.compose_thread, name="compose_thread"),
    path("compose/more/", writing.more, name="compose_more"),
    path("tweets/<tweet_id:tweet_id>/like/", views.like, name="like"),
    path("tweets/<tweet_id:tweet_id>/mute/", views.mute_conversation, name="mute_conversation"),
    path("tweets/<tweet_id:tweet_id>/retweet/", views.retweet, name="retweet"),
    path("tweets/<tweet_id:tweet_id>/bookmark/", views.bookmark, name="bookmark"),
    path("tweets/<tweet_id:tweet_id>/vote/", polls.vote, name="vote"),
    path("tweets/<tweet_id:tweet_id>/delete/", views.delete, name="delete_tweet"),
    path("tweets/<tweet_id:tweet_id>/edit/", edit_views.edit, name="edit_tweet"),
    path("tweets/<tweet_id:tweet_id>/pin/", edit_views.pin, name="pin_tweet"),
    path("tweets/entries/", edit_views.entries, name="entries"),
]
