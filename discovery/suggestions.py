"""Whom somebody might want to follow: people whom those he follows follow, each with that as the reason.

`SAMPLED` of those followed are asked for as many whom they follow. The order is kept for minutes; who may be suggested
at all is asked at every read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection

from accounts import queries as people
from accounts.models import User
from discovery.models import Dismissal

SAMPLED = 100
CANDIDATES = 200
NAMED = 1
KEPT_SECONDS = 300

_FRIENDS_OF_FRIENDS = """
WITH mine AS (SELECT followee_id FROM accounts_follow WHERE follower_id = %(viewer)s ORDER BY id DESC LIMIT %(sampled)s)
SELECT f.followee_id, array_agg(mine.followee_id ORDER BY mine.followee_id)
FROM mine CROSS JOIN LATERAL (
    SELECT followee_id FROM accounts_follow WHERE follower_id = mine.followee_id LIMIT %(sampled)s) f
WHERE f.followee_id <> %(viewer)s
    AND NOT EXISTS (SELECT FROM accounts_follow o
        WHERE o.follower_id = %(viewer)s AND o.followee_id = f.followee_id)
GROUP BY f.followee_id ORDER BY count(*) DESC, f.followee_id LIMIT %(candidates)s"""

Candidates = list[tuple[int, list[int]]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """
    Attributes:
        followed_by: some of those whom the viewer follows and who follow this person.
        others: how many more of them there are, at least.
    """

    person: User
    followed_by: Sequence[User]
    others: int

    @property
    def reason(self) -> str:
        if not self.followed_by:
            return "Many people follow this account"
        names = ", ".join(each.get_full_name() for each in self.followed_by)
        if not self.others:
            return f"Followed by {names}"
        return f"Followed by {names} and {self.others} other{'s' if self.others > 1 else ''} you follow"


def of(viewer_id: int | None, limit: int) -> list[Suggestion]:
    """People to follow: friends of friends, most common ones first, then those whom most people follow."""
    candidates = dict(_candidates(viewer_id)) if viewer_id is not None else {}
    allowed = people.to_follow(viewer_id).exclude(pk__in=dismissed(viewer_id))
    friends = allowed.in_bulk(list(candidates)) if candidates else {}
    chosen = [friends[each] for each in candidates if each in friends][:limit]
    if len(chosen) < limit:
        others = allowed.exclude(pk__in=[each.pk for each in chosen]).order_by("-followers_count", "pk")
        chosen += list(others[: limit - len(chosen)])
    return _with_reasons(viewer_id, chosen, candidates)


def dismissed(viewer_id: int | None) -> list[int]:
    """Whom the viewer does not want suggested."""
    return list(Dismissal.objects.filter(viewer=viewer_id).values_list("person", flat=True)) if viewer_id else []


def _candidates(viewer_id: int) -> Candidates:
    key = f"suggestions:{viewer_id}"
    kept: Candidates | None = cache.get(key)
    if kept is None:
        with connection.cursor() as cursor:
            cursor.execute(_FRIENDS_OF_FRIENDS, {"viewer": viewer_id, "sampled": SAMPLED, "candidates": CANDIDATES})
            kept = cursor.fetchall()
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _with_reasons(viewer_id: int | None, chosen: Sequence[User], candidates: dict[int, list[int]]) -> list[Suggestion]:
    """Named are those who are still followed, and there."""
    via = {user.pk: candidates.get(user.pk, []) for user in chosen}
    known = people.followed_among(viewer_id, {each for ids in via.values() for each in ids})
    found = []
    for person in people.with_relations(viewer_id, chosen):
        friends = [known[each] for each in via[person.pk] if each in known]
        found.append(Suggestion(person, friends[:NAMED], len(friends[NAMED:])))
    return found
