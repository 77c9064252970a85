"""What the admin of rows that belong to people has in common."""

from typing import Any, cast

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import User
from stores.admin import BigTableAdmin


def viewer(request: HttpRequest) -> User:
    """Who is using the admin; nobody anonymous gets this far."""
    return cast(User, request.user)


class ByPersonAdmin(BigTableAdmin):
    """Rows that belong to people; a search names one of these people, in full.

    Attributes:
        person_fields: the foreign keys to people.
    """

    person_fields: tuple[str, ...] = ("user",)
    search_fields = ("pk",)
    search_help_text = "A username, in full."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        people = list(User.objects.filter(username__iexact=search_term.strip().removeprefix("@")))
        by_person = Q(*((f"{field}__in", people) for field in self.person_fields), _connector=Q.OR)
        return queryset.filter(by_person), False


class PrivateAdmin(ByPersonAdmin):
    """Rows that are nobody's business but their owner's; only a superuser looks, when something is wrong."""

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return viewer(request).is_superuser
