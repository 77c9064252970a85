"""What is rising now against its usual level.

Every minute the newest original tweets of the last hour are looked at, `SAMPLE` of them at most, and for every hashtag
and word it is counted how many different people use it: who repeats himself counts once. A term's usual level is the
part of all authors that uses it, as a mean over the past of which a day weighs half; what is above it by more than
chance explains is rising. Nothing by protected or suspended accounts is looked at.

There is no language in it: none of the small detectors is dependable on texts as short as these.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import sqrt
from typing import NamedTuple

import regex
from django.db import connection, transaction
from django.utils import timezone

from discovery.models import Term
from tweets.models import Tweet, TweetTag, id_at

WINDOW = timedelta(hours=1)
SAMPLE = 5000
FEWEST_AUTHORS = 3
LEAST_SCORE = 2.0
HALF_LIFE = timedelta(days=1)
STEP = timedelta(minutes=2)  # for longer than this since the last count a term was not used
FORGOTTEN_AFTER = timedelta(days=7)
STALE_AFTER = timedelta(minutes=10)

_NO_WORDS = re.compile(r"https?://\S+|[@#＠＃$]\w+", re.IGNORECASE)
_WORD = regex.compile(r"(?<![\p{L}\p{M}\p{N}])\p{L}[\p{L}\p{M}\p{N}'’]{3,29}(?![\p{L}\p{M}\p{N}])")


class Key(NamedTuple):
    kind: int
    text: str


class Use(NamedTuple):
    """How a term was used in the sample: by whom, and in which form first."""

    authors: set[int]
    shown: str


def rising(limit: int) -> list[Term]:
    """The terms rising most, by the latest count; none when nobody has counted for a while."""
    fresh = Term.objects.filter(score__gt=0, counted_at__gt=timezone.now() - STALE_AFTER)
    return list(fresh.order_by("-score", "pk")[:limit])


def count(now: datetime | None = None) -> int:
    """Look at the newest tweets and settle what is rising. One at a time; who comes second does nothing.

    Returns:
        How many terms are rising.
    """
    now = now or timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('discovery.trends'))")
        if not cursor.fetchone()[0]:
            return 0
        sample = _sample(now)
        terms = _settled(_used(sample), len({author for _, author, _ in sample}), now)
        Term.objects.filter(score__gt=0).update(score=0)
        Term.objects.bulk_create(
            terms,
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["kind", "text"],
            update_fields=["usual", "authors", "score", "counted_at"],
        )
        Term.objects.filter(counted_at__lt=now - FORGOTTEN_AFTER).delete()
    return sum(term.score > 0 for term in terms)


Sampled = tuple[int, int, str]


def _sample(now: datetime) -> list[Sampled]:
    """Id, author and text of the newest tweets that count."""
    seen = Tweet.objects.filter(pk__gt=id_at(now - WINDOW), pk__lt=id_at(now), deleted_at=None, retweet_of=None)
    by_everybody = seen.filter(author__is_active=True, author__is_protected=False)
    return list(by_everybody.order_by("-pk").values_list("pk", "author_id", "text")[:SAMPLE])


def _used(sample: Sequence[Sampled]) -> dict[Key, Use]:
    """What more than one person uses."""
    authors = {tweet_id: author_id for tweet_id, author_id, _ in sample}
    used: dict[Key, Use] = {}
    for tweet_id, name, shown in TweetTag.objects.filter(tweet__in=authors).values_list(
        "tweet", "tag__name", "tag__shown"
    ):
        used.setdefault(Key(Term.Kind.HASHTAG, name), Use(set(), shown)).authors.add(authors[tweet_id])
    for _, author_id, text in sample:
        for word in words(text):
            used.setdefault(Key(Term.Kind.WORD, word.lower()), Use(set(), word)).authors.add(author_id)
    return {key: use for key, use in used.items() if len(use.authors) > 1}


def words(text: str) -> list[str]:
    """The words of four letters or more; what is a link, a name or a hashtag is none.

    Scripts without spaces between words have none here: of them hashtags alone are counted.
    """
    return [found.group() for found in _WORD.finditer(_NO_WORDS.sub(" ", text))]


def _settled(used: Mapping[Key, Use], everybody: int, now: datetime) -> list[Term]:
    """The terms with their new levels and scores."""
    known = _known(used)
    is_first = not known and not Term.objects.exists()
    return [_settle(key, use, known.get(key), everybody, now, is_first) for key, use in used.items()]


def _known(used: Iterable[Key]) -> dict[Key, Term]:
    texts: dict[int, list[str]] = defaultdict(list)
    for key in used:
        texts[key.kind].append(key.text)
    found = [term for kind, of_kind in texts.items() for term in Term.objects.filter(kind=kind, text__in=of_kind)]
    return {Key(term.kind, term.text): term for term in found}


def _settle(key: Key, use: Use, known: Term | None, everybody: int, now: datetime, is_first: bool) -> Term:
    """On the very first count everything is as usual: there is nothing to hold it against."""
    part = len(use.authors) / everybody
    before = part if is_first else _faded(known, now) if known else 0.0
    score = (len(use.authors) - before * everybody) / sqrt(before * everybody + 1)
    is_rising = len(use.authors) >= FEWEST_AUTHORS and score >= LEAST_SCORE
    weight = _half(min(now - known.counted_at, STEP) if known else STEP)
    return Term(
        kind=key.kind,
        text=key.text,
        shown=use.shown,
        usual=weight * before + (1 - weight) * part,
        authors=len(use.authors),
        score=score if is_rising else 0,
        counted_at=now,
    )


def _faded(known: Term, now: datetime) -> float:
    """The usual level of a term that nobody used since the last count but one."""
    return known.usual * _half(max(now - known.counted_at - STEP, timedelta()))


def _half(passed: timedelta) -> float:
    return float(0.5 ** (passed / HALF_LIFE))
