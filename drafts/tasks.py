"""Thin Celery entries."""

from celery import shared_task

from drafts import actions


@shared_task
def post_due() -> None:
    """Post what is due, until nothing is left or what is left can't be dealt with."""
    while actions.post_due():
        pass
