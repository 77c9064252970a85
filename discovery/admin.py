"""What is rising, and who is not to be suggested to whom, for staff to look at."""

from django.contrib import admin

from accounts.by_person import PrivateAdmin
from discovery.models import Dismissal, Term
from stores.admin import BigTableAdmin


@admin.register(Term)
class TermAdmin(BigTableAdmin):
    list_display = ("text", "kind", "score", "authors", "usual", "counted_at")
    list_filter = ("kind",)
    search_fields = ("=text",)
    ordering = ("-score",)


@admin.register(Dismissal)
class DismissalAdmin(PrivateAdmin):
    person_fields = ("viewer", "person")
    list_display = ("viewer", "person", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("viewer", "person")
    raw_id_fields = ("viewer", "person")
