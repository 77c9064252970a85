"""Muted words: how they are written down, and whether a text has one. Pure functions.

A word mutes itself and its hashtag, whole words only and whatever the case; a #hashtag mutes that hashtag alone. In
scripts that put no spaces between words a word is found anywhere.
"""

from collections.abc import Iterable
from functools import lru_cache

import regex

from stores import text

_WORDY = r"[\w\p{M}]"
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_SPACED = regex.compile(rf"(?!{_UNSPACED}){_WORDY}")


def phrase_of(raw: str) -> str:
    """What somebody typed, as it is kept and compared."""
    return _folded(text.clean(raw))


def _folded(cleaned: str) -> str:
    return " ".join(cleaned.casefold().replace("＃", "#").replace("＠", "@").split())


def any_in(phrases: Iterable[str], written: str) -> bool:
    """Whether a stored text has one of these phrases (of `phrase_of`)."""
    against = _folded(written)
    return any(phrase in against and _pattern(phrase).search(against) for phrase in phrases)


@lru_cache(4096)
def _pattern(phrase: str) -> "regex.Pattern[str]":
    tagged = phrase[0] in "#@"
    before = r"(?<![\w\p{M}&/#@])" if tagged else r"(?<![\w\p{M}@])" if _SPACED.match(phrase[0]) else ""
    after = rf"(?!{_WORDY})" if tagged or _SPACED.match(phrase[-1]) else ""
    return regex.compile(before + regex.escape(phrase) + after)
