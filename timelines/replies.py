"""What was answered to one tweet."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from timelines.feed import Feed, FeedPage, what_is_wanted_here
from tweets import queries
from tweets.models import Tweet


def page(
    tweet_id: int, viewer_id: int | None, *, before: int | None = None, since: int | None = None, limit: int = 20
) -> FeedPage:
    """A page of the direct replies to a tweet.

    Raises:
        Tweet.DoesNotExist: the tweet is gone, or may not be seen.
    """
    tweet = queries.visible_original(tweet_id, viewer_id)
    return Feed(Replies(tweet.pk), viewer_id, what_is_wanted_here, window=0).page(before, since, limit)


@dataclass(frozen=True, slots=True)
class Replies:
    """The skeleton of the replies; no two of them are the same tweet."""

    tweet_id: int

    def older(self, before: int | None, count: int) -> Sequence[int]:
        rows = self._rows() if before is None else self._rows().filter(pk__lt=before)
        return list(rows.order_by("-pk").values_list("pk", flat=True)[:count])

    def newer(self, since: int, count: int) -> Sequence[int]:
        return list(self._rows().filter(pk__gt=since).order_by("pk").values_list("pk", flat=True)[:count])

    def _rows(self) -> QuerySet[Tweet]:
        return Tweet.objects.filter(in_reply_to=self.tweet_id, deleted_at=None)
