"""What people write into the search box, and what is meant by it. Pure functions.

Words stand for themselves, all of them wanted; `"word after word"`; `#tag`; `from:name`, `to:name`; `since:` and
`until:` with a date; `has:media`, `has:links`, `filter:replies`. A minus before any of them but the dates wants it not
to be.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import regex

from tweets import words
from tweets.models import EPOCH, id_at
from tweets.text import is_tag

MOST_CHARACTERS = 500
BIGGEST_ID = 2**63 - 1

_TERM = regex.compile(
    r"""(?P<minus>-?)(?:
        (?P<operator>from|to|since|until|has|filter):(?P<value>\S*)
        | "(?P<quoted>[^"]*)"?
        | (?P<plain>\S+))""",
    regex.IGNORECASE | regex.VERBOSE,
)
_FILTERS = {
    "has": {"media": words.MEDIA, "links": words.LINKS},
    "filter": {"replies": words.REPLY, "media": words.MEDIA, "links": words.LINKS},
}


class Nonsense(Exception):
    """A search that can't be made; the message is for whoever wrote it.

    Attributes:
        code: the kind, for programs.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """What is meant by a search.

    Attributes:
        wanted, unwanted: lexemes and phrases as PostgreSQL writes a tsquery.
        authors, not_authors, answered, not_answered: usernames in lower case.
        first, last: the ids between which the tweets lie, both included.
    """

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    not_authors: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    not_answered: tuple[str, ...] = ()
    first: int = 0
    last: int = BIGGEST_ID

    def names(self) -> set[str]:
        return {*self.authors, *self.not_authors, *self.answered, *self.not_answered}


@dataclass(frozen=True, slots=True)
class Term:
    kind: str
    value: str
    is_wanted: bool


def asked(text: str) -> Asked:
    """
    Raises:
        Nonsense: it can't be searched for.
    """
    terms = list(_terms(checked(text)))
    if not any(term.is_wanted for term in terms):
        why = "Say also what to look for, not only what to leave out." if terms else "Write what to look for."
        raise Nonsense("empty", why)
    return _meant(terms)


def checked(text: str) -> str:
    """
    Raises:
        Nonsense: it is longer than any search may be.
    """
    if len(text) > MOST_CHARACTERS:
        raise Nonsense("too_long", f"A search has at most {MOST_CHARACTERS:,} characters; this one has {len(text):,}.")
    return text


def _meant(terms: Iterable[Term]) -> Asked:
    listed = list(terms)

    def of(kind: str, is_wanted: bool) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.value for each in listed if (each.kind, each.is_wanted) == (kind, is_wanted)))

    first = max((int(each) for each in of("since", True)), default=0)
    last = min((int(each) - 1 for each in of("until", True)), default=BIGGEST_ID)
    if last < first:
        raise Nonsense("no_time", "until: has to be a later day than since:.")
    people = (of("from", True), of("from", False), of("to", True), of("to", False))
    return Asked(of("words", True), of("words", False), *people, first=first, last=last)


def _terms(text: str) -> Iterator[Term]:
    for match in _TERM.finditer(text.replace("\0", " ")):
        is_wanted = not match["minus"]
        if match["operator"]:
            yield _OPERATORS[match["operator"].lower()](match["operator"].lower(), match["value"], is_wanted)
        elif lexemes := _lexemes(match["plain"] or "", match["quoted"]):
            yield Term("words", lexemes, is_wanted)


def _lexemes(plain: str, quoted: str | None) -> str:
    """Empty where there is nothing in it to look for."""
    if quoted is not None:
        return words.phrase(quoted)
    if plain.startswith("#") and is_tag(plain[1:]):
        return words.lexeme(words.tag(plain[1:]))
    return words.phrase(plain)


def _person(operator: str, value: str, is_wanted: bool) -> Term:
    name = value.removeprefix("@").lower()
    if not name:
        raise Nonsense("no_name", f"{operator}: needs a name, such as {operator}:ada.")
    return Term(operator, name, is_wanted)


def _day(operator: str, value: str, is_wanted: bool) -> Term:
    if not is_wanted:
        raise Nonsense(
            "no_day", f"There is no -{operator}:; write {'until' if operator == 'since' else 'since'}: instead."
        )
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise Nonsense("no_day", f"{operator}: needs a day, such as {operator}:2026-11-21.") from None
    moment = max(EPOCH, datetime(day.year, day.month, day.day, tzinfo=UTC))
    return Term(operator, str(min(id_at(moment), BIGGEST_ID)), is_wanted=True)


def _filter(operator: str, value: str, is_wanted: bool) -> Term:
    known = _FILTERS[operator]
    if value.lower() not in known:
        choices = ", ".join(f"{operator}:{each}" for each in known)
        raise Nonsense("no_filter", f"There is no {operator}:{value[:20]}; there is {choices}.")
    return Term("words", words.lexeme(known[value.lower()]), is_wanted)


_OPERATORS: dict[str, Callable[[str, str, bool], Term]] = {
    "from": _person,
    "to": _person,
    "since": _day,
    "until": _day,
    "has": _filter,
    "filter": _filter,
}
