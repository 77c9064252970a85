from argparse import ArgumentParser
from datetime import timedelta
from random import sample as chosen
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from notifications import audit
from notifications.audit import Audit

SHOWN = 20
AT_ONCE = 200


class Command(BaseCommand):
    help = "Holds notifications against what people have really done. Ends with 1 if anything is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sample", type=int, metavar="N", help="look at N recipients instead of all")
        parser.add_argument(
            "--hours", type=int, default=24, metavar="N", help="what is so, but not told, counts from N hours ago on"
        )
        parser.add_argument("--repair", action="store_true", help="have everything that is wrong looked at again")

    def handle(self, *, sample: int | None, hours: int, repair: bool, **options: Any) -> None:
        recipients = audit.recipient_ids()
        if sample is not None:
            recipients = chosen(recipients, min(sample, len(recipients)))
        found, since = Audit(), timezone.now() - timedelta(hours=hours)
        with tqdm(desc="Recipients", total=len(recipients), disable=None) as bar:
            for start in range(0, len(recipients), AT_ONCE):
                found.look(recipients[start : start + AT_ONCE], since)
                bar.update(AT_ONCE)
        self._say(found)
        if repair:
            self.stdout.write(f"Looked at again: {audit.repair(found)} pairs")
        if found.wrong:
            raise CommandError("Some are told what is not so, or are not told what is.")

    def _say(self, found: Audit) -> None:
        self.stdout.write(f"{found.recipients:,} recipients, {found.groups:,} groups, {found.members:,} members")
        self.stdout.write(f"wrong for {len(found.wrong):,}, undecided for {len(found.pending):,}")
        for recipient_id, words in list(found.wrong.items())[:SHOWN]:
            self.stdout.write(f"  {recipient_id}: {'; '.join(words[:3])}")
