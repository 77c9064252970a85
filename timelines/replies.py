"""What was answered to one tweet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from django.db.models import QuerySet

from timelines.feed import Feed, FeedPage, Place, what_is_wanted_here
from tweets import queries
from tweets.models import Tweet


def page(tweet_id: int, viewer_id: int | None, *, without_id: int | None = None, **place: Unpack[Place]) -> FeedPage:
    """A page of the direct replies to a tweet, newest first.

    Args:
        without_id: one that stands elsewhere on the page.

    Raises:
        Tweet.DoesNotExist: the tweet is gone, or may not be seen.
    """
    tweet = queries.visible_original(tweet_id, viewer_id)
    return Feed(Replies(tweet.pk, without_id), viewer_id, what_is_wanted_here, window=0).page(**place)


@dataclass(frozen=True, slots=True)
class Replies:
    """The skeleton of the replies; no two of them are the same tweet."""

    tweet_id: int
    without_id: int | None = None

    def older(self, before: int | None, count: int) -> Sequence[int]:
        rows = self._rows() if before is None else self._rows().filter(pk__lt=before)
        return list(rows.order_by("-pk").values_list("pk", flat=True)[:count])

    def newer(self, since: int, count: int) -> Sequence[int]:
        return list(self._rows().filter(pk__gt=since).order_by("pk").values_list("pk", flat=True)[:count])

    def _rows(self) -> QuerySet[Tweet]:
        rows = Tweet.objects.filter(in_reply_to=self.tweet_id, deleted_at=None)
        return rows.exclude(pk=self.without_id) if self.without_id else rows
