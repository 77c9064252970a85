from django.http import HttpResponse
from django.urls import path

urlpatterns = [
    path("<str:username>/", lambda r, username: HttpResponse(username), name="profile"),
    path("<str:username>/status/<int:tweet_id>/", lambda r, username, tweet_id: HttpResponse(username), name="tweet"),
]
