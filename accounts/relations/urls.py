from django.urls import path

import accounts.converters  # noqa: F401  it registers "username" and "word_id"
from accounts.relations import views

urlpatterns = [
    path("settings/privacy/", views.privacy, name="privacy"),
    path("settings/blocked/", views.blocked, name="blocked"),
    path("settings/muted/", views.muted, name="muted"),
    path("settings/muted-words/", views.muted_words, name="muted_words"),
    path("settings/muted-words/<word_id:word_id>/end/", views.unmute_word, name="unmute_word"),
    path("settings/follow-requests/", views.follow_requests, name="follow_requests"),
    path("settings/follow-requests/<username:username>/", views.answer_request, name="answer_request"),
]
