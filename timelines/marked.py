"""What a person has liked or kept, for this person alone: X keeps likes private since 2024, and bookmarks always."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from accounts.models import User
from timelines.feed import Feed, FeedPage, what_may_be_seen
from tweets.models import Bookmark, Like


def likes(owner: User, *, before: int | None = None, since: int | None = None, limit: int = 20) -> FeedPage:
    """A page of what the owner likes, latest like first; cursors are ids of likes."""
    return _page(Like, owner, before, since, limit)


def bookmarks(owner: User, *, before: int | None = None, since: int | None = None, limit: int = 20) -> FeedPage:
    """A page of what the owner keeps, latest bookmark first; cursors are ids of bookmarks."""
    return _page(Bookmark, owner, before, since, limit)


def _page(
    kind: type[Like] | type[Bookmark], owner: User, before: int | None, since: int | None, limit: int
) -> FeedPage:
    marked = Marked(kind, owner.pk)
    return Feed(marked, owner.pk, what_may_be_seen, tweet_at=marked.tweets.__getitem__, window=0).page(
        before, since, limit
    )


@dataclass(frozen=True, slots=True)
class Marked:
    """The skeleton of somebody's marks.

    Attributes:
        tweets: the tweet behind each mark that was given out.
    """

    kind: type[Like] | type[Bookmark]
    owner_id: int
    tweets: dict[int, int] = field(default_factory=dict)

    def older(self, before: int | None, count: int) -> Sequence[int]:
        rows = self._rows() if before is None else self._rows().filter(pk__lt=before)
        return self._given_out(rows.order_by("-pk")[:count])

    def newer(self, since: int, count: int) -> Sequence[int]:
        return self._given_out(self._rows().filter(pk__gt=since).order_by("pk")[:count])

    def _rows(self) -> QuerySet[Like] | QuerySet[Bookmark]:
        return self.kind.objects.filter(user=self.owner_id)

    def _given_out(self, rows: QuerySet[Like] | QuerySet[Bookmark]) -> Sequence[int]:
        found = dict(rows.values_list("pk", "tweet_id"))
        self.tweets.update(found)
        return list(found)
