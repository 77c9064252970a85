"""What one person wrote and retweeted."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from accounts.models import User
from timelines.feed import Feed, FeedPage
from tweets.models import Tweet


def page(
    author: User,
    viewer: User | None,
    *,
    before: int | None = None,
    since: int | None = None,
    limit: int = 20,
    with_replies: bool = False,
) -> FeedPage:
    """A page of a profile: own tweets, self-threads and retweets; with answers to others only when asked for."""
    skeleton = Profile(author.pk, with_replies)
    return Feed(skeleton, viewer.pk if viewer else None).page(before, since, limit)


@dataclass(frozen=True, slots=True)
class Profile:
    """The skeleton of a profile."""

    author_id: int
    with_replies: bool

    def older(self, before: int | None, count: int) -> Sequence[int]:
        rows = self._rows() if before is None else self._rows().filter(pk__lt=before)
        return list(rows.order_by("-pk").values_list("pk", flat=True)[:count])

    def newer(self, since: int, count: int) -> Sequence[int]:
        return list(self._rows().filter(pk__gt=since).order_by("pk").values_list("pk", flat=True)[:count])

    def _rows(self) -> QuerySet[Tweet]:
        rows = Tweet.objects.filter(author=self.author_id, deleted_at=None)
        if self.with_replies:
            return rows
        return rows.filter(Q(in_reply_to_user=None) | Q(in_reply_to_user=F("author")))
