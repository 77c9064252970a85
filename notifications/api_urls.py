from django.urls import path

from notifications import api

urlpatterns = [
    path("notifications/", api.NotificationsView.as_view(), name="api_notifications"),
    path("notifications/unread/", api.UnreadView.as_view(), name="api_notifications_unread"),
    path("notifications/read/", api.ReadView.as_view(), name="api_notifications_read"),
]
