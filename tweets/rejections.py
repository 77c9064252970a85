"""Why something can't be posted, or a vote not be cast."""

from tweets.composing import MOST_IN_THREAD
from tweets.models import CHOICE_MAX_LENGTH, MOST_CHOICES


class Rejected(Exception):
    """A tweet that can't be posted, or a vote; the message is for whoever tried.

    Attributes:
        field: the input that is wrong; "" when it is none of them.
        code: the kind, for programs.
        at: which of several tweets posted as one, from 0.
    """

    field = "text"
    code = "rejected"
    at = 0


class MayNotReply(Rejected):
    field = "in_reply_to_id"
    code = "may_not_reply"

    def __init__(self) -> None:
        super().__init__("Not everybody can reply in this conversation, and you can't.")


class NotTheFirst(Rejected):
    field = "reply_settings"
    code = "not_the_first"

    def __init__(self) -> None:
        super().__init__("Who can reply is set by the tweet that begins the conversation.")


class TooManyTweets(Rejected):
    field = "tweets"
    code = "too_many_tweets"

    def __init__(self) -> None:
        super().__init__(f"A thread has at most {MOST_IN_THREAD} tweets.")


class TooFewChoices(Rejected):
    field = "poll"
    code = "too_few_choices"

    def __init__(self) -> None:
        super().__init__("A poll needs two choices.")


class TooManyChoices(Rejected):
    field = "poll"
    code = "too_many_choices"

    def __init__(self) -> None:
        super().__init__(f"A poll has at most {MOST_CHOICES} choices.")


class EmptyChoice(Rejected):
    field = "poll"
    code = "empty_choice"

    def __init__(self) -> None:
        super().__init__("Every choice of a poll needs some words.")


class ChoiceTooLong(Rejected):
    field = "poll"
    code = "choice_too_long"

    def __init__(self) -> None:
        super().__init__(f"A choice has at most {CHOICE_MAX_LENGTH} characters.")


class SameChoice(Rejected):
    field = "poll"
    code = "same_choice"

    def __init__(self) -> None:
        super().__init__("Two choices are the same.")


class WrongDuration(Rejected):
    field = "poll"
    code = "wrong_duration"

    def __init__(self) -> None:
        super().__init__("A poll lasts from 5 minutes to 7 days.")


class NoSuchChoice(Rejected):
    field = "choice"
    code = "no_such_choice"

    def __init__(self) -> None:
        super().__init__("The poll has no such choice.")


class PollClosed(Rejected):
    field = "choice"
    code = "poll_closed"

    def __init__(self) -> None:
        super().__init__("This poll has ended.")


class OwnPoll(Rejected):
    field = "choice"
    code = "own_poll"

    def __init__(self) -> None:
        super().__init__("You can't vote in your own poll.")


class AlreadyVoted(Rejected):
    field = "choice"
    code = "already_voted"

    def __init__(self) -> None:
        super().__init__("You have voted already.")
