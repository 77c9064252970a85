"""Who may see whom: as conditions for other queries, for one person, and for a page of people at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from accounts.models import Block, Follow, User


@dataclass(frozen=True, slots=True)
class Relation:
    """How a viewer and a person stand to each other. That a person blocks or mutes the viewer is not told.

    Attributes:
        requested, requested_by: the viewer, or the person, has asked to follow the other.
        hiding_retweets: the viewer follows, and is not shown what the person retweets.
    """

    following: bool = False
    followed_by: bool = False
    requested: bool = False
    requested_by: bool = False
    blocking: bool = False
    muting: bool = False
    hiding_retweets: bool = False


_RELATIONS = """
    SELECT followee_id, 'following' FROM accounts_follow
        WHERE follower_id = %(viewer)s AND followee_id = ANY(%(people)s)
    UNION ALL SELECT followee_id, 'hiding_retweets' FROM accounts_follow
        WHERE follower_id = %(viewer)s AND followee_id = ANY(%(people)s) AND NOT shows_retweets
    UNION ALL SELECT follower_id, 'followed_by' FROM accounts_follow
        WHERE followee_id = %(viewer)s AND follower_id = ANY(%(people)s)
    UNION ALL SELECT target_id, 'requested' FROM accounts_followrequest
        WHERE requester_id = %(viewer)s AND target_id = ANY(%(people)s)
    UNION ALL SELECT requester_id, 'requested_by' FROM accounts_followrequest
        WHERE target_id = %(viewer)s AND requester_id = ANY(%(people)s)
    UNION ALL SELECT blocked_id, 'blocking' FROM accounts_block
        WHERE blocker_id = %(viewer)s AND blocked_id = ANY(%(people)s)
    UNION ALL SELECT muted_id, 'muting' FROM accounts_mute
        WHERE muter_id = %(viewer)s AND muted_id = ANY(%(people)s) AND (until IS NULL OR until > clock_timestamp())"""


def relations(viewer_id: int | None, user_ids: Sequence[int]) -> dict[int, Relation]:
    """The viewer's relation to each of these people, in one query; nothing for an anonymous viewer."""
    found: dict[int, dict[str, bool]] = {each: {} for each in user_ids}
    if viewer_id is not None and user_ids:
        with connection.cursor() as cursor:
            cursor.execute(_RELATIONS, {"viewer": viewer_id, "people": list(user_ids)})
            for user_id, how in cursor.fetchall():
                found[user_id][how] = True
    return {user_id: Relation(**how) for user_id, how in found.items()}


# --- Conditions --------------------------------------------------------------------------------------------------


def is_there_for(viewer_id: int | None, person: str = "") -> Q:
    """The condition that a viewer may know of a person: not suspended, and neither blocks the other.

    Args:
        person: where the rows asked for have the person, such as "author"; nothing where they are people.
    """
    active = Q(**{_path(person, "is_active"): True})
    if viewer_id is None:
        return active
    blocked = Block.objects.filter(blocker=viewer_id, blocked=OuterRef(person or "pk"))
    blocker = Block.objects.filter(blocked=viewer_id, blocker=OuterRef(person or "pk"))
    return active & ~Q(Exists(blocked)) & ~Q(Exists(blocker))


def is_open_to(viewer_id: int | None, person: str = "") -> Q:
    """The condition that a viewer may see what a person writes: not protected from him either. Arguments as before."""
    open_to_all = Q(**{_path(person, "is_protected"): False})
    if viewer_id is not None:
        follows = Follow.objects.filter(follower=viewer_id, followee=OuterRef(person or "pk"))
        open_to_all |= Q(**{person or "pk": viewer_id}) | Q(Exists(follows))
    return is_there_for(viewer_id, person) & open_to_all


def _path(person: str, column: str) -> str:
    return f"{person}__{column}" if person else column


# --- One person --------------------------------------------------------------------------------------------------


class Closed(Exception):
    """What a person shows is not for this viewer; the message says so, and the code is for programs."""

    code = "closed"


class IsProtected(Closed):
    code = "protected"

    def __init__(self, person: User) -> None:
        super().__init__(f"This account is protected: only those whom @{person.username} lets follow see what is here.")


class IsBlocked(Closed):
    code = "blocking"

    def __init__(self, person: User) -> None:
        super().__init__(f"You have blocked @{person.username}.")


def check_open(person: User, viewer_id: int | None) -> None:
    """
    Args:
        person: somebody the viewer may know of (`accounts.queries.person`).

    Raises:
        Closed: the viewer may know of the person, and must not see what he writes, whom he follows, or what he likes.
    """
    if viewer_id == person.pk:
        return
    relation = relations(viewer_id, [person.pk])[person.pk]
    if relation.blocking:
        raise IsBlocked(person)
    if person.is_protected and not relation.following:
        raise IsProtected(person)


def followees_among(follower_id: int, person_ids: Sequence[int]) -> set[int]:
    """Whom of these people somebody follows."""
    rows = Follow.objects.filter(follower=follower_id, followee__in=person_ids)
    return set(rows.values_list("followee", flat=True))
