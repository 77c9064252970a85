"""The read pipeline that every feed goes through: ids, cards, rules, page."""

from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Tweets of a feed, newest first.

    Attributes:
        tweets: the API's Tweet of each, as finished JSON.
        older: the cursor (`before`) of the page below; None when PostgreSQL says that nothing older exists.
        newer: the cursor (`since`) at which to ask for newer ones, now or later.
    """

    tweets: list[bytes]
    older: int | None
    newer: int

    def shown(self) -> list[Any]:
        """The tweets as plain data, for templates."""
        return [orjson.loads(tweet) for tweet in self.tweets]
