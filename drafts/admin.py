"""Drafts in the admin: what nobody has posted is nobody's business."""

from django.contrib import admin

from accounts.by_person import PrivateAdmin
from drafts.models import Draft


@admin.register(Draft)
class DraftAdmin(PrivateAdmin):
    person_fields = ("author",)
    list_display = ("author", "scheduled_at", "error", "created_at")
    list_filter = ("scheduled_at",)
    list_select_related = ("author",)
    raw_id_fields = ("author",)
