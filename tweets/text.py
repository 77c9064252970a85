"""The text of a tweet: how long it is, what in it is a link, and how it is shown. Pure functions.

Lengths follow X's counting (docs.x.com, "Counting characters", configuration 3): 280 units, where a URL takes 23, CJK
characters and emoji take 2 and most others 1; twitter-text-parser implements it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

import regex
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from twitter_text import extract_urls_with_indices, parse_tweet

from stores.text import clean

__all__ = ["Entity", "clean", "entities", "hashtags", "html", "mentions", "tag_key", "weight"]

MAX_WEIGHT = 280
MOST_MENTIONS = 50
MOST_TAG_CHARACTERS = 100

# No real domain has so many dots in a row, and the library's patterns take a minute for some thousands of them.
_TOO_MANY_LABELS = re.compile(r"(?:[^\s./]{1,63}\.){10,}")
_DOT_WITHIN = re.compile(r"\.\S")  # as every address has one
_MENTION = re.compile(r"(?<![\w@/])@([A-Za-z0-9_]{1,15})(?![\w@])", re.ASCII)
_HASHTAG = regex.compile(r"(?<![\w&/#])#([\w\p{M}]*\p{L}[\w\p{M}]*)")
_NOT_IN_TAGS = regex.compile(r"[^\w\p{M}]+")


@dataclass(frozen=True, slots=True)
class Entity:
    """A piece of the text that is a link.

    Attributes:
        kind: "url", "mention" or "hashtag".
        start, end: its place in the text, in characters.
        value: the address, the username without @, or the tag without #.
    """

    kind: str
    start: int
    end: int
    value: str


def weight(text: str) -> int:
    """The length in X's units, of which a tweet may have `MAX_WEIGHT`."""
    if text.isascii() and "\r" not in text and not _DOT_WITHIN.search(text):
        return len(text)  # the library would take a tenth of a millisecond to say so
    return int(parse_tweet(_tamed(text)).weightedLength)


def _tamed(text: str) -> str:
    """The same, character by character, without what only looks like a domain."""
    return _TOO_MANY_LABELS.sub(lambda run: run[0].replace(".", ","), text)


def entities(text: str) -> list[Entity]:
    """URLs, mentions and hashtags in order, none inside another."""
    return list(_entities(text))


@lru_cache(64)
def _entities(text: str) -> tuple[Entity, ...]:
    """Kept for a moment: on its way a tweet is asked for them by its rows, by search and by its card."""
    urls = list(_urls(text))
    tagged = [each for each in _tagged(text) if not any(url.start <= each.start < url.end for url in urls)]
    return tuple(sorted([*urls, *tagged], key=lambda each: each.start))


def _urls(text: str) -> Iterator[Entity]:
    if not _DOT_WITHIN.search(text):  # looking for an address is slow
        return
    for match in extract_urls_with_indices(_tamed(text)):
        start, end = match["indices"]
        url = text[start:end]
        yield Entity("url", start, end, url if "://" in url else f"https://{url}")


def _tagged(text: str) -> Iterator[Entity]:
    for match in _MENTION.finditer(text):
        yield Entity("mention", match.start(), match.end(), match[1])
    for tag in _HASHTAG.finditer(text):
        if tag_key(tag[1]):
            yield Entity("hashtag", tag.start(), tag.end(), tag[1])


def tag_key(tag: str) -> str:
    """What makes two ways to write a tag, without its #, the same tag; empty for what can be none."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", tag).casefold())
    key = _NOT_IN_TAGS.sub("", folded)  # a few characters come apart into words
    return key if len(key) <= MOST_TAG_CHARACTERS and len(tag) <= MOST_TAG_CHARACTERS else ""


def is_tag(written: str) -> bool:
    """Whether this, with a # before it, would be a hashtag."""
    return bool(_HASHTAG.fullmatch(f"#{written}")) and bool(tag_key(written))


def mentions(found: Iterable[Entity]) -> list[str]:
    """The first usernames mentioned, in lower case, in order, each once; more than `MOST_MENTIONS` mention nobody."""
    return list(dict.fromkeys(each.value.lower() for each in found if each.kind == "mention"))[:MOST_MENTIONS]


def hashtags(found: Iterable[Entity]) -> dict[str, str]:
    """The tags by their keys, each as first written."""
    tags = [each.value for each in found if each.kind == "hashtag"]
    return {tag_key(tag): tag for tag in reversed(tags)}


def html(text: str, found: Iterable[Entity]) -> SafeString:
    """The text with these of its entities as links, safe to put into a page."""
    parts, done = [], 0
    for entity in found:
        parts += [escape(text[done : entity.start]), _link(entity, text[entity.start : entity.end])]
        done = entity.end
    return mark_safe("".join([*parts, escape(text[done:])]).replace("\n", "<br>"))  # noqa: S308  every part is escaped


def _link(entity: Entity, shown: str) -> str:
    if entity.kind == "mention":
        return f'<a class="mention" href="/{entity.value}/">{escape(shown)}</a>'
    if entity.kind == "hashtag":
        return f'<a class="hashtag" href="/hashtag/{quote(entity.value)}/">{escape(shown)}</a>'
    return (
        f'<a href="{escape(entity.value)}" rel="nofollow noopener noreferrer ugc" target="_blank">{_short(shown)}</a>'
    )


def _short(url: str, most: int = 30) -> str:
    bare = re.sub(r"^https?://(www\.)?", "", url)
    return escape(bare if len(bare) <= most else bare[: most - 1] + "…")
