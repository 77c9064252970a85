"""What is rising, for staff to look at."""

from django.contrib import admin

from discovery.models import Term
from stores.admin import BigTableAdmin


@admin.register(Term)
class TermAdmin(BigTableAdmin):
    list_display = ("text", "kind", "score", "authors", "usual", "counted_at")
    list_filter = ("kind",)
    search_fields = ("=text",)
    ordering = ("-score",)
