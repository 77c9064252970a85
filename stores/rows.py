"""Rows that many may add and remove at once."""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections, models
from django.db.models.expressions import DatabaseDefault

ATTEMPTS = 10

Row = TypeVar("Row", bound=models.Model)


class PlainRow(models.Model):
    """A row whose values are plain, and whose key PostgreSQL makes, inserted by a statement that is written once.

    The ORM writes it anew each time, and resolves and prepares each value, for every tweet (bench row 6). Signals are
    sent as ever.
    """

    class Meta:
        abstract = True

    def _do_insert(self, manager: Any, using: str, fields: Any, returning_fields: Any, raw: bool) -> Any:
        if raw or not isinstance(self.pk, DatabaseDefault):
            return super()._do_insert(manager, using, fields, returning_fields, raw)  # type: ignore[misc]
        return _inserted(self, using)


def _inserted(row: models.Model, using: str = DEFAULT_DB_ALIAS, otherwise: str = "") -> list[Any]:
    """The columns that PostgreSQL made by itself.

    Args:
        otherwise: what to do where another row is in its way, as SQL.
    """
    statement, fields = _insert_of(type(row))
    with connections[using].cursor() as cursor:
        cursor.execute(statement.format(otherwise), [each.pre_save(row, True) for each in fields])
        returned: list[Any] = cursor.fetchall()
    return returned


@cache
def _insert_of(kind: type[models.Model]) -> tuple[str, Sequence[Any]]:
    """The statement, and the fields whose values it takes."""
    meta: Any = kind._meta
    fields = [each for each in meta.local_concrete_fields if not each.primary_key]
    columns, returned = (", ".join(each.column for each in some) for some in (fields, meta.db_returning_fields))
    values = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {meta.db_table} ({columns}) VALUES ({values}) {{}} RETURNING {returned}", fields


def added(row: models.Model) -> bool:
    """Insert a row of plain values unless one is in its way, by one statement; `got_or_added` takes four.

    Its key is set, the only column that PostgreSQL makes, and `post_save` sent, but no `pre_save`.

    Returns:
        Whether it is new.
    """
    returned = _inserted(row, otherwise="ON CONFLICT DO NOTHING")
    if returned:
        (row.pk,) = returned[0]
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        about = {"raw": False, "update_fields": None, "using": DEFAULT_DB_ALIAS}
        models.signals.post_save.send(type(row), instance=row, created=True, **about)
    return bool(returned)


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
