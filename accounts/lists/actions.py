"""The only code that changes lists, who is on them and who follows them."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from accounts.actions import wait_for_turn
from accounts.counts import lists as counts
from accounts.lists.models import List, ListFollow, ListMember
from accounts.models import Block, User
from stores import rows

MOST_LISTS = 1000
MOST_MEMBERS = 5000


class Refused(Exception):
    """What was asked for can't be; its text says why, to people.

    Attributes:
        code: the same for programs.
    """

    code = "refused"


class TooManyLists(Refused):
    code = "too_many_lists"

    def __init__(self) -> None:
        super().__init__(f"You have {MOST_LISTS:,} lists, and nobody may have more.")


class TooManyMembers(Refused):
    code = "too_many_members"

    def __init__(self) -> None:
        super().__init__(f"There are {MOST_MEMBERS:,} people on this list, and no list may have more.")


class Blocked(Refused):
    code = "blocked"

    def __init__(self, person: User) -> None:
        super().__init__(f"You have blocked @{person.username}.")


class OwnList(Refused):
    code = "own_list"

    def __init__(self) -> None:
        super().__init__("You can't follow your own list: it is among yours anyway.")


@transaction.atomic
def create_list(*, owner: User, name: str, description: str = "", private: bool = False) -> List:
    """
    Raises:
        TooManyLists: the owner has `MOST_LISTS`.
    """
    User.objects.select_for_update(no_key=True).values_list("pk").get(pk=owner.pk)  # one after the other
    if List.objects.filter(owner=owner).count() >= MOST_LISTS:
        raise TooManyLists
    return List.objects.create(owner=owner, name=name, description=description, private=private)


@transaction.atomic
def edit_list(*, edited: List, changes: Mapping[str, Any]) -> None:
    """Change name, description or `private`. What has become private is no longer shown to those who follow it.

    Args:
        changes: checked values by field name.
    """
    for field, value in changes.items():
        setattr(edited, field, value)
    if changes:
        edited.save(update_fields=list(changes))


@transaction.atomic
def delete_list(*, deleted: List) -> None:
    deleted.delete()


@transaction.atomic
def add_member(*, to: List, person: User) -> bool:
    """
    Returns:
        Whether this is new; adding twice changes nothing.

    Raises:
        TooManyMembers: the list has `MOST_MEMBERS`.
        Blocked: its owner has blocked the person.
        User.DoesNotExist: the person is suspended, or has blocked the owner.
        List.DoesNotExist: the list is gone.
    """
    if not person.is_active:
        raise User.DoesNotExist
    _refuse_blocked(to.owner_id, person)
    _hold(to)
    _refuse_beyond(to, person)
    created = rows.got_or_added(ListMember.objects, list=to, person=person)[1]
    if created:
        counts.change(to.pk, "members", +1)
    return created


def _refuse_blocked(owner_id: int, person: User) -> None:
    wait_for_turn(owner_id, person.pk)
    if Block.objects.filter(blocker=owner_id, blocked=person).exists():
        raise Blocked(person)
    if Block.objects.filter(blocker=person, blocked=owner_id).exists():
        raise User.DoesNotExist


def _hold(each: List) -> None:
    """One after the other, and nobody deletes it meanwhile."""
    List.objects.select_for_update(no_key=True).values_list("pk").get(pk=each.pk)


def _refuse_beyond(to: List, person: User) -> None:
    members = ListMember.objects.filter(list=to)
    if members.count() >= MOST_MEMBERS and not members.filter(person=person).exists():
        raise TooManyMembers


@transaction.atomic
def remove_member(*, of: List, person: User) -> bool:
    """
    Returns:
        Whether there was something to end.
    """
    return bool(_remove(of.pk, person.pk))


def _remove(list_id: int, person_id: int) -> int:
    removed = ListMember.objects.filter(list=list_id, person=person_id).delete()[0]
    if removed:
        counts.change(list_id, "members", -1)
    return removed


@transaction.atomic
def put_on_lists(*, owner: User, person: User, list_ids: Collection[int]) -> None:
    """See to it that, of the owner's lists, the person is on these and no others; all or nothing.

    Raises:
        List.DoesNotExist: one of them is not the owner's.
        Refused, User.DoesNotExist: as for `add_member`.
    """
    owned = {each.pk: each for each in List.objects.filter(owner=owner)}
    if not owned.keys() >= set(list_ids):
        raise List.DoesNotExist
    on = set(ListMember.objects.filter(list__owner=owner, person=person).values_list("list", flat=True))
    for list_id in sorted(on - set(list_ids)):
        _remove(list_id, person.pk)
    for list_id in sorted(set(list_ids) - on):
        add_member(to=owned[list_id], person=person)


def part(one: User, other: User) -> None:
    """Take two people off each other's lists, and have neither follow the other's; within the caller's transaction."""
    for owner, person in ((one, other), (other, one)):
        for list_id in ListMember.objects.filter(list__owner=owner, person=person).values_list("list", flat=True):
            _remove(list_id, person.pk)
        for followed in List.objects.filter(owner=owner, follow_rows__follower=person):
            unfollow_list(follower=person, followed=followed)


@transaction.atomic
def follow_list(*, follower: User, followed: List) -> bool:
    """
    Returns:
        Whether this is new; following twice changes nothing.

    Raises:
        OwnList: the list is the follower's own.
        List.DoesNotExist: the list is gone.
    """
    if followed.owner_id == follower.pk:
        raise OwnList
    _hold(followed)
    created = rows.got_or_added(ListFollow.objects, list=followed, follower=follower)[1]
    if created:
        counts.change(followed.pk, "followers", +1)
    return created


@transaction.atomic
def unfollow_list(*, follower: User, followed: List) -> bool:
    """
    Returns:
        Whether there was something to end.
    """
    deleted = ListFollow.objects.filter(list=followed, follower=follower).delete()[0]
    if deleted:
        counts.change(followed.pk, "followers", -1)
    return bool(deleted)
