"""Drafts in the admin: what nobody has posted is nobody's business; only a superuser looks, when something is wrong."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin import ByPersonAdmin, viewer
from drafts.models import Draft


@admin.register(Draft)
class DraftAdmin(ByPersonAdmin):
    person_fields = ("author",)
    list_display = ("author", "scheduled_at", "error", "created_at")
    list_filter = ("scheduled_at",)
    list_select_related = ("author",)
    raw_id_fields = ("author",)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return viewer(request).is_superuser
