"""What somebody wants to post, before anybody has said that it may be."""

from dataclasses import dataclass

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
