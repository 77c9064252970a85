"""A tweet as everybody sees it: the frozen shape that pages, JSON and rules receive, and its cache.

A card holds what is the same for every viewer and changes only with the tweet. People, counts and the viewer's marks
come from elsewhere and are joined to it in `tweets.presenting`.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONArray
from django.utils import timezone

from stores import cards
from tweets import text
from tweets.models import Mention, Tweet, TweetTag, id_at, posted_at
from tweets.text import Entity

KIND = "tweet:6"  # the number of the shape below
GONE = b"-"

_IDS = struct.Struct(">7QHH")  # and how long the tags and the poll are that follow
_COLUMNS = (
    "id",
    "author_id",
    "in_reply_to_user_id",
    "retweet_of_id",
    "retweet_of__author_id",
    "quote_of_id",
    "quote_of__author_id",
    "conversation_id",
    "text",
    "in_reply_to_id",
    "reply_settings",
    "poll__choices",
    "poll__ends_at",
    "edits_count",
    "edited_at",
)
_BESIDE = {
    "mentioned": ArraySubquery(
        Mention.objects.filter(tweet=OuterRef("pk")).values_list(JSONArray(F("person_id"), F("person__username")))
    ),
    "tag_ids": ArraySubquery(TweetTag.objects.filter(tweet=OuterRef("pk")).values("tag_id")),
}


class TweetCard(NamedTuple):
    """
    Attributes:
        author_id to conversation_id: ids, 0 for none; a tweet that answers none begins the conversation of its own id.
        tag_ids: of the tweet's own tags, packed in 8 bytes each.
        poll: its choices and end as JSON; empty for none.
        json: the members of the API's Tweet that need nothing else, without braces.
    """

    author_id: int
    in_reply_to_user_id: int
    retweet_of_id: int
    retweeted_author_id: int
    quote_of_id: int
    quoted_author_id: int
    conversation_id: int
    tag_ids: bytes
    poll: bytes
    json: bytes

    @classmethod
    def parse(cls, stored: bytes) -> "TweetCard":
        *ids, of_tags, of_poll = _IDS.unpack_from(stored)
        poll_at = _IDS.size + of_tags
        json_at = poll_at + of_poll
        # As `_make` does, in half of its time: a page has thirty cards.
        return tuple.__new__(cls, (*ids, stored[_IDS.size : poll_at], stored[poll_at:json_at], stored[json_at:]))

    def person_ids(self) -> tuple[int, ...]:
        """Everybody without whom the card can't be shown, zeros among them."""
        return self.author_id, self.in_reply_to_user_id, self.retweeted_author_id, self.quoted_author_id

    def text(self) -> str:
        return str(orjson.loads(b"{%b}" % self.json)["text"])


def _store(row: dict[str, Any]) -> bytes:
    row["conversation_id"] = row["conversation_id"] or row["id"]
    ids = [row[column] or 0 for column in _COLUMNS[1:8]]
    people = {name.lower(): (person_id, name) for person_id, name in row["mentioned"]}
    found = list(_linked(text.entities(row["text"]), people))
    tag_ids = b"".join([tag_id.to_bytes(8, "big") for tag_id in row["tag_ids"]])
    shown = {
        "text": row["text"],
        "html": text.html(row["text"], found),
        "entities": _entities(found, people),
        "created_at": _iso(posted_at(row["id"])),
        "in_reply_to_id": _as_string(row["in_reply_to_id"]),
        "conversation_id": _as_string(row["conversation_id"]),
        "retweet_of_id": _as_string(row["retweet_of_id"]),
        "quote_of_id": _as_string(row["quote_of_id"]),
        "reply_settings": None if row["in_reply_to_id"] else Tweet.ReplySettings(row["reply_settings"]).name.lower(),
        "media": [],
        "version": row["edits_count"],
        "edited_at": row["edited_at"] and _iso(row["edited_at"]),
    }
    poll = _poll(row)
    return _IDS.pack(*ids, len(tag_ids), len(poll)) + tag_ids + poll + orjson.dumps(shown)[1:-1]


def _poll(row: dict[str, Any]) -> bytes:
    if row["poll__ends_at"] is None:
        return b""
    return orjson.dumps({"choices": row["poll__choices"], "ends_at": _iso(row["poll__ends_at"])})


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _linked(found: Iterable[Entity], people: Mapping[str, tuple[int, str]]) -> Iterator[Entity]:
    """What becomes a link: of those named, only who is mentioned, under the name he has."""
    for each in found:
        if each.kind != "mention":
            yield each
        elif each.value.lower() in people:
            yield replace(each, value=people[each.value.lower()][1])


def _entities(found: Sequence[Entity], people: Mapping[str, tuple[int, str]]) -> dict[str, list[dict[str, Any]]]:
    """What in the text is a link, by kind. Places are counted in characters of Unicode."""
    shown: dict[str, list[dict[str, Any]]] = {"mentions": [], "hashtags": [], "urls": []}
    for each in found:
        place = {"start": each.start, "end": each.end}
        if each.kind == "mention":
            person_id, username = people[each.value.lower()]
            shown["mentions"].append(place | {"id": str(person_id), "username": username})
        elif each.kind == "hashtag":
            shown["hashtags"].append(place | {"tag": each.value})
        else:
            shown["urls"].append(place | {"url": each.value})
    return shown


def _as_string(row_id: object) -> str | None:
    return None if row_id is None else str(row_id)


def load(tweet_ids: Sequence[int]) -> dict[int, bytes]:
    """Cards from PostgreSQL. An id old enough that no transaction can still bring it gets a sign that it is gone."""
    rows = Tweet.objects.filter(pk__in=tweet_ids, deleted_at=None).annotate(**_BESIDE)
    found = {row["id"]: _store(row) for row in rows.values(*_COLUMNS, *_BESIDE)}
    settled = id_at(timezone.now() - timedelta(seconds=cards.DROPPED_SECONDS))
    return found | {each: GONE for each in tweet_ids if each not in found and each < settled}


def fetch(tweet_ids: Sequence[int]) -> dict[int, TweetCard]:
    """The cards of these tweets; without those that are gone."""
    stored = cards.fetch(KIND, tweet_ids, load)
    return {tweet_id: TweetCard.parse(card) for tweet_id, card in stored.items() if card != GONE}


def drop(tweet_ids: Iterable[int]) -> None:
    """
    Raises:
        RedisError: the cards are still there.
    """
    cards.drop(KIND, tweet_ids)
