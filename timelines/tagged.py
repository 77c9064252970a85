"""What was written with one hashtag, replies among it; retweets have no tags of their own."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from timelines.feed import Feed, FeedPage
from tweets.hashtags import Tag
from tweets.models import TweetTag


def page(
    tag: Tag, viewer: User | None, *, before: int | None = None, since: int | None = None, limit: int = 20
) -> FeedPage:
    """A page of what was written with a tag; empty for one that nobody has used."""
    return Feed(Tagged(tag.pk or 0), viewer.pk if viewer else None).page(before, since, limit)


@dataclass(frozen=True, slots=True)
class Tagged:
    """The skeleton of a tag."""

    tag_id: int

    def older(self, before: int | None, count: int) -> Sequence[int]:
        rows = self._rows() if before is None else self._rows().filter(tweet__lt=before)
        return list(rows.order_by("-tweet_id").values_list("tweet_id", flat=True)[:count])

    def newer(self, since: int, count: int) -> Sequence[int]:
        rows = self._rows().filter(tweet__gt=since)
        return list(rows.order_by("tweet_id").values_list("tweet_id", flat=True)[:count])

    def _rows(self) -> QuerySet[TweetTag]:
        return TweetTag.objects.filter(tag=self.tag_id)
