"""Lists as the API and pages show them to a viewer."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import orjson
from django.conf import settings

from accounts import cards
from accounts.counts import lists as counts
from accounts.lists import queries
from accounts.lists.models import List
from accounts.lists.queries import Place


def shown(lists: Sequence[List], viewer_id: int | None) -> list[dict[str, Any]]:
    """The API's List of each, in as many questions for a page of them as for one.

    Args:
        lists: with their owners.
    """
    ids = [each.pk for each in lists]
    counted, places = counts.shown(ids), queries.places(viewer_id, ids)
    return [_shown(each, counted[each.pk], places[each.pk]) for each in lists]


def _shown(each: List, counted: dict[str, int], place: Place) -> dict[str, Any]:
    return {
        "id": str(each.pk),
        "url": settings.SITE_URL + each.get_absolute_url(),
        "name": each.name,
        "description": each.description,
        "private": each.private,
        "created_at": each.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "owner": orjson.loads(cards.PersonCard.parse(cards.store(each.owner)).json),
        "counts": counted,
        "viewer": asdict(place),
    }
