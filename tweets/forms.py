"""The form in which a tweet is written."""

from uuid import uuid4

from django import forms
from django.http import QueryDict

from tweets.actions import Rejected
from tweets.models import TEXT_MAX_LENGTH


def new_key() -> str:
    return uuid4().hex


class HiddenId(forms.IntegerField):
    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, min_value=1, max_value=2**63 - 1)


class ComposeForm(forms.Form):
    """Checks shape only; what may be posted is for `tweets.actions.post_tweet` to say."""

    use_required_attribute = False

    text = forms.CharField(
        required=False,
        strip=False,
        max_length=TEXT_MAX_LENGTH,
        error_messages={"max_length": "That is far too long; a tweet has at most 280 characters."},
    )
    in_reply_to_id = HiddenId()
    quote_of_id = HiddenId()
    idempotency_key = forms.CharField(
        required=False, max_length=64, initial=new_key, widget=forms.HiddenInput({"autocomplete": "off"})
    )

    def __init__(
        self, data: QueryDict | None = None, *, initial: dict[str, int | None] | None = None, place: str = "alone"
    ) -> None:
        super().__init__(data, initial=initial, auto_id=f"%s-{place}")
        self.place = place

    def refuse(self, reason: Rejected) -> None:
        self.add_error(reason.field, str(reason))

    def problems(self) -> list[str]:
        """What is wrong with the tweet, each thing once."""
        return list(dict.fromkeys(str(error) for errors in self.errors.values() for error in errors))

    @property
    def is_reply(self) -> bool:
        return bool(self["in_reply_to_id"].value())

    @property
    def is_quote(self) -> bool:
        return bool(self["quote_of_id"].value())

    @property
    def title(self) -> str:
        return "Reply" if self.is_reply else "Quote" if self.is_quote else "New tweet"

    @property
    def verb(self) -> str:
        return "Reply" if self.is_reply else "Tweet"

    @property
    def invitation(self) -> str:
        return "Write your reply" if self.is_reply else "Add a comment" if self.is_quote else "What is happening?"
