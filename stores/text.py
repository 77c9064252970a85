"""Text as it is stored, whoever wrote it and whatever it is for."""

import re
import unicodedata

import regex

MOST_COMBINING_MARKS = 4

# Controls other than line feed and tab; marks that turn the direction of what follows; invisible fillers; halves of
# surrogate pairs, which UTF-8 has not. Zero-width joiners stay: emoji and several scripts need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060\u2061-\u2064\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_STACKED_MARKS = regex.compile(rf"(\p{{M}}{{{MOST_COMBINING_MARKS}}})\p{{M}}+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """NFC, plain line feeds, at most one empty line in a row, nothing invisible or stacked."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _STACKED_MARKS.sub(r"\1", _UNWANTED.sub("", text))
    return _EMPTY_LINES.sub("\n\n", text).strip()


def one_line(text: str) -> str:
    """The same without line breaks, tabs or spaces in a row."""
    return " ".join(clean(text).split())
