"""Mails that wait to be sent: rows, so that none is lost with the broker, a worker or the mail server, and no request
waits for a mail server. Here alone they are written, sent and given up.

A mail is claimed by putting off when it is due, and then sent outside of any transaction: whoever dies in between
leaves it to a later sweep. It may come twice then; it does not get lost.
"""

import logging
from datetime import timedelta

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from accounts.models import OutgoingMail

AT_ONCE = 100
MOST_TRIES = 10
LONGEST_WAIT = timedelta(hours=1)

logger = logging.getLogger(__name__)


def write(*, message: EmailMessage) -> None:
    """Let a mail of plain text to one mailbox be sent soon, if the transaction commits."""
    OutgoingMail.objects.create(recipient=message.to[0], subject=str(message.subject), text=str(message.body))


def send_due() -> None:
    """Send what is due. After a failure the rest waits for the next sweep: the mail server may be away."""
    for _ in range(AT_ONCE):
        mail = _claimed()
        if mail is None or not _sent(mail):
            return


@transaction.atomic
def _claimed() -> OutgoingMail | None:
    due = OutgoingMail.objects.filter(due_at__lte=timezone.now()).order_by("due_at")
    mail = due.select_for_update(skip_locked=True).first()
    if mail is not None:
        mail.attempts += 1
        mail.due_at = timezone.now() + min(timedelta(minutes=2 ** (mail.attempts - 1)), LONGEST_WAIT)
        mail.save(update_fields=["attempts", "due_at"])
    return mail


def _sent(mail: OutgoingMail) -> bool:
    try:
        EmailMessage(mail.subject, mail.text, to=[mail.recipient]).send()
    except (OSError, ValueError) as error:  # what smtplib raises is an OSError; an address may be none after all
        logger.warning("mail %d was not sent, try %d: %s", mail.pk, mail.attempts, type(error).__name__)
        if mail.attempts >= MOST_TRIES:
            logger.error("mail %d is given up", mail.pk)
            mail.delete()
        return False
    mail.delete()
    return True
