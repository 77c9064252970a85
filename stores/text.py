"""Text as it is stored, whoever wrote it and whatever it is for."""

import re
import unicodedata

import regex

MOST_COMBINING_MARKS = 4

# Controls other than line feed and tab; marks that turn the direction of what follows; invisible fillers and hyphens;
# halves of surrogate pairs, which UTF-8 has not. Zero-width joiners stay, one at a time: emoji and several scripts need
# them. So do marks that say which way a neighbour without a direction is read, which Arabic and Hebrew need.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u180e\u200b\u2060-\u206f\ufeff\u202a-\u202e\u3164\uffa0\ufff0-\ufffb"
    "\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
_JOINERS_IN_A_ROW = re.compile("([\u200c\u200d])[\u200c\u200d]+")
# Letters of a shadow alphabet that nobody sees. Flags of regions are written with them, and nothing else is.
_FLAGS_AND_TAGS = re.compile("(\U0001f3f4(?:[\U000e0020-\U000e007e]{2,6}\U000e007f)?)|[\U000e0000-\U000e007f]")
_MARK = "\\p{M}[\u200c-\u200f\u061c]*"
_STACKED_MARKS = regex.compile(rf"((?:{_MARK}){{{MOST_COMBINING_MARKS}}})(?:{_MARK})+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_VISIBLE = regex.compile(r"[^\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]")


def clean(text: str) -> str:
    """NFC, plain line feeds, at most one empty line in a row, nothing invisible or stacked; "" if nothing can be seen.

    What has been cleaned is not changed by cleaning it again.
    """
    plain = _FLAGS_AND_TAGS.sub(r"\1", _UNWANTED.sub("", _LINE_ENDS.sub("\n", text)))
    plain = unicodedata.normalize("NFC", _JOINERS_IN_A_ROW.sub(r"\1", plain))
    plain = _EMPTY_LINES.sub("\n\n", _STACKED_MARKS.sub(r"\1", plain)).strip()
    return plain if _VISIBLE.search(plain) else ""


def one_line(text: str) -> str:
    """The same without line breaks, tabs or spaces in a row."""
    return " ".join(clean(text).split())
