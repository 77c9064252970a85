"""The words of a tweet as search knows them. Pure functions.

Words are cut here and not by PostgreSQL's parser, whose idea of a letter depends on the locale of the database, and
which takes a sentence of Chinese or Japanese for one word. Beside its words a tweet has *marks*, such as `#tea` and
`is:reply`, which no word can be mistaken for.
"""

import unicodedata
from collections.abc import Iterable, Sequence

import regex

from tweets.text import Entity, tag_key

LINKS, MEDIA, REPLY = "has:links", "has:media", "is:reply"

_ALONE = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Extended_Pictographic}--[\p{ASCII}]"
_WORD = regex.compile(rf"[{_ALONE}]|(?:(?![{_ALONE}])[\w\p{{M}}])+", regex.V1)
_SCHEME = regex.compile(r"https?://(?:www\.)?", regex.IGNORECASE)
_ACCENT = regex.compile(r"(?<=[\p{Latin}\p{Greek}])\p{Mn}+")


def words(text: str) -> list[str]:
    """The words in order: without case, width and accents; each character of a script that writes no spaces, and each
    emoji, is one of its own."""
    folded = unicodedata.normalize("NFKC", _SCHEME.sub(" ", text)).casefold()
    plain = _ACCENT.sub("", unicodedata.normalize("NFD", folded))
    return [match[0] for match in _WORD.finditer(unicodedata.normalize("NFC", plain))]


def to(person_id: int) -> str:
    """The mark of an answer to somebody."""
    return f"to:{person_id}"


def tag(written: str) -> str:
    """The mark of a hashtag."""
    return f"#{tag_key(written)}"


def marks(found: Iterable[Entity], in_reply_to_user_id: int | None, has_media: bool = False) -> list[str]:
    """What can be asked of a tweet besides its words."""
    entities = list(found)
    marked = {tag(each.value) for each in entities if each.kind == "hashtag"}
    if any(each.kind == "url" for each in entities):
        marked.add(LINKS)
    if has_media:
        marked.add(MEDIA)
    if in_reply_to_user_id is not None:
        marked |= {REPLY, to(in_reply_to_user_id)}
    return sorted(marked)


def vector(text: str, marked: Sequence[str]) -> str:
    """All of it as PostgreSQL writes a tsvector."""
    placed = [f"{lexeme(word)}:{place}" for place, word in enumerate(words(text), start=1)]
    return " ".join([*placed, *map(lexeme, marked)])


def phrase(text: str) -> str:
    """What is asked for, word after word, as PostgreSQL writes a tsquery; empty where there is no word in it."""
    return " <-> ".join(map(lexeme, words(text)))


def lexeme(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
