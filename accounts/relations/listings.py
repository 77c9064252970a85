"""Lists of people and words that belong to one viewer: whom he blocks and mutes, who asks to follow, whom he knows."""

from collections.abc import Sequence

from accounts.models import Block, Follow, FollowRequest, Mute, MutedWord, User
from accounts.queries import PeoplePage, page_of, people_of
from accounts.relations.queries import check_open


def blocked(viewer: User, before: int | None = None, since: int | None = None, limit: int = 20) -> PeoplePage:
    """Whom the viewer blocks, the latest first."""
    rows = Block.objects.filter(blocker=viewer, blocked__is_active=True)
    return page_of(rows, "blocked", viewer.pk, before, since, limit)


def muted(viewer: User, before: int | None = None, since: int | None = None, limit: int = 20) -> PeoplePage:
    """Whom the viewer has muted, the latest first."""
    rows = Mute.objects.in_force().filter(muter=viewer)
    return people_of(rows, "muted", viewer.pk, before, since, limit)


def requests(viewer: User, before: int | None = None, since: int | None = None, limit: int = 20) -> PeoplePage:
    """Who asks to follow the viewer, the latest first."""
    return people_of(FollowRequest.objects.filter(target=viewer), "requester", viewer.pk, before, since, limit)


def request_by(target: User, username: str) -> FollowRequest:
    """
    Raises:
        FollowRequest.DoesNotExist: nobody of this name asks to follow.
    """
    rows = FollowRequest.objects.filter(target=target, requester__is_active=True)
    return rows.select_related("requester", "target").get(requester__username__iexact=username)


def known_followers(
    person: User, viewer: User, before: int | None = None, since: int | None = None, limit: int = 20
) -> PeoplePage:
    """Who follows this person and is followed by the viewer, the latest follower first.

    Raises:
        Closed: that is not for this viewer.
    """
    check_open(person, viewer.pk)
    rows = Follow.objects.filter(followee=person, follower__follower_rows__follower=viewer)
    return people_of(rows, "follower", viewer.pk, before, since, limit)


def muted_words(viewer: User) -> Sequence[MutedWord]:
    """What the viewer has muted, by the alphabet."""
    return list(MutedWord.objects.in_force().filter(user=viewer).order_by("phrase"))
