"""Where a reader was in his home: kept in PostgreSQL, moved by his devices, each on top of what it knows."""

from datetime import timedelta

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from timelines.models import Marker
from tweets.models import id_at

_FIELDS = [field.attname for field in Marker._meta.concrete_fields]
_ONE = f"SELECT {', '.join(_FIELDS)} FROM {Marker._meta.db_table} WHERE reader_id = %s"

MOST_AHEAD = timedelta(minutes=1)  # what clocks may differ


class NotWritten(Exception):
    """Nobody has read what nobody has written: the id lies in the future."""


class Moved(Exception):
    """Another device has moved the marker meanwhile.

    Attributes:
        current: as it is now; None if there is none.
    """

    def __init__(self, current: Marker | None) -> None:
        super().__init__("Another device has moved it meanwhile.")
        self.current = current


def of(reader: User) -> Marker | None:
    """Where the reader was, if it is known."""
    with connection.cursor() as cursor:  # asked at every visit, and dear to make anew by the ORM
        cursor.execute(_ONE, [reader.pk])
        row = cursor.fetchone()
    return row and Marker.from_db(DEFAULT_DB_ALIAS, _FIELDS, row)


def move(*, reader: User, last_read_id: int, version: int) -> Marker:
    """Note up to where the reader has read.

    Args:
        version: that of the marker on which this is based; 0 if there was none.

    Raises:
        NotWritten: there can be no such tweet yet.
        Moved: the version is another by now; nothing has changed.
    """
    now = timezone.now()
    if last_read_id > id_at(now + MOST_AHEAD):
        raise NotWritten
    fresh = Marker(reader=reader, last_read_id=last_read_id, version=version + 1, updated_at=now)
    if not (_begin(fresh) if version == 0 else _follow_up(fresh)):
        raise Moved(of(reader))
    return fresh


def _begin(fresh: Marker) -> bool:
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _follow_up(fresh: Marker) -> bool:
    known = Marker.objects.filter(reader=fresh.reader_id, version=fresh.version - 1)
    return bool(known.update(last_read_id=fresh.last_read_id, version=F("version") + 1, updated_at=fresh.updated_at))


def read_up_to(*, reader: User, last_read_id: int) -> None:
    """Everything up to here is read; what lies further on stays read.

    Raises:
        NotWritten, Moved: as for `move`.
    """
    known = of(reader)
    if known is None or known.last_read_id < last_read_id:
        move(reader=reader, last_read_id=last_read_id, version=known.version if known else 0)
