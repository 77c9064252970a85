"""What is not yet delivered, and who has outgrown push."""

from datetime import timedelta

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import Truncator

from accounts.by_person import ByPersonAdmin, viewer
from stores.admin import BigTableAdmin
from timelines import upkeep
from timelines.models import Crowd, FeedEvent


class RaisedFilter(admin.SimpleListFilter):
    title = "failure"
    parameter_name = "failed"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("yes", "Has failed"), ("no", "Has not")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FeedEvent]) -> QuerySet[FeedEvent]:
        if self.value() == "yes":
            return queryset.filter(attempts__gt=0)
        return queryset.filter(attempts=0) if self.value() == "no" else queryset


@admin.register(FeedEvent)
class FeedEventAdmin(BigTableAdmin):
    list_display = ("id", "kind", "subject_id", "author_id", "age", "due_at", "attempts", "cursor", "short_error")
    list_filter = (RaisedFilter, "kind")
    search_fields = ("=id", "=subject_id", "=author_id")
    search_help_text = "The id of the event, its subject or its author."
    ordering = ("id",)
    actions = ("retry_now",)

    @admin.display(ordering="created_at")
    def age(self, event: FeedEvent) -> timedelta:
        return timedelta(seconds=int((timezone.now() - event.created_at).total_seconds()))

    @admin.display(description="error")
    def short_error(self, event: FeedEvent) -> str:
        return Truncator(event.error).chars(80)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        oldest = upkeep.oldest_pending()
        shown = {"oldest": oldest, "oldest_age": self.age(oldest) if oldest else None}
        return super().changelist_view(request, shown | (extra_context or {}))

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return viewer(request).has_perm("timelines.change_feedevent")

    @admin.action(description="Retry now", permissions=["retry"])
    def retry_now(self, request: HttpRequest, queryset: QuerySet[FeedEvent]) -> None:
        due = upkeep.retry(event_ids=list(queryset.values_list("pk", flat=True)))
        self.message_user(request, f"Due now: {due}.", messages.SUCCESS)


@admin.register(Crowd)
class CrowdAdmin(ByPersonAdmin):
    person_fields = ("author",)
    list_display = ("author", "state", "followers")
    list_filter = ("state",)
    list_select_related = ("author",)
    raw_id_fields = ("author",)

    @admin.display(ordering="author__followers_count")
    def followers(self, crowd: Crowd) -> int:
        return crowd.author.followers_count
