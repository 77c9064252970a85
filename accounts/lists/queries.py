"""Reads about lists. What a viewer may not know of is not found, by the same query that fetches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.lists.models import List, ListFollow, ListMember
from accounts.models import User
from accounts.queries import PeoplePage, people_of
from accounts.relations.queries import is_there_for
from stores import rows


@dataclass(frozen=True, slots=True)
class Place:
    """How a viewer stands to a list."""

    following: bool = False
    member: bool = False


@dataclass(frozen=True, slots=True)
class ListsPage:
    """Lists, the latest first.

    Attributes:
        next: the cursor (`before`) for the page after, None at the end.
        newer: the cursor (`since`) at which to ask for newer ones, now or later.
    """

    lists: list[List]
    next: int | None
    newer: int


def _known_to(viewer_id: int | None, path: str = "") -> Q:
    """Public lists of people of whom the viewer may know, and one's own."""
    public = Q(**{f"{path}private": False}) & is_there_for(viewer_id, f"{path}owner")
    return public if viewer_id is None else public | Q(**{f"{path}owner": viewer_id})


def visible_list(viewer_id: int | None, list_id: int) -> List:
    """
    Raises:
        List.DoesNotExist: it is gone, or private and somebody else's.
    """
    return List.objects.select_related("owner").get(_known_to(viewer_id), pk=list_id)


def own_list(owner: User, list_id: int) -> List:
    """
    Raises:
        List.DoesNotExist: the owner has no such list.
    """
    return List.objects.select_related("owner").get(pk=list_id, owner=owner)


def owned(
    owner: User, viewer_id: int | None, before: int | None = None, since: int | None = None, limit: int = 20
) -> ListsPage:
    """This person's lists, as far as the viewer may know of them."""
    found = List.objects.filter(_known_to(viewer_id), owner=owner).select_related("owner")
    return _lists(found, before, since, limit, "")


def followed(follower: User, before: int | None = None, since: int | None = None, limit: int = 20) -> ListsPage:
    """Other people's lists that this person follows, the latest follow first."""
    found = ListFollow.objects.filter(_known_to(follower.pk, "list__"), follower=follower)
    return _lists(found.select_related("list__owner"), before, since, limit, "list")


def with_member(
    person: User,
    viewer_id: int | None,
    before: int | None = None,
    since: int | None = None,
    limit: int = 20,
    owned: bool = False,
) -> ListsPage:
    """Lists that this person is on, as far as the viewer may know of them.

    Args:
        owned: the viewer's own only.
    """
    found = ListMember.objects.filter(_known_to(viewer_id, "list__"), person=person)
    if owned:
        found = found.filter(list__owner=viewer_id)
    return _lists(found.select_related("list__owner"), before, since, limit, "list")


def _lists(found: "QuerySet[Any]", before: int | None, since: int | None, limit: int, side: str) -> ListsPage:
    page, more = rows.newest_first(found, before, since, limit)
    empty = since if since is not None else (before or 1) - 1
    lists = [getattr(each, side) if side else each for each in page]
    return ListsPage(lists, page[-1].pk if more else None, page[0].pk if page else empty)


def members(
    of: List, viewer_id: int | None, before: int | None = None, since: int | None = None, limit: int = 20
) -> PeoplePage:
    """Who is on the list, the latest first."""
    return people_of(ListMember.objects.filter(list=of), "person", viewer_id, before, since, limit)


def followers(
    of: List, viewer_id: int | None, before: int | None = None, since: int | None = None, limit: int = 20
) -> PeoplePage:
    """Who follows the list, the latest first."""
    return people_of(ListFollow.objects.filter(list=of), "follower", viewer_id, before, since, limit)


def places(viewer_id: int | None, list_ids: Sequence[int]) -> dict[int, Place]:
    """How the viewer stands to each of these lists."""
    if viewer_id is None or not list_ids:
        return {each: Place() for each in list_ids}
    following = set(ListFollow.objects.filter(follower=viewer_id, list__in=list_ids).values_list("list", flat=True))
    on = set(ListMember.objects.filter(person=viewer_id, list__in=list_ids).values_list("list", flat=True))
    return {each: Place(each in following, each in on) for each in list_ids}


def choices(owner: User, person: User) -> list[tuple[List, bool]]:
    """All of the owner's lists, the latest first, and whether the person is on each."""
    on = set(ListMember.objects.filter(list__owner=owner, person=person).values_list("list", flat=True))
    return [(each, each.pk in on) for each in List.objects.filter(owner=owner).order_by("-pk")]
