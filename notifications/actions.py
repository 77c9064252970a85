"""What people do with their notifications."""

from django.db import connection, transaction

from accounts.models import User
from notifications import queries, telling
from stores import commits


@transaction.atomic
def mark_read(*, user: User, up_to: int) -> int:
    """Note that somebody has read everything up to a position. It only ever moves on: of two devices, the one that has
    read further counts, whichever speaks last; and nobody has read what is not there yet.

    Returns:
        The position up to which he has read now.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO notifications_readmarker AS m (user_id, read_up_to)
            SELECT %s, newest FROM (VALUES (%s)) AS r (newest) WHERE newest > 0
            ON CONFLICT (user_id) DO UPDATE SET read_up_to = EXCLUDED.read_up_to
            WHERE m.read_up_to < EXCLUDED.read_up_to""",
            [user.pk, min(up_to, queries.newest_position(user.pk))],
        )
        moved = cursor.rowcount
    if moved:
        commits.afterwards(telling.tell, [user.pk])
    return queries.read_up_to(user.pk)
