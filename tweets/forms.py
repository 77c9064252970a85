"""The form in which tweets are written: one, or several that are posted as one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.urls import reverse

from tweets.composing import MOST_IN_THREAD, Content, NewPoll, NewTweet
from tweets.models import CHOICE_MAX_LENGTH, MOST_CHOICES, TEXT_MAX_LENGTH, Tweet
from tweets.rejections import Rejected

A_DAY = 24 * 60
DURATIONS = {
    5: "5 minutes",
    30: "30 minutes",
    60: "1 hour",
    6 * 60: "6 hours",
    12 * 60: "12 hours",
    A_DAY: "1 day",
    3 * A_DAY: "3 days",
    7 * A_DAY: "7 days",
}
EMPTY = (NewTweet(""),)


def new_key() -> str:
    return uuid4().hex


class HiddenId(forms.IntegerField):
    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, min_value=1, max_value=2**63 - 1)


class SeveralInputs(forms.TextInput):
    """Inputs of one name."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        return data.getlist(name) if isinstance(data, QueryDict) else []


class ChoicesField(forms.Field):
    widget = SeveralInputs

    def to_python(self, value: Any) -> list[str]:
        return [choice for choice in value or [] if choice.strip()]


class TweetForm(forms.Form):
    """One tweet and what it asks. Checks shape only; what may be posted is for the action to say.

    Args:
        written: what stands in it before anything was sent.
        number: its place among those posted as one, from 1.
    """

    use_required_attribute = False

    text = forms.CharField(
        required=False,
        strip=False,
        max_length=TEXT_MAX_LENGTH,
        error_messages={"max_length": "That is far too long; a tweet has at most 280 characters."},
    )
    choice = ChoicesField(required=False)
    minutes = forms.IntegerField(
        required=False,
        min_value=min(DURATIONS),
        max_value=max(DURATIONS),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "A poll lasts from 5 minutes to 7 days."),
    )

    def __init__(self, data: QueryDict | None, *, number: int, place: str, written: NewTweet) -> None:
        poll = written.poll or NewPoll((), A_DAY)
        initial = {"text": written.text, "choice": list(poll.choices), "minutes": poll.minutes}
        prefix = f"tweet{number}" if number > 1 else None
        suffix = place if number == 1 else f"{place}-{number}"
        super().__init__(data, initial=initial, prefix=prefix)
        self.number, self.suffix = number, suffix

    def durations(self) -> dict[int, str]:
        """How long a poll may last, with what a program has chosen for a draft."""
        chosen = self.initial["minutes"]
        return DURATIONS if chosen in DURATIONS else {**DURATIONS, chosen: f"{chosen} minutes"}

    @property
    def chosen_duration(self) -> int:
        given = str(self["minutes"].value() or "")
        return int(given) if given.isdecimal() and len(given) < 6 else A_DAY

    def choices(self) -> list[str]:
        """What stands in the inputs of the poll, one for each that may be filled."""
        given = [str(each) for each in self["choice"].value() or []][:MOST_CHOICES]
        return given + [""] * (MOST_CHOICES - len(given))

    @property
    def has_poll(self) -> bool:
        return any(choice.strip() for choice in self.choices())

    def written(self) -> NewTweet:
        """What stands in it, right or wrong."""
        poll = NewPoll(tuple(self.choices()), self.chosen_duration)
        return NewTweet(str(self["text"].value() or ""), poll if self.has_poll else None)

    def new(self) -> NewTweet:
        """What is to be posted, once it is valid."""
        choices = tuple(self.cleaned_data["choice"])
        return NewTweet(
            self.cleaned_data["text"], NewPoll(choices, self.cleaned_data["minutes"] or A_DAY) if choices else None
        )

    def problems(self) -> list[str]:
        return list(dict.fromkeys(str(error) for errors in self.errors.values() for error in errors))

    most_in_choice = CHOICE_MAX_LENGTH


class ComposeForm(forms.Form):
    """Some tweets, with what they answer or quote.

    Args:
        tweets: what stands in it before anything was sent.
        place: tells apart the composers of one page.
    """

    in_reply_to_id = HiddenId()
    quote_of_id = HiddenId()
    idempotency_key = forms.CharField(
        required=False, max_length=64, initial=new_key, widget=forms.HiddenInput({"autocomplete": "off"})
    )

    reply_settings = forms.ChoiceField(required=False, choices=Tweet.ReplySettings.choices)
    scheduled_at = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Choose a day and a time."},
    )
    draft_id = HiddenId()

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
        tweets: Sequence[NewTweet] = EMPTY,
        place: str = "alone",
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), auto_id=f"%s-{place}")
        self.place = place
        self.was_changed = False
        written = list(tweets) if data is None else [NewTweet("")] * len(list(_numbers(data)))
        numbers = range(1, len(written) + 1) if data is None else _numbers(data)
        self.tweets = [
            TweetForm(data, number=number, place=place, written=each)
            for number, each in zip(numbers, written, strict=True)
        ]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(each.is_valid() for each in self.tweets)])

    def written(self) -> list[NewTweet]:
        """What stands in it, right or wrong."""
        return [each.written() for each in self.tweets]

    def content(self) -> Content:
        """What is to be posted, as `actions.post_thread` takes it besides author and key."""
        return {
            "tweets": [each.new() for each in self.tweets],
            "in_reply_to_id": self.cleaned_data["in_reply_to_id"],
            "quote_of_id": self.cleaned_data["quote_of_id"],
            "reply_settings": int(self.cleaned_data["reply_settings"] or Tweet.ReplySettings.EVERYONE),
        }

    def refuse(self, reason: Rejected) -> None:
        """Show why it was not posted, beside the tweet that is wrong."""
        part = self.tweets[reason.at]
        if reason.field == "text":
            part.add_error("text", str(reason))
        elif reason.field == "poll":
            part.add_error("choice", str(reason))
        else:
            self.add_error(reason.field if reason.field in self.fields else None, str(reason))

    @property
    def is_refused(self) -> bool:
        return bool(self.errors or any(each.errors for each in self.tweets))

    def problems(self) -> list[str]:
        """What is wrong with all of it, each thing once."""
        return list(dict.fromkeys(str(error) for errors in self.errors.values() for error in errors))

    @property
    def action(self) -> str:
        """Where it is sent: threads have a limit of their own."""
        return reverse("compose_thread" if self.is_thread else "compose")

    @property
    def is_thread(self) -> bool:
        return len(self.tweets) > 1

    @property
    def may_grow(self) -> bool:
        return len(self.tweets) < MOST_IN_THREAD

    @property
    def is_reply(self) -> bool:
        return bool(self["in_reply_to_id"].value())

    @property
    def is_quote(self) -> bool:
        return bool(self["quote_of_id"].value())

    @property
    def is_draft(self) -> bool:
        return bool(self["draft_id"].value())

    @property
    def audiences(self) -> list[tuple[int, str]]:
        """Who may be let reply, in words."""
        return [(each.value, str(each.label)) for each in Tweet.ReplySettings]

    @property
    def chosen_audience(self) -> int:
        given = str(self["reply_settings"].value() or "")
        return int(given) if given in {"1", "2"} else Tweet.ReplySettings.EVERYONE

    @property
    def due(self) -> str:
        """The time for its input, in UTC; what a script sent in its own form is kept, too."""
        value = self["scheduled_at"].value()
        try:
            moment = self.fields["scheduled_at"].clean(value)
        except forms.ValidationError:
            return ""
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if moment else ""

    @property
    def title(self) -> str:
        return "Draft" if self.is_draft else "Reply" if self.is_reply else "Quote" if self.is_quote else "New tweet"

    @property
    def verb(self) -> str:
        return "Tweet all" if self.is_thread else "Reply" if self.is_reply else "Tweet"

    @property
    def invitation(self) -> str:
        return "Write your reply" if self.is_reply else "Add a comment" if self.is_quote else "What is happening?"


def _numbers(data: QueryDict) -> Iterator[int]:
    """Of the tweets that were sent, the first always among them; one more than may be posted, so that it is refused."""
    yield 1
    for number in range(2, MOST_IN_THREAD + 2):
        if f"tweet{number}-text" in data:
            yield number
