"""What people are told, and what is not yet folded."""

from datetime import timedelta

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator

from accounts.by_person import ByPersonAdmin, viewer
from notifications import upkeep
from notifications.models import Notification, NotificationEvent
from stores.admin import BigTableAdmin
from timelines.admin import RaisedFilter


@admin.register(Notification)
class NotificationAdmin(ByPersonAdmin):
    person_fields = ("recipient",)
    list_display = ("recipient", "kind", "tweet_id", "count", "latest_at")
    list_filter = ("kind",)
    list_select_related = ("recipient",)
    fields = (*list_display, "actors", "friends", "position", "opened_at")


@admin.register(NotificationEvent)
class NotificationEventAdmin(BigTableAdmin):
    list_display = ("id", "kind", "recipient_id", "actor_id", "tweet_id", "age", "due_at", "attempts", "short_error")
    list_filter = (RaisedFilter, "kind")
    search_fields = ("=id", "=recipient_id", "=actor_id", "=tweet_id")
    search_help_text = "The id of the event, its recipient, who did it, or its tweet."
    ordering = ("id",)
    actions = ("retry_now",)

    @admin.display(ordering="created_at")
    def age(self, event: NotificationEvent) -> timedelta:
        return timedelta(seconds=int((timezone.now() - event.created_at).total_seconds()))

    @admin.display(description="error")
    def short_error(self, event: NotificationEvent) -> str:
        return Truncator(event.error).chars(80)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return viewer(request).has_perm("notifications.change_notificationevent")

    @admin.action(description="Retry now", permissions=["retry"])
    def retry_now(self, request: HttpRequest, queryset: QuerySet[NotificationEvent]) -> None:
        due = upkeep.retry(event_ids=list(queryset.values_list("pk", flat=True)))
        self.message_user(request, f"Due now: {due}.", messages.SUCCESS)
