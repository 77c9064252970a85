"""Reads about people."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Upper

from accounts.models import Block, Follow, FollowRequest, Mute, User
from accounts.relations.queries import check_open, is_there_for, relations
from stores.rows import newest_first


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


def person(username: str, viewer_id: int | None) -> User:
    """
    Raises:
        User.DoesNotExist: there is nobody of this name, the account is suspended, or it blocks the viewer.
    """
    people = User.objects.filter(username__iexact=username, is_active=True)
    if viewer_id is not None:
        people = people.exclude(blocked_rows__blocked=viewer_id)
    return people.get()


def anybody(username: str) -> User:
    """Also somebody who blocks the viewer: to be blocked in turn, muted or left, and never to be shown.

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


def muted_ids(user_id: int) -> set[int]:
    """Whom this person has muted, as of now."""
    return set(Mute.objects.in_force().filter(muter=user_id).values_list("muted", flat=True))


def kept_away_ids(user_id: int) -> set[int]:
    """Whom this person has muted, as of now, or blocks, and who blocks him."""
    blocked = Block.objects.filter(blocker=user_id).values_list("blocked", flat=True)
    blockers = Block.objects.filter(blocked=user_id).values_list("blocker", flat=True)
    return {*muted_ids(user_id), *blocked.union(blockers)}


def with_relations(viewer_id: int | None, people: Sequence[User]) -> list[User]:
    """The same people, each with its `relation` to the viewer; it is asked for those who have none yet."""
    found = relations(viewer_id, [user.pk for user in people if not hasattr(user, "relation")])
    for user in people:
        if user.pk in found:
            user.relation = found[user.pk]  # type: ignore[attr-defined]  # read by templates and serializers
    return list(people)


def followers(
    user: User, viewer_id: int | None, before: int | None = None, since: int | None = None, limit: int = 20
) -> PeoplePage:
    """Who follows this person.

    Raises:
        Closed: that is not for this viewer.
    """
    check_open(user, viewer_id)
    return people_of(Follow.objects.filter(followee=user), "follower", viewer_id, before, since, limit)


def following(
    user: User, viewer_id: int | None, before: int | None = None, since: int | None = None, limit: int = 20
) -> PeoplePage:
    """Whom this person follows. Raises as `followers`."""
    check_open(user, viewer_id)
    return people_of(Follow.objects.filter(follower=user), "followee", viewer_id, before, since, limit)


def people_of(
    rows: QuerySet[Any],
    side: str,
    viewer_id: int | None,
    before: int | None = None,
    since: int | None = None,
    limit: int = 20,
) -> PeoplePage:
    """A page of the people in some rows, latest row first, of whom the viewer may know; cursors are the rows' ids.

    Args:
        side: the column that holds the person.
    """
    return page_of(rows.filter(is_there_for(viewer_id, side)), side, viewer_id, before, since, limit)


def page_of(
    rows: QuerySet[Any], side: str, viewer_id: int | None, before: int | None, since: int | None, limit: int
) -> PeoplePage:
    """The same of all the people in the rows: for those whom a viewer himself keeps away."""
    found, more = newest_first(rows.select_related(side), before, since, limit)
    people = with_relations(viewer_id, [getattr(each, side) for each in found])
    empty = since if since is not None else (before or 1) - 1
    return PeoplePage(people, found[-1].pk if more else None, found[0].pk if found else empty)


def to_follow(viewer_id: int | None) -> QuerySet[User]:
    """Whom the viewer might begin to follow: open to everybody, and neither followed, asked nor avoided by him."""
    people = User.objects.filter(is_there_for(viewer_id), is_protected=False)
    if viewer_id is not None:
        people = people.exclude(pk=viewer_id).exclude(follower_rows__follower=viewer_id)
        people = people.exclude(pk__in=FollowRequest.objects.filter(requester=viewer_id).values("target"))
        people = people.exclude(pk__in=muted_ids(viewer_id))
    return people


def followed_among(follower_id: int | None, user_ids: Iterable[int]) -> dict[int, User]:
    """Those of these people whom somebody follows, and who are there."""
    return User.objects.filter(is_active=True, follower_rows__follower=follower_id).in_bulk(list(user_ids))


def suspended_among(user_ids: Iterable[int]) -> list[int]:
    """Those of these people whose accounts are suspended."""
    return list(User.objects.filter(pk__in=user_ids, is_active=False).values_list("pk", flat=True))
