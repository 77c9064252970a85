"""The database of the tests: migrated once in a run and copied, and emptied after a test that commits.

Django migrates a database for each process, a quarter of a minute of work; and it empties one by truncating every
table, which makes new files for all of them and their indexes, and enters content types and permissions anew. A test
writes few rows into a few tables.
"""

import os
from functools import cache
from pathlib import Path

from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction

from tests.servers import POSTGRES_HOME
from twitterclone.embedded.locks import acquire

_OF_DJANGO = {"auth_permission", "django_content_type"}  # follows from the models alone, so it can stay
_FEW = 200  # From about here on it is quicker to truncate than to check for each row who refers to it.


def copy_when_created() -> None:
    """Let it be a copy of the server's own database, which whoever comes first migrates while others wait.

    Only where the server is the run's own: in another nothing is left behind.
    """
    if home := os.environ.get(POSTGRES_HOME):
        with acquire(Path(home) / "migrated.lock", timeout=600):
            call_command("migrate", interactive=False, verbosity=0)
            connection.close()  # who is connected to a database keeps it from being copied
        connection.settings_dict["TEST"]["TEMPLATE"] = connection.settings_dict["NAME"]


def empty(_: object = None) -> None:
    """Every table of a model has no row afterwards, but for those that migrating alone fills."""
    found = _rows()
    try:
        if max(found.values(), default=0) < _FEW:
            _delete(list(found))
        else:
            _truncate()
    except (IntegrityError, OperationalError):  # somebody wrote meanwhile; this waits until he is done
        _truncate()


def _rows() -> dict[str, int]:
    """The tables that have any, and how many, of which no more than some are counted."""
    counted = f"(SELECT count(*) FROM (SELECT FROM {{0}} LIMIT {_FEW}) AS first)"
    parts = (f"SELECT '{{0}}', {counted}".format(each) for each in _tables())
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {table: rows for table, rows in cursor.fetchall() if rows}


@cache
def _tables() -> tuple[str, ...]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return tuple(sorted(set(names) - _OF_DJANGO))


@transaction.atomic
def _delete(tables: list[str]) -> None:
    """In any order: who refers to whom is looked at in the end."""
    with connection.cursor() as cursor:
        for each in tables:
            cursor.execute(f"DELETE FROM {each}")


def _truncate() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(_tables())}")
