"""People as the API shows them to a viewer."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings

from accounts import queries
from accounts.cards import avatar_url
from accounts.counts import people as counts
from accounts.models import User


def shown(people: Sequence[User], viewer_id: int | None) -> list[dict[str, Any]]:
    """The API's User of each, in as many questions for a page of them as for one."""
    ids = [user.pk for user in people]
    counted = counts.shown(ids)
    return [_shown(user, counted[user.pk]) for user in queries.with_relations(viewer_id, people)]


def _shown(user: User, counted: dict[str, int]) -> dict[str, Any]:
    return {
        "id": str(user.pk),
        "username": user.username,
        "name": user.get_full_name(),
        "protected": user.is_protected,
        "bio": user.bio,
        "location": user.location,
        "website": user.website,
        "avatar_url": avatar_url(user),
        "header_url": settings.SITE_URL + user.header.url if user.header else None,
        "url": settings.SITE_URL + user.get_absolute_url(),
        "created_at": user.date_joined.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "counts": counted,
        "viewer": asdict(user.relation),  # type: ignore[attr-defined]  # set by with_relations
    }
