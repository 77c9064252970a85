from django.urls import path

from drafts import views

urlpatterns = [
    path("drafts/", views.drafts, name="drafts"),
    path("scheduled/", views.scheduled, name="scheduled"),
    path("drafts/<tweet_id:draft_id>/", views.draft, name="draft"),
    path("drafts/<tweet_id:draft_id>/post/", views.post, name="post_draft"),
    path("drafts/<tweet_id:draft_id>/delete/", views.delete, name="delete_draft"),
]
