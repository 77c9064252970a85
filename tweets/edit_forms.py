"""The form in which a tweet is edited."""

from django import forms

from tweets.forms import new_key
from tweets.models import TEXT_MAX_LENGTH, Tweet
from tweets.rejections import Rejected


class EditForm(forms.Form):
    """The text of a tweet that is there; whether it may be changed is for `tweets.editing.edit_tweet` to say.

    Attributes:
        now: what the tweet says by now, where that is not what the editor began with.
    """

    use_required_attribute = False
    now = ""

    text = forms.CharField(
        required=False,
        strip=False,
        max_length=TEXT_MAX_LENGTH,
        error_messages={"max_length": "That is far too long; a tweet has at most 280 characters."},
    )
    version = forms.IntegerField(
        min_value=0,
        max_value=2**15 - 1,
        widget=forms.HiddenInput({"autocomplete": "off"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Load the page again: this form is not complete."
        ),
    )
    idempotency_key = forms.CharField(
        required=False, max_length=64, initial=new_key, widget=forms.HiddenInput({"autocomplete": "off"})
    )

    @classmethod
    def of(cls, tweet: Tweet) -> "EditForm":
        return cls(initial={"text": tweet.text, "version": tweet.edits_count}, auto_id="%s-edit")

    def after(self, tweet: Tweet) -> "EditForm":
        """What was written, on top of an edit that its editor had not seen: to be saved again, or not."""
        mine = {"text": self.data["text"], "version": str(tweet.edits_count), "idempotency_key": new_key()}
        form = EditForm(mine, auto_id="%s-edit")
        form.add_error(None, "This tweet has been edited since you began. Save again to replace what it says now:")
        form.now = tweet.text
        return form

    def refuse(self, reason: Rejected) -> None:
        self.add_error(reason.field or None, str(reason))

    def problems(self) -> list[str]:
        """What is wrong, each thing once."""
        return list(dict.fromkeys(str(error) for errors in self.errors.values() for error in errors))
