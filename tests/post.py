"""What the postman brings."""

from collections.abc import Sequence

from django.core import mail
from django.core.mail import EmailMessage

from accounts import mails


def posted() -> Sequence[EmailMessage]:
    """All mails of this test, those that waited included: the worker has just been by."""
    mails.send_due()
    return mail.outbox
