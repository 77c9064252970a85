"""Rows that many may add and remove at once."""

from typing import Any, TypeVar

from django.db import IntegrityError, models

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
