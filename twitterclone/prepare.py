"""What must be done before the processes of a local installation start: tables, static files, the demo network."""

import hashlib
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from discovery import trends
from notifications import audit
from twitterclone import demo


def prepare() -> None:
    # In this process only: on a slow machine tables and demo take as long as they take.
    settings.TRANSACTION_TIMEOUT = 0
    call_command("migrate", interactive=False, verbosity=0)
    if not get_user_model().objects.exists():
        print("Loading a small demo network ...", flush=True)
        call_command("load_demo", *demo.LOGINS, password=demo.PASSWORD, verbosity=0)
        _tell_of_the_demo()
        _find_what_rises()
    _collect_static(Path(settings.STATIC_ROOT).with_name("static.stamp"))
    connections.close_all()


def _tell_of_the_demo() -> None:
    """What was loaded in bulk was told to nobody; the worker will."""
    untold = audit.Audit()
    everybody = list(get_user_model().objects.values_list("pk", flat=True))
    untold.look(everybody, timezone.now() - timedelta(days=1))
    audit.repair(untold)


def _find_what_rises() -> None:
    """Against the hour before: whoever counts for the first time takes everything for usual."""
    now = timezone.now()
    trends.count(now - trends.WINDOW)
    trends.count(now)


def _collect_static(stamp: Path) -> None:
    """Compressing takes seconds, so only when a file has changed since the last time."""
    sources = _static_fingerprint()
    if not stamp.exists() or stamp.read_text() != sources:
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(sources)


def _static_fingerprint() -> str:
    found = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found.update(f"{name} {storage.get_modified_time(name)}\n".encode())
    return found.hexdigest()
