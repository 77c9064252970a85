"""Thin Celery entries."""

from celery import shared_task

from discovery import trends


@shared_task
def count_trends() -> None:
    """Settle what is rising."""
    trends.count()
