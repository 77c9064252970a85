"""What somebody wants to post, before anybody has said that it may be."""

from dataclasses import dataclass
from typing import NotRequired, TypedDict

MOST_IN_THREAD = 25


@dataclass(frozen=True, slots=True)
class NewPoll:
    """
    Attributes:
        choices: what may be answered, in order.
        minutes: how long votes count, from the moment it is posted.
    """

    choices: tuple[str, ...]
    minutes: int


@dataclass(frozen=True, slots=True)
class NewTweet:
    text: str
    poll: NewPoll | None = None


class Content(TypedDict):
    """What `tweets.actions.post_thread` takes besides author and key."""

    tweets: list[NewTweet]
    in_reply_to_id: NotRequired[int | None]
    quote_of_id: NotRequired[int | None]
    reply_settings: NotRequired[int]
