from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from random import sample as chosen
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from stores.redis import RedisError
from timelines import audit, walks
from timelines.audit import Audit
from timelines.walks import Walks

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Holds warm inboxes, authored lists and those of followed hashtags against PostgreSQL's own answer."
        " Ends with 1 if anything is missing, or a reader would see what he should not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sample", type=int, metavar="N", help="look at the inboxes of N readers instead of all")
        parser.add_argument("--pages", type=int, default=0, metavar="N", help="walk home of N readers down and up, too")
        parser.add_argument("--repair", action="store_true", help="forget the lists that are wrong")

    def handle(self, *, sample: int | None, pages: int, repair: bool, **options: Any) -> None:
        readers = audit.reader_ids(sample)
        try:
            audits = self._lists(readers)
        except RedisError as error:
            raise CommandError(f"Redis does not answer: {error}") from error
        self._say(_figures(*audits))
        walked = self._walk(chosen(readers, min(pages, len(readers)))) if pages else Walks()
        if repair:
            self.stdout.write(f"Forgotten: {sum(map(audit.forget, audits))} lists")
        if walked.wrong or any(each.failed for each in audits):
            self._say(_troubles(audits, walked))
            raise CommandError("Readers miss tweets, or see what they should not.")

    def _lists(self, readers: list[int]) -> tuple[Audit, Audit, Audit]:
        with tqdm(desc="Inboxes", total=len(readers), disable=None) as bar:
            return audit.inboxes(readers, bar.update), audit.authored_lists(), audit.tagged_lists()

    def _walk(self, readers: list[int]) -> Walks:
        with tqdm(desc="Pages", total=len(readers), disable=None) as bar:
            walked = walks.walk(readers, bar.update)
        found = f"{walked.readers:,} readers, {walked.tweets:,} tweets, {len(walked.wrong):,} readers wrong"
        self._say([("pages walked", found)])
        return walked

    def _say(self, lines: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> None:
        for label, value in lines:
            self.stdout.write(f"{label:<24}{value}")


def _figures(inboxes: Audit, authored: Audit, tagged: Audit) -> Iterator[tuple[str, str]]:
    yield "inboxes warm", f"{inboxes.warm:,} of {inboxes.owners:,}"
    yield "entries held", f"{inboxes.entries:,}"
    yield "full, or all there is", f"{inboxes.full / max(1, inboxes.warm):.2%}"
    yield "missing", f"{inboxes.missing:,}"
    yield "stale", f"{inboxes.stale:,}, of which readers would see {sum(map(len, inboxes.seen.values())):,}"
    yield "ties or order wrong", f"{inboxes.beside:,}"
    yield "authored lists", f"{authored.warm:,} warm, {len(authored.survivors):,} differing"
    yield "lists of hashtags", f"{tagged.warm:,} warm, {len(tagged.survivors):,} differing"
    yield "undecided", f"{sum(len(each.undecided) for each in (inboxes, authored, tagged)):,}"
    yield "bytes per inbox", f"{inboxes.bytes_each:,.0f}"


def _troubles(audits: Iterable[Audit], walked: Walks) -> Iterator[tuple[str, str]]:
    """Some of what is wrong, with ids, for whoever looks into it."""
    for audited in audits:
        for owner_id, difference in list(audited.survivors.items())[:SHOWN]:
            seen = audited.seen.get(owner_id, [])
            if difference.missing or difference.is_wrong_beside or seen:
                yield f"{audited.kind} {owner_id}", f"{_shortened(difference.missing)} missing, {_shortened(seen)} seen"
    for reader_id, wrong in list(walked.wrong.items())[:SHOWN]:
        yield f"home {reader_id}", wrong


def _shortened(ids: frozenset[int] | list[int]) -> str:
    return " ".join(map(str, sorted(ids)[:3])) + (" ..." if len(ids) > 3 else "") if ids else "nothing"
