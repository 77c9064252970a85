"""What somebody is told, in a form to compare."""

from typing import Any

import orjson

from accounts.models import User
from notifications import reading
from notifications.models import Notification
from notifications.queries import Filter


def told(user: User, which: Filter = Filter.ALL, **cursor: int) -> list[tuple[str, list[str], int]]:
    """Kind, names and count of each entry of somebody's page."""
    return [(each["kind"], names(each), each["count"]) for each in shown(user, which, **cursor)]


def shown(user: User, which: Filter = Filter.ALL, **cursor: int) -> list[Any]:
    return [orjson.loads(entry.json) for entry in reading.page(user, which, **cursor).entries]


def names(entry: Any) -> list[str]:
    return [person["username"] for person in entry["people"]]


def groups(user: User) -> list[tuple[int, int, list[int]]]:
    """Kind, tweet and actors of each row, latest first."""
    rows = Notification.objects.filter(recipient=user).order_by("-position")
    return [(row.kind, row.tweet_id, row.actors) for row in rows]
