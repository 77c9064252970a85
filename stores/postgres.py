"""What every connection to PostgreSQL is told when it opens."""

from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


def limit_transactions(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """End transactions after `TRANSACTION_TIMEOUT` seconds.

    PostgreSQL 17 brought `transaction_timeout`; before it, the two limits that together come nearest are set.
    """
    if not settings.TRANSACTION_TIMEOUT:
        return
    milliseconds = settings.TRANSACTION_TIMEOUT * 1000
    names = ["transaction_timeout"]
    if connection.pg_version < 170000:  # type: ignore[attr-defined]  # PostgreSQL's own wrapper has it
        names = ["statement_timeout", "idle_in_transaction_session_timeout"]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET {name} = {milliseconds}" for name in names))


def connect() -> None:
    connection_created.connect(limit_transactions, dispatch_uid="stores.limit_transactions")
