"""The only code that changes people and whom they follow."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts import cards, visits
from accounts.access import endings
from accounts.counts import people
from accounts.models import Follow, User
from stores import commits, rows


class CannotFollowYourself(Exception):
    """Nobody follows himself: his own tweets are in his home anyway."""


@transaction.atomic
def follow(*, follower: User, followee: User) -> bool:
    """
    Returns:
        Whether this is new; following twice changes nothing.

    Raises:
        CannotFollowYourself: follower and followee are the same.
        User.DoesNotExist: the followee is suspended.
    """
    if follower.pk == followee.pk:
        raise CannotFollowYourself
    if not followee.is_active:
        raise User.DoesNotExist
    created = rows.got_or_added(Follow.objects, follower=follower, followee=followee)[1]
    if created:
        _count_follow(follower, followee, +1)
    return created


@transaction.atomic
def unfollow(*, follower: User, followee: User) -> bool:
    """
    Returns:
        Whether there was something to end.
    """
    deleted = Follow.objects.filter(follower=follower, followee=followee).delete()[0]
    if deleted:
        _count_follow(follower, followee, -1)
    return bool(deleted)


def _count_follow(follower: User, followee: User, by: int) -> None:
    people.change(followee.pk, "followers", by)
    people.change(follower.pk, "following", by)


@transaction.atomic
def edit_profile(*, user: User, changes: Mapping[str, Any]) -> None:
    """Change name, bio, location, website, avatar or header.

    Args:
        changes: checked values by field name; "" removes a picture.
    """
    replaced = _pictures(user, changes)
    for field, value in changes.items():
        setattr(user, field, value)
    user.save(update_fields=list(changes))
    _drop_card_on_commit(user)
    commits.afterwards(_delete_files, replaced)


def _pictures(user: User, changes: Mapping[str, Any]) -> list[str]:
    """The files that these changes leave without a use; the row is held, so that of two changes none is forgotten."""
    fields = [field for field in ("avatar", "header") if field in changes]
    held = User.objects.select_for_update(no_key=True).values_list(*fields).get(pk=user.pk) if fields else ()
    return [name for name in held if name]


def _delete_files(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


@transaction.atomic
def change_password(*, user: User, password: str | None) -> None:
    """Set a new password, or none; whoever held a session, a token or a socket by the old one is out."""
    user.set_password(password)
    user.save(update_fields=["password"])
    endings.end_all(user=user)


@transaction.atomic
def suspend(*, user: User) -> None:
    """Lock the account out and hide everything it wrote, until `unsuspend`; sessions and tokens do not come back."""
    _set_active(user, False)
    endings.end_all(user=user)


def unsuspend(*, user: User) -> None:
    _set_active(user, True)


@transaction.atomic
def _set_active(user: User, active: bool) -> None:
    user.is_active = active
    user.save(update_fields=["is_active"])
    _drop_card_on_commit(user)


def _drop_card_on_commit(user: User) -> None:
    commits.afterwards(cards.drop, [user.pk])


def saw_home(*, user: User) -> None:
    """Note, once a day, that this person came by."""
    now = timezone.now()
    if visits.is_first(user.pk, now.date()):
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        User.objects.filter(pk=user.pk).exclude(seen_at__gte=midnight).update(seen_at=now)
