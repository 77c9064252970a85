"""A tweet as everybody sees it: the frozen shape that pages, JSON and rules receive, and its cache.

A card holds what is the same for every viewer and changes only with the tweet. People, counts and the viewer's marks
come from elsewhere and are joined to it in `tweets.presenting`.
"""

import struct
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

import orjson
from django.utils import timezone

from stores import cards
from tweets import text
from tweets.models import Tweet, id_at, posted_at

KIND = "tweet"
GONE = b"-"

_IDS = struct.Struct(">6Q")
_COLUMNS = (
    "id",
    "author_id",
    "in_reply_to_user_id",
    "retweet_of_id",
    "retweet_of__author_id",
    "quote_of_id",
    "quote_of__author_id",
    "text",
    "in_reply_to_id",
    "conversation_id",
)


class TweetCard(NamedTuple):
    """
    Attributes:
        author_id to quoted_author_id: ids, 0 for none.
        json: the members of the API's Tweet that need nothing else, without braces.
    """

    author_id: int
    in_reply_to_user_id: int
    retweet_of_id: int
    retweeted_author_id: int
    quote_of_id: int
    quoted_author_id: int
    json: bytes

    @classmethod
    def parse(cls, stored: bytes) -> "TweetCard":
        return cls._make([*_IDS.unpack_from(stored), stored[_IDS.size :]])

    def person_ids(self) -> tuple[int, ...]:
        """Everybody without whom the card can't be shown, zeros among them."""
        return self.author_id, self.in_reply_to_user_id, self.retweeted_author_id, self.quoted_author_id


def _store(row: dict[str, object]) -> bytes:
    ids = [row[column] or 0 for column in _COLUMNS[1:7]]
    shown = {
        "text": row["text"],
        "html": text.html(str(row["text"])),
        "created_at": posted_at(int(str(row["id"]))).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "in_reply_to_id": _as_string(row["in_reply_to_id"]),
        "conversation_id": _as_string(row["conversation_id"] or row["id"]),
        "retweet_of_id": _as_string(row["retweet_of_id"]),
        "quote_of_id": _as_string(row["quote_of_id"]),
        "media": [],
    }
    return _IDS.pack(*ids) + orjson.dumps(shown)[1:-1]


def _as_string(row_id: object) -> str | None:
    return None if row_id is None else str(row_id)


def load(tweet_ids: Sequence[int]) -> dict[int, bytes]:
    """Cards from PostgreSQL. An id old enough that no transaction can still bring it gets a sign that it is gone."""
    rows = Tweet.objects.filter(pk__in=tweet_ids, deleted_at=None).values(*_COLUMNS)
    found = {int(row["id"]): _store(row) for row in rows}
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
