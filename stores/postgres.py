"""What every connection to PostgreSQL is told when it opens, and how long a worker keeps one."""

from typing import Any

from celery.signals import task_prerun
from django.conf import settings
from django.db import close_old_connections
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


def look_at_connections(**kwargs: Any) -> None:
    """As before every request: one that has become too old or lost its server is not used again.

    Celery by itself opens one for each task, and PostgreSQL starts a process for each:
    `CELERY_DB_REUSE_MAX` keeps it from that, and knows nothing of age and health.
    """
    close_old_connections()


def connect() -> None:
    connection_created.connect(limit_transactions, dispatch_uid="stores.limit_transactions")
    task_prerun.connect(look_at_connections, dispatch_uid="stores.look_at_connections")
