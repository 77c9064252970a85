"""The only code that changes what is suggested."""

from django.db import transaction

from accounts.models import User
from discovery.models import Dismissal
from stores import rows


class Yourself(Exception):
    """Nobody is suggested to himself."""


@transaction.atomic
def dismiss(*, viewer: User, person: User) -> bool:
    """Suggest this person no longer.

    Returns:
        Whether this is new; dismissing twice changes nothing.

    Raises:
        Yourself: viewer and person are the same.
    """
    if viewer.pk == person.pk:
        raise Yourself
    return rows.got_or_added(Dismissal.objects, viewer=viewer, person=person)[1]
