"""Rows that many may add and remove at once."""

from typing import Any, TypeVar

from django.db import IntegrityError, connection, models

ATTEMPTS = 10

Row = TypeVar("Row", bound=models.Model)


def got_or_added(rows: "models.Manager[Row]", **values: Any) -> tuple[Row, bool]:
    """As Django's `get_or_create`, which raises when the row that was in its way is gone when it looks.

    Returns:
        The row, and whether it is new.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return rows.get_or_create(**values)
        except IntegrityError:
            continue  # somebody had added it, and somebody has removed it since
    return rows.get_or_create(**values)


def newest_first(
    rows: "models.QuerySet[Row]", before: int | None, since: int | None, limit: int
) -> tuple[list[Row], bool]:
    """A page of rows by falling key: the newest below `before`, or those nearest above `since`.

    Returns:
        The page, and whether there are older rows; whoever asks `since` has seen one.
    """
    if since is not None:
        nearest = list(rows.filter(pk__gt=since).order_by("pk")[:limit])
        return nearest[::-1], bool(nearest) and since > 0
    older = rows if before is None else rows.filter(pk__lt=before)
    found = list(older.order_by("-pk")[: limit + 1])
    return found[:limit], len(found) > limit


def wait_for_turn(name: str) -> None:
    """From here to the end of the transaction, be alone among those who wait for their turn by this name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
