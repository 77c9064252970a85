"""What the admin of a big table has in common, whatever is in it."""

from django.contrib.admin import ModelAdmin, ShowFacets
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import cached_property

MOST_LISTED = 10_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # Django's own can't be given a type at run time
    """Counts to `MOST_LISTED` and no further: neither a count nor an offset ever walks a big table."""

    @cached_property
    def count(self) -> int:
        return int(self.object_list[:MOST_LISTED].count())  # type: ignore[attr-defined]  # here it is always a query


class BigTableAdmin(ModelAdmin):  # type: ignore[type-arg]
    """Newest first. Rows are looked at; what may be done to them are the actions that a subclass names."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    show_facets = ShowFacets.NEVER  # a count for every choice of every filter
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
