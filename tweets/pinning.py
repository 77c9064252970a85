"""Which tweet stands first on its author's profile: one for each."""

from django.db import transaction

from accounts.models import User
from tweets import marks, queries
from tweets.models import Pin, Tweet
from tweets.rejections import Rejected


class PinOfRetweet(Rejected):
    field = ""
    code = "retweet"

    def __init__(self) -> None:
        super().__init__("Only a tweet of your own can be pinned, not a retweet.")


@transaction.atomic
def pin(*, user: User, tweet_id: int) -> Tweet:
    """Show a tweet first on its author's profile, instead of the one that was there. Pinning twice changes nothing.

    Raises:
        Tweet.DoesNotExist: the user has no such tweet (any more).
        PinOfRetweet: it is somebody else's words.
    """
    own = Tweet.objects.select_for_update(no_key=True).get(pk=tweet_id, author=user, deleted_at=None)
    if own.retweet_of_id:
        raise PinOfRetweet
    marks.block(user.pk)
    Pin.objects.bulk_create(
        [Pin(user=user, tweet=own)], update_conflicts=True, unique_fields=["user"], update_fields=["tweet"]
    )
    return own


@transaction.atomic
def unpin(*, user: User, tweet_id: int) -> Tweet:
    """No longer show a tweet first; of one that is not pinned nothing changes.

    Raises:
        Tweet.DoesNotExist: the user has no such tweet (any more).
    """
    own = queries.own_tweet(user, tweet_id)
    marks.block(user.pk)
    Pin.objects.filter(user=user, tweet=own).delete()
    return own
