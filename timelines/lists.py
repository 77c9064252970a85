"""What the members of a list write, newest first; pulled at every read (docs/adr/0016).

A tweet belongs if it is not deleted and by a member and, being a reply, answers its own author or another member: what
home is to whom one follows. It is the same for every reader; rules hide from each what he may not see.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.lists.models import List
from accounts.models import User
from timelines.feed import Feed, FeedPage
from timelines.plans import Plan

_PLAN = Plan(
    authors="SELECT person_id AS author_id FROM accounts_listmember WHERE list_id = %(list)s",
    belongs="""t.deleted_at IS NULL AND (
        t.in_reply_to_user_id IS NULL OR t.in_reply_to_user_id = t.author_id
        OR EXISTS (SELECT FROM accounts_listmember r
            WHERE r.list_id = %(list)s AND r.person_id = t.in_reply_to_user_id))""",
)


def page(
    shown: List, viewer: User | None, *, before: int | None = None, since: int | None = None, limit: int = 20
) -> FeedPage:
    """A page of the feed of a list that the viewer may see."""
    return Feed(ListFeed(shown.pk), viewer.pk if viewer else None).page(before, since, limit)


@dataclass(frozen=True, slots=True)
class ListFeed:
    """The skeleton of a list."""

    list_id: int

    def older(self, before: int | None, count: int) -> Sequence[int]:
        return _PLAN.older({"list": self.list_id}, before, count)

    def newer(self, since: int, count: int) -> Sequence[int]:
        return _PLAN.newer({"list": self.list_id}, since, count)
