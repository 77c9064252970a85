"""What a username may be: 1 to 15 letters, digits or underscores, and no word the site needs for itself."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.urls import URLPattern, URLResolver, get_resolver

MAX_LENGTH = 15

# Words that are no address of ours today but would confuse people, or that we may want tomorrow.
_WORDS = """
    about abuse account accounts ads all anonymous app apps auth billing blog bookmarks business careers chirp
    communities compose contact cookies copyright dev developer developers docs download drafts email everyone
    explore favicon feed feeds followers following hashtag help here home i image images imprint invite jobs
    legal list lists live login logout mail me media mentions messages moderator news newsletter notifications
    null oauth official owner pages press privacy profile public register root rss rules scheduled search
    security session settings share shop signin signout signup sitemap staff static stats status store stream
    support system tag tags team terms test timeline trends tweet tweets undefined user users verified web
    webmaster welcome widgets www
"""
RESERVED = frozenset(_WORDS.split())


@cache
def site_words() -> frozenset[str]:
    """The first words of all addresses the site answers, such as "settings" for /settings/profile/."""
    words = (route.split("/")[0].lower() for route in _routes(get_resolver().url_patterns))
    return frozenset(word for word in words if word and "<" not in word)


def _routes(entries: Iterable[URLPattern | URLResolver]) -> Iterator[str]:
    for entry in entries:
        route = str(entry.pattern).removeprefix("^")
        if not route and isinstance(entry, URLResolver):
            yield from _routes(entry.url_patterns)
        else:
            yield route


def not_reserved(username: str) -> None:
    """
    Raises:
        ValidationError: the name is an address of the site, or could be mistaken for one.
    """
    if username.lower() in RESERVED or username.lower() in site_words():
        raise ValidationError("This name can't be taken.", code="reserved")


allowed_characters = RegexValidator(
    r"\A[A-Za-z0-9_]{1,15}\Z", "A username has 1 to 15 letters, digits or underscores.", code="username"
)

VALIDATORS: list[Callable[[str], None]] = [allowed_characters, not_reserved]
