"""Many rows at once, by COPY: for data sets that nobody would wait for otherwise."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.utils import timezone

Row = Sequence[object]


def copy(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows of these columns; the model's other fields get their defaults. No key is checked, no signal sent."""
    defaults = [field for field in model._meta.concrete_fields if _needs_default(field, columns)]
    names = ", ".join([*columns, *(str(field.column) for field in defaults)])
    tail = "".join(f"\t{_text(_default(field))}" for field in defaults)
    lines = ("\t".join(map(_text, row)) + tail + "\n" for row in rows)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET transaction_timeout = 0")
        cursor.copy_expert(f"COPY {model._meta.db_table} ({names}) FROM STDIN", _File(lines))
        cursor.execute("RESET session_replication_role; RESET transaction_timeout")


def _needs_default(field: "Field[Any, Any]", columns: Sequence[str]) -> bool:
    return field.column not in columns and not field.primary_key and not field.has_db_default()


def _default(field: "Field[Any, Any]") -> object:
    return timezone.now() if getattr(field, "auto_now_add", False) else field.get_default()


def _text(value: object) -> str:
    return "\\N" if value is None else str(value)


class _File:
    """Lines as a file to read from."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def read(self, size: int) -> str:
        read = []
        while size > 0 and (line := next(self._lines, None)):
            read.append(line)
            size -= len(line)
        return "".join(read)


def fresh_database(*models: type[Model]) -> None:
    """Empty these tables and all that refer to them; ids begin anew."""
    tables = ", ".join(model._meta.db_table for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


def next_id_after(model: type[Model], row_id: int) -> None:
    """Ids up to this one were given by us."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, row_id])


def tidy() -> None:
    """What autovacuum would have done by the time such data had come together."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
