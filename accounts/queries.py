"""Reads about people."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Upper

from accounts.models import Follow, User


@dataclass(frozen=True, slots=True)
class Relation:
    """How a viewer and a person stand to each other."""

    following: bool = False
    followed_by: bool = False


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """People in the order in which they came to follow, like or retweet, latest first.

    Attributes:
        people: users with `relation` to the viewer set.
        next: the cursor (`before`) for the page after, None at the end.
        newer: the cursor (`since`) at which to ask for newer ones, now or later.
    """

    people: list[User]
    next: int | None
    newer: int


def person(username: str) -> User:
    """
    Raises:
        User.DoesNotExist: there is nobody of this name, or the account is suspended.
    """
    return User.objects.get(username__iexact=username, is_active=True)


def ids_by_username(usernames: Collection[str]) -> dict[str, int]:
    """The ids of those of these people that exist and are not suspended, by their names in lower case."""
    if not usernames:
        return {}
    found = User.objects.annotate(upper=Upper("username")).filter(upper__in={each.upper() for each in usernames})
    return {name.lower(): user_id for name, user_id in found.filter(is_active=True).values_list("username", "pk")}


def oneself(user: User) -> User:
    """A caller with all columns; who shows a token comes with few."""
    return User.objects.get(pk=user.pk) if user.get_deferred_fields() else user


def followee_ids(user_id: int) -> list[int]:
    return list(Follow.objects.filter(follower=user_id).values_list("followee", flat=True))


def relations(viewer_id: int | None, user_ids: Sequence[int]) -> dict[int, Relation]:
    """The viewer's relation to each of these people, in one query; nothing for an anonymous viewer."""
    if viewer_id is None or not user_ids:
        return {each: Relation() for each in user_ids}
    pairs = set(
        Follow.objects.filter(follower=viewer_id, followee__in=user_ids)
        .union(Follow.objects.filter(followee=viewer_id, follower__in=user_ids), all=True)
        .values_list("follower_id", "followee_id")
    )
    return {each: Relation((viewer_id, each) in pairs, (each, viewer_id) in pairs) for each in user_ids}


def with_relations(viewer_id: int | None, people: Sequence[User]) -> list[User]:
    """The same people, each with its `relation` to the viewer."""
    found = relations(viewer_id, [user.pk for user in people])
    for user in people:
        user.relation = found[user.pk]  # type: ignore[attr-defined]  # read by templates and serializers
    return list(people)


def followers(
    user: User, viewer_id: int | None, before: int | None = None, since: int | None = None, limit: int = 20
) -> PeoplePage:
    """Who follows this person."""
    rows = Follow.objects.filter(followee=user, follower__is_active=True).select_related("follower")
    return people_of(rows, "follower", viewer_id, before, since, limit)


def following(
    user: User, viewer_id: int | None, before: int | None = None, since: int | None = None, limit: int = 20
) -> PeoplePage:
    """Whom this person follows."""
    rows = Follow.objects.filter(follower=user, followee__is_active=True).select_related("followee")
    return people_of(rows, "followee", viewer_id, before, since, limit)


def people_of(
    rows: QuerySet[Any], side: str, viewer_id: int | None, before: int | None, since: int | None, limit: int
) -> PeoplePage:
    """A page of the people in some rows, latest row first; cursors are the rows' ids.

    Args:
        rows: those of active people, with the person selected along.
        side: the column that holds the person.
    """
    found, more = _newer(rows, since, limit) if since is not None else _older(rows, before, limit)
    people = with_relations(viewer_id, [getattr(each, side) for each in found])
    empty = since if since is not None else (before or 1) - 1
    return PeoplePage(people, found[-1].pk if more else None, found[0].pk if found else empty)


def _older(rows: QuerySet[Any], before: int | None, limit: int) -> tuple[list[Any], bool]:
    """The latest rows, and whether there are older ones."""
    older = rows if before is None else rows.filter(pk__lt=before)
    found = list(older.order_by("-pk")[: limit + 1])
    return found[:limit], len(found) > limit


def _newer(rows: QuerySet[Any], since: int, limit: int) -> tuple[list[Any], bool]:
    """The rows nearest after the cursor, latest first; whoever has a cursor has seen an older one."""
    nearest = list(rows.filter(pk__gt=since).order_by("pk")[:limit])
    return nearest[::-1], bool(nearest) and since > 0


def people_to_follow(viewer_id: int | None, limit: int = 5) -> list[User]:
    """The most followed people whom the viewer does not follow yet."""
    people = User.objects.filter(is_active=True).order_by("-followers_count", "pk")
    if viewer_id is not None:
        people = people.exclude(pk=viewer_id).exclude(follower_rows__follower=viewer_id)
    return with_relations(viewer_id, list(people[:limit]))


def suspended_among(user_ids: Iterable[int]) -> list[int]:
    """Those of these people whose accounts are suspended."""
    return list(User.objects.filter(pk__in=user_ids, is_active=False).values_list("pk", flat=True))
