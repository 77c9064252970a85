"""Thin Celery entries."""

from celery import shared_task

from stores import bucket_rows


@shared_task(queue="upkeep")
def sweep_buckets() -> None:
    """Delete what an absence of Redis has left of limits, until nothing is left."""
    while bucket_rows.sweep():
        pass
