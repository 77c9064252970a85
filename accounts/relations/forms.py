"""What people fill in about whom and what they do not want to read."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone

from accounts.relations.models import PHRASE_MAX_LENGTH

LENGTHS = {"1": "24 hours", "7": "7 days", "30": "30 days", "": "Until you unmute"}


class MuteForm(forms.Form):
    """For how long."""

    days = forms.ChoiceField(label="For how long", choices=list(LENGTHS.items()), required=False)

    def until(self) -> datetime | None:
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None


class WordForm(MuteForm):
    phrase = forms.CharField(
        label="Word, phrase or #hashtag",
        max_length=PHRASE_MAX_LENGTH,
        help_text="Whole words, whatever their case. A word mutes its hashtag too; a hashtag mutes only itself.",
    )
    field_order = ["phrase", "days"]


class PrivacyForm(forms.Form):
    is_protected = forms.BooleanField(label="Protect your tweets", required=False)
