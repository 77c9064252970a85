"""What one person wrote and retweeted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from django.db.models import F, Q, QuerySet

from accounts.models import User
from accounts.relations.queries import check_open
from timelines.feed import Feed, FeedPage, Place, what_may_be_seen
from tweets import presenting, queries
from tweets.models import Tweet


def page(
    author: User,
    viewer: User | None,
    *,
    with_replies: bool = False,
    without_id: int | None = None,
    **place: Unpack[Place],
) -> FeedPage:
    """A page of a profile: own tweets, self-threads and retweets; with answers to others only when asked for.

    Args:
        without_id: a tweet that stands elsewhere on the page.

    Raises:
        Closed: the viewer may not see what this author writes.
    """
    viewer_id = viewer.pk if viewer else None
    check_open(author, viewer_id)
    skeleton = Profile(author.pk, with_replies, without_id)
    return Feed(skeleton, viewer_id, what_may_be_seen).page(**place)


def pinned(author: User, viewer: User | None) -> bytes | None:
    """The tweet that the author shows first, as the API's Tweet; None if there is none that the viewer may see."""
    tweet_id = queries.pinned_id(author.pk)
    if tweet_id is None:
        return None
    shown = presenting.gather([tweet_id], viewer.pk if viewer else None).json(tweet_id)
    return None if shown == presenting.NOTHING else shown


@dataclass(frozen=True, slots=True)
class Profile:
    """The skeleton of a profile."""

    author_id: int
    with_replies: bool
    without_id: int | None = None

    def older(self, before: int | None, count: int) -> Sequence[int]:
        rows = self._rows() if before is None else self._rows().filter(pk__lt=before)
        return list(rows.order_by("-pk").values_list("pk", flat=True)[:count])

    def newer(self, since: int, count: int) -> Sequence[int]:
        return list(self._rows().filter(pk__gt=since).order_by("pk").values_list("pk", flat=True)[:count])

    def _rows(self) -> QuerySet[Tweet]:
        rows = Tweet.objects.filter(author=self.author_id, deleted_at=None)
        if self.without_id:
            rows = rows.exclude(pk=self.without_id)
        if self.with_replies:
            return rows
        return rows.filter(Q(in_reply_to_user=None) | Q(in_reply_to_user=F("author")))
