from django.urls import path

from notifications import views
from notifications.queries import Filter

urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/mentions/", views.notifications, {"which": Filter.MENTIONS}, name="notifications_mentions"),
    path("notifications/following/", views.notifications, {"which": Filter.FOLLOWING}, name="notifications_following"),
    path("notifications/read/", views.read, name="notifications_read"),
]
