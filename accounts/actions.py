"""The only code that changes people and whom they follow; `accounts.relations.actions` has whom they keep away."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import cards, visits
from accounts.access import endings
from accounts.counts import people
from accounts.models import Block, Follow, FollowRequest, User
from accounts.relations import sight
from stores import commits, rows

ACCEPTED_AT_ONCE = 500


class CannotFollowYourself(Exception):
    """Nobody follows himself: his own tweets are in his home anyway."""


class CannotFollowBlocked(Exception):
    """Whoever blocks somebody has to unblock him first."""


@transaction.atomic
def follow(*, follower: User, followee: User) -> bool:
    """Follow a person, or ask a protected one to be let follow.

    Returns:
        Whether this is new; following, or asking, twice changes nothing.

    Raises:
        CannotFollowYourself: follower and followee are the same.
        CannotFollowBlocked: the follower blocks the followee.
        User.DoesNotExist: the followee is suspended, or blocks the follower.
    """
    if follower.pk == followee.pk:
        raise CannotFollowYourself
    wait_for_turn(follower.pk, followee.pk)
    followee = User.objects.get(pk=followee.pk, is_active=True)
    _refuse_between_blocked(follower, followee)
    if followee.is_protected and not Follow.objects.filter(follower=follower, followee=followee).exists():
        return rows.got_or_added(FollowRequest.objects, requester=follower, target=followee)[1]
    return _add_follow(follower, followee)


def wait_for_turn(one_id: int, other_id: int) -> None:
    """Between two people one thing changes at a time: a follow that comes with a block does not outlive it."""
    low, high = sorted((one_id, other_id))
    rows.wait_for_turn(f"relation {low} {high}")


def _refuse_between_blocked(follower: User, followee: User) -> None:
    pair = (follower.pk, followee.pk)
    blockers = set(Block.objects.filter(blocker__in=pair, blocked__in=pair).values_list("blocker", flat=True))
    if followee.pk in blockers:
        raise User.DoesNotExist
    if blockers:
        raise CannotFollowBlocked


def _add_follow(follower: User, followee: User) -> bool:
    created = rows.got_or_added(Follow.objects, follower=follower, followee=followee)[1]
    if created:
        _count_follow(follower, followee, +1)
    return created


@transaction.atomic
def unfollow(*, follower: User, followee: User) -> bool:
    """No longer follow a person, nor ask him to.

    Returns:
        Whether there was something to end.
    """
    withdrawn = FollowRequest.objects.filter(requester=follower, target=followee).delete()[0]
    row = Follow.objects.filter(follower=follower, followee=followee).select_for_update().first()
    if row is None:
        return bool(withdrawn)
    row.delete()
    _count_follow(follower, followee, -1)
    if not row.shows_retweets:
        sight.block([follower.pk])
    return True


@transaction.atomic
def accept_request(*, request: FollowRequest) -> bool:
    """Let somebody follow who has asked.

    Returns:
        Whether he was still asking.
    """
    wait_for_turn(request.requester_id, request.target_id)
    if not FollowRequest.objects.filter(pk=request.pk).delete()[0]:
        return False
    _add_follow(request.requester, request.target)
    return True


def accept_left_over() -> int:
    """Accept requests to people who are not protected any more, some at a time.

    Returns:
        How many were found.
    """
    return _accept(FollowRequest.objects.filter(target__is_protected=False))


def _count_follow(follower: User, followee: User, by: int) -> None:
    people.change(followee.pk, "followers", by)
    people.change(follower.pk, "following", by)


def _accept(requests: "QuerySet[FollowRequest]") -> int:
    some = requests.select_related("requester", "target")[:ACCEPTED_AT_ONCE]
    for request in some:
        accept_request(request=request)
    return len(some)


@transaction.atomic
def edit_profile(*, user: User, changes: Mapping[str, Any]) -> None:
    """Change name, bio, location, website, avatar, header, or whether the account is protected.

    Protecting changes nothing for those who follow already. Where it ends, whoever has asked to follow does so; of very
    many, some are left to the sweep (`accept_left_over`).

    Args:
        changes: checked values by field name; "" removes a picture.
    """
    replaced = _pictures(user, changes)
    for field, value in changes.items():
        setattr(user, field, value)
    user.save(update_fields=list(changes))
    if changes.get("is_protected") is False:
        _accept(FollowRequest.objects.filter(target=user))
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
