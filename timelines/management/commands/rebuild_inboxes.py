from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from timelines import generation, home
from timelines.inbox import INBOX
from timelines.management import progress


class Command(BaseCommand):
    help = "Makes all inboxes cold; each is rebuilt from PostgreSQL when its reader comes by, or at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--warm", action="store_true", help="rebuild the inboxes of those who read home in the last INBOX_DAYS days"
        )

    def handle(self, *, warm: bool, **options: Any) -> None:
        self.stdout.write(f"All inboxes are cold: generation {generation.raise_number()}")
        if warm:
            readers = _active()
            progress.work("Warming", "inboxes", readers.count(), _rebuild(readers), self.stdout.write)


def _active() -> QuerySet[User]:
    since = timezone.now() - timedelta(days=settings.INBOX_DAYS)
    return User.objects.filter(is_active=True, seen_at__gte=since)


def _rebuild(readers: QuerySet[User]) -> Iterator[int]:
    for reader_id in readers.values_list("pk", flat=True).iterator():
        home.rebuild(INBOX, reader_id)
        yield 1
