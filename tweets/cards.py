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
from stores.wire import Command
from tweets import text
from tweets.models import Mention, Tweet, TweetTag, id_at, posted_at
from tweets.text import Entity

KIND = "tweet:7"  # the number of the shape below
GONE = b"-"

_IDS = struct.Struct(">7QHHH")  # and how long what follows is: the tags, what lies beyond, the poll
_BEYOND = struct.Struct(">8Q")
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
_COLUMNS_BEYOND = (
    "retweet_of__quote_of_id",
    "retweet_of__in_reply_to_user_id",
    "retweet_of__quote_of__author_id",
    "retweet_of__quote_of__in_reply_to_user_id",
    "quote_of__in_reply_to_user_id",
    "retweet_of__poll",
    "retweet_of__quote_of__poll",
    "quote_of__poll",
)
_BESIDE = {
    "mentioned": ArraySubquery(
        Mention.objects.filter(tweet=OuterRef("pk")).values_list(JSONArray(F("person_id"), F("person__username")))
    ),
    "tag_ids": ArraySubquery(TweetTag.objects.filter(tweet=OuterRef("pk")).values("tag_id")),
}


class Beyond(NamedTuple):
    """What a tweet brings along by way of the one that it retweets or quotes; zeros for none. None of it ever changes.

    Attributes:
        tweets: what the retweeted one quotes.
        people: by whom these are, and whom they answer.
        polls: the ids of those of them that have one.
    """

    tweets: tuple[int, ...]
    people: tuple[int, ...]
    polls: tuple[int, ...]


class TweetCard(NamedTuple):
    """
    Attributes:
        author_id to conversation_id: ids, 0 for none; a tweet that answers none begins the conversation of its own id.
        tag_ids: of the tweet's own tags, packed in 8 bytes each.
        packed_beyond: see `beyond`; empty for a tweet that neither retweets nor quotes.
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
    packed_beyond: bytes
    poll: bytes
    json: bytes

    @classmethod
    def parse(cls, stored: bytes) -> "TweetCard":
        *ids, of_tags, of_beyond, of_poll = _IDS.unpack_from(stored)
        if not (of_tags or of_beyond or of_poll):  # as mostly
            return tuple.__new__(cls, (*ids, b"", b"", b"", stored[_IDS.size :]))
        beyond_at = _IDS.size + of_tags
        poll_at = beyond_at + of_beyond
        json_at = poll_at + of_poll
        tags, beyond, poll = stored[_IDS.size : beyond_at], stored[beyond_at:poll_at], stored[poll_at:json_at]
        # As `_make` does, in half of its time: a page has thirty cards.
        return tuple.__new__(cls, (*ids, tags, beyond, poll, stored[json_at:]))

    def person_ids(self) -> tuple[int, ...]:
        """Everybody without whom the card can't be shown, zeros among them."""
        return self.author_id, self.in_reply_to_user_id, self.retweeted_author_id, self.quoted_author_id

    def beyond(self) -> Beyond | None:
        if not self.packed_beyond:
            return None
        ids = _BEYOND.unpack(self.packed_beyond)
        return Beyond(ids[:1], ids[1:5], ids[5:])

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
    beside = tag_ids, _beyond(row), _poll(row)
    return _IDS.pack(*ids, *map(len, beside)) + b"".join(beside) + orjson.dumps(shown)[1:-1]


def store_lone(tweet: Tweet) -> bytes:
    """What is kept of a tweet that names nobody, has no tag and no poll, and neither retweets nor quotes."""
    row: dict[str, Any] = {name: getattr(tweet, name, None) for name in _COLUMNS}
    return _store(row | dict.fromkeys(_BESIDE, ()))


def _beyond(row: dict[str, Any]) -> bytes:
    if not row["retweet_of_id"] and not row["quote_of_id"]:
        return b""
    return _BEYOND.pack(*(row[column] or 0 for column in _COLUMNS_BEYOND))


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
    found = {row["id"]: _store(row) for row in rows.values(*_COLUMNS, *_COLUMNS_BEYOND, *_BESIDE)}
    settled = id_at(timezone.now() - timedelta(seconds=cards.DROPPED_SECONDS))
    return found | {each: GONE for each in tweet_ids if each not in found and each < settled}


def fetch(tweet_ids: Sequence[int]) -> dict[int, TweetCard]:
    """The cards of these tweets; without those that are gone."""
    return _parsed(cards.fetch(KIND, tweet_ids, load))


def question(tweet_ids: Sequence[int]) -> Command:
    """What to ask Redis (`stores.wire`) for the cards of these tweets; `complete` reads the answer."""
    return cards.question(KIND, tweet_ids)


def complete(tweet_ids: Sequence[int], cached: Sequence[bytes | None]) -> dict[int, TweetCard]:
    """As `fetch`, from the answer to `question`."""
    return _parsed(cards.complete(KIND, tweet_ids, cached, load))


def _parsed(stored: dict[int, bytes]) -> dict[int, TweetCard]:
    return {tweet_id: TweetCard.parse(card) for tweet_id, card in stored.items() if card != GONE}


def drop(tweet_ids: Iterable[int]) -> None:
    """
    Raises:
        RedisError: the cards are still there.
    """
    cards.drop(KIND, tweet_ids)
