"""Connections of a worker: kept from task to task, and not when their server is lost."""

import pytest
from celery.fixups import django as fixups
from celery.signals import task_prerun
from django.conf import settings
from django.db import connection

from twitterclone.celery import app


@pytest.mark.django_db(transaction=True)
def test_a_task_uses_the_connection_of_the_one_before_unless_it_is_lost() -> None:
    connection.ensure_connection()
    kept = connection.connection
    task_prerun.send(None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.connection is kept
    kept.close()
    task_prerun.send(None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert connection.connection is not kept


def test_celery_itself_closes_none_before_its_time() -> None:
    worker = fixups.DjangoWorkerFixup(app)  # type: ignore[attr-defined]  # the stubs leave it out
    assert worker.db_reuse_max == settings.CELERY_DB_REUSE_MAX == 1000
