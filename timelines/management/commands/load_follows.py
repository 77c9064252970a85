from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import django
from django.core.management.base import BaseCommand, CommandError

from timelines import graphs
from timelines.management import progress

PEOPLE_AT_ONCE = 100


class Command(BaseCommand):
    help = "Loads a follow graph, with people, tweets and warm inboxes where wanted. Running workers deliver."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, gzipped or not, with the columns follower and followee")
        parser.add_argument(
            "--read", action="store_true", help="let everybody read home once before anything is posted"
        )
        parser.add_argument("--tweets", type=int, default=0, metavar="N", help="let everybody post N tweets, in turns")
        parser.add_argument("--processes", type=int, default=1, metavar="N", help="read and post in N processes")

    def handle(self, *, file: Path, read: bool, tweets: int, processes: int, **options: Any) -> None:
        try:
            follows = graphs.read(file)
        except graphs.BadFile as error:
            raise CommandError(str(error)) from error
        ids = graphs.ids_of(sorted({each for pair in follows for each in pair}))
        pairs = [(ids[follower], ids[followee]) for follower, followee in follows]
        self._work("Following", "follows", len(pairs), graphs.follow(pairs))
        people = sorted(ids.values())
        groups = [people[i : i + PEOPLE_AT_ONCE] for i in range(0, len(people), PEOPLE_AT_ONCE)]
        if read:
            graphs.settle()
            reads = [partial(graphs.read_home, each) for each in groups]
            self._work("Reading", "homes", len(people), _share(processes, reads))
        if tweets:
            posts = [partial(graphs.post, turn, each) for turn in range(1, tweets + 1) for each in groups]
            self._work("Posting", "tweets", tweets * len(people), _share(processes, posts))

    def _work(self, label: str, unit: str, total: int, steps: Iterator[int]) -> None:
        progress.work(label, unit, total, steps, self.stdout.write)


def _share(processes: int, jobs: Sequence[Callable[[], int]]) -> Iterator[int]:
    """Do the jobs, in order as far as several processes can."""
    if processes == 1:
        yield from (job() for job in jobs)
        return
    # Spawned, for a forked process would share its parent's connections.
    with ProcessPoolExecutor(processes, get_context("spawn"), django.setup) as pool:
        yield from pool.map(_do, jobs)


def _do(job: Callable[[], int]) -> int:
    return job()
