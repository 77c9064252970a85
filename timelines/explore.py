"""What anybody wrote, newest first: original tweets, neither replies nor retweets."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from timelines.feed import Feed, FeedPage, what_is_public
from tweets.models import Tweet


def page(viewer: User | None, *, before: int | None = None, since: int | None = None, limit: int = 20) -> FeedPage:
    """A page of the public timeline."""
    return Feed(Explore(), viewer.pk if viewer else None, what_is_public).page(before, since, limit)


@dataclass(frozen=True, slots=True)
class Explore:
    """The skeleton of the public timeline."""

    def older(self, before: int | None, count: int) -> Sequence[int]:
        rows = self._rows() if before is None else self._rows().filter(pk__lt=before)
        return list(rows.order_by("-pk").values_list("pk", flat=True)[:count])

    def newer(self, since: int, count: int) -> Sequence[int]:
        return list(self._rows().filter(pk__gt=since).order_by("pk").values_list("pk", flat=True)[:count])

    def _rows(self) -> QuerySet[Tweet]:
        return Tweet.objects.filter(in_reply_to=None, retweet_of=None, deleted_at=None)
