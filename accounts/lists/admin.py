"""Lists in the admin, who is on them and who follows them."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.by_person import ByPersonAdmin, viewer
from accounts.lists import actions
from accounts.lists.models import List, ListFollow, ListMember


@admin.register(List)
class ListAdmin(ByPersonAdmin):
    person_fields = ("owner",)
    list_display = ("name", "owner", "private", "members_count", "followers_count", "created_at")
    list_filter = ("private", "created_at")
    list_select_related = ("owner",)
    raw_id_fields = ("owner",)
    actions = ("delete_lists",)

    def has_delete_lists_permission(self, request: HttpRequest) -> bool:
        return viewer(request).has_perm("accounts.delete_list")

    @admin.action(description="Delete these lists", permissions=["delete_lists"])
    def delete_lists(self, request: HttpRequest, queryset: QuerySet[List]) -> None:
        found = list(queryset)
        for row in found:
            self.log_deletions(request, queryset.filter(pk=row.pk))
            actions.delete_list(deleted=row)
        self.message_user(request, f"Deleted: {len(found)}.", messages.SUCCESS)


@admin.register(ListMember)
class ListMemberAdmin(ByPersonAdmin):
    person_fields = ("person", "list__owner")
    list_display = ("person", "list", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("person", "list")
    raw_id_fields = ("person", "list")
    search_help_text = "The username of a member or of the list's owner, in full."


@admin.register(ListFollow)
class ListFollowAdmin(ByPersonAdmin):
    person_fields = ("follower", "list__owner")
    list_display = ("follower", "list", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("follower", "list")
    raw_id_fields = ("follower", "list")
    search_help_text = "The username of a follower or of the list's owner, in full."
