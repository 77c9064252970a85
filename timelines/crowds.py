"""Authors too big to be pushed: push, then promoting, then pull; there is no way back."""

from django.conf import settings
from django.db import transaction

from accounts.models import User
from timelines.models import Crowd, FeedEvent


def promote(most: int = 100) -> int:
    """Begin the promotion of authors above `FANOUT_LIMIT` followers.

    Returns:
        How many were begun.
    """
    outgrown = User.objects.filter(followers_count__gt=settings.FANOUT_LIMIT, crowd=None).order_by("-followers_count")
    return sum(begin(author_id) for author_id in outgrown.values_list("pk", flat=True)[:most])


@transaction.atomic
def begin(author_id: int) -> bool:
    """From now on rebuilt inboxes pull this author; the event written here makes the others cold.

    Returns:
        False when the author had been begun before.
    """
    created = Crowd.objects.get_or_create(author_id=author_id)[1]
    if created:
        FeedEvent.objects.create(kind=FeedEvent.Kind.PROMOTED, subject_id=author_id)
    return created


def finish(author_id: int) -> None:
    """All followers have been made cold: from now on tweets are left to be pulled."""
    Crowd.objects.filter(author_id=author_id).update(state=Crowd.State.PULL)
