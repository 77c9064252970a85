"""Thin Celery entries."""

from celery import shared_task

from accounts.access import sweeping
from stores import bucket_rows


@shared_task(queue="upkeep")
def sweep_buckets() -> None:
    """Delete what an absence of Redis has left of limits, until nothing is left."""
    while bucket_rows.sweep():
        pass


@shared_task(queue="upkeep")
def sweep_access() -> None:
    """Delete what is left of codes, tokens and sessions that have expired."""
    sweeping.sweep()
