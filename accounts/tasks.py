"""Thin Celery entries."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from accounts import actions, mails
from accounts.access import sweeping
from accounts.relations import actions as relations
from stores import bucket_rows

logger = logging.getLogger(__name__)


def wake_mails() -> None:
    """See to it that mails just written are sent now. If nobody can be told, the sweep sends them."""
    try:
        send_mails.delay()
    except OperationalError:
        logger.info("nobody was told of a mail; the sweep will find it")


@shared_task
def send_mails() -> None:
    """Send the mails that are due."""
    mails.send_due()


@shared_task
def sweep_buckets() -> None:
    """Delete what an absence of Redis has left of limits, until nothing is left."""
    while bucket_rows.sweep():
        pass


@shared_task
def sweep_access() -> None:
    """Delete what is left of codes, tokens and sessions that have expired."""
    sweeping.sweep()


@shared_task
def sweep_relations() -> None:
    """Delete mutes that are over, and let those follow who had asked somebody not protected any more."""
    while relations.sweep_mutes():
        pass
    while actions.accept_left_over():
        pass
