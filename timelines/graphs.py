"""A follow graph from a file, made into people who follow, read and post."""

import csv
import gzip
import io
import re
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import importing, usernames
from accounts.models import User
from stores import commits
from timelines import fanout, home, inbox, tasks
from timelines.inbox import INBOX
from timelines.models import FeedEvent
from tweets.actions import post_tweet

COLUMNS = ["follower", "followee"]
PEOPLE_AT_ONCE = 500
FOLLOWS_AT_ONCE = 2000
LOOK_AGAIN_SECONDS = 0.1


class BadFile(Exception):
    """The file is no follow graph; the message says why."""


def read(path: Path) -> list[tuple[str, str]]:
    """The follows in a CSV file, gzipped or not, as pairs of usernames.

    Raises:
        BadFile: it can't be read, or two of its accounts would get the same username.
    """
    try:
        packed = path.read_bytes()
        text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise BadFile(f"{path} can't be read: {error}") from error
    return list(_follows(text))


def _follows(text: str) -> Iterator[tuple[str, str]]:
    rows = csv.DictReader(io.StringIO(text))
    if not set(COLUMNS) <= set(rows.fieldnames or []):
        raise BadFile(f"The first line must name the columns {' and '.join(COLUMNS)}.")
    accounts: dict[str, str] = {}
    for row in rows:
        follower, followee = (_username(row[column] or "", accounts) for column in COLUMNS)
        yield follower, followee


def _username(account: str, accounts: dict[str, str]) -> str:
    """The account's name as far as a username may be so.

    Args:
        accounts: who had which username so far, in upper case.
    """
    username = re.sub(r"\W", "_", account.strip(), flags=re.ASCII)[: usernames.MAX_LENGTH] or "_"
    try:
        usernames.not_reserved(username)
    except ValidationError:
        username = f"{username[: usernames.MAX_LENGTH - 1]}_"
    holder = accounts.setdefault(username.upper(), account)
    if holder != account:
        raise BadFile(f"{holder!r} and {account!r} would both be called @{username}.")
    return username


def ids_of(names: Sequence[str]) -> dict[str, int]:
    """Everybody's id by username; those not there yet get an account that nobody can log in to."""
    rest, ids = iter(names), dict[str, int]()
    while batch := list(islice(rest, PEOPLE_AT_ONCE)):
        ids |= importing.people_named(batch)
    return ids


def follow(pairs: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Make these follows, and yield how many of them were dealt with, batch by batch."""
    rest = iter(pairs)
    while batch := list(islice(rest, FOLLOWS_AT_ONCE)):
        _follow(batch)
        yield len(batch)


@transaction.atomic
def _follow(pairs: Sequence[tuple[int, int]]) -> None:
    """With all that signals do for a single follow."""
    readers = sorted(importing.follow_all(pairs))
    FeedEvent.objects.bulk_create(FeedEvent(kind=FeedEvent.Kind.TIES, subject_id=each) for each in readers)
    commits.afterwards(inbox.forget, INBOX, readers)
    commits.afterwards(tasks.wake)


def settle() -> None:
    """Deal with changed ties here and now, whether or not a worker runs: homes read after it stay warm."""
    while FeedEvent.objects.filter(kind=FeedEvent.Kind.TIES).exists():
        if fanout.drain():
            time.sleep(LOOK_AGAIN_SECONDS)  # what is left is in the hands of somebody else


def read_home(user_ids: Sequence[int]) -> int:
    """Let each of these people open home once.

    Returns:
        How many there were.
    """
    people = User.objects.in_bulk(user_ids)
    for user_id in user_ids:
        home.page(people[user_id])
    return len(user_ids)


def post(turn: int, user_ids: Sequence[int]) -> int:
    """Let each of these people post one tweet.

    Returns:
        How many there were.
    """
    people = User.objects.in_bulk(user_ids)
    for user_id in user_ids:
        post_tweet(author=people[user_id], text=f"This is tweet number {turn} by {people[user_id].username}.")
    return len(user_ids)
