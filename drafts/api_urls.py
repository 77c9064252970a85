from django.urls import path

from drafts import api

urlpatterns = [
    path("drafts/", api.DraftsView.as_view(), name="api_drafts"),
    path("drafts/<tweet_id:draft_id>/", api.DraftView.as_view(), name="api_draft"),
    path("drafts/<tweet_id:draft_id>/post/", api.PostDraftView.as_view(), name="api_post_draft"),
]
