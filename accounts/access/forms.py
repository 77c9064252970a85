"""What people fill in about apps and tokens."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.access import scopes
from accounts.forms import CleanTextField, WebAddressField
from accounts.models import APP_NAME_MAX_LENGTH, WEBSITE_MAX_LENGTH, Application

_CODE, _ALONE = Application.GRANT_AUTHORIZATION_CODE, Application.GRANT_CLIENT_CREDENTIALS
KINDS = {
    "public": (Application.CLIENT_PUBLIC, _CODE),
    "confidential": (Application.CLIENT_CONFIDENTIAL, _CODE),
    "alone": (Application.CLIENT_CONFIDENTIAL, _ALONE),
}
LIVES = {"30": "30 days", "90": "90 days", "365": "a year", "": "until I revoke it"}


class AppForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own can't be given a type at run time
    """An app as its developer describes it. What kind it is can't change later: its secret hangs on that."""

    name = CleanTextField(max_length=APP_NAME_MAX_LENGTH, help_text="People see it when they are asked for access.")
    website = WebAddressField(max_length=WEBSITE_MAX_LENGTH, required=False, assume_scheme="https")
    kind = forms.ChoiceField(
        label="What it is",
        widget=forms.RadioSelect,
        initial="public",
        choices=[
            ("public", "An app on people's own devices or in their browsers. It can't keep a secret."),
            ("confidential", "A service on a server, which acts for people and keeps a secret."),
            ("alone", "A service that only reads what everybody may see, for itself."),
        ],
    )

    class Meta:
        model = Application
        fields = ("name", "website", "redirect_uris")
        labels = {"redirect_uris": "Addresses to return to"}
        help_texts = {
            "redirect_uris": "One a line, exactly as your app sends them: https, http://127.0.0.1, "
            "or a scheme of its own such as com.example.app:/back."
        }
        widgets = {"redirect_uris": forms.Textarea({"rows": 3, "spellcheck": "false"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["kind"]

    def clean(self) -> dict[str, Any]:
        if "kind" in self.fields:
            kind = KINDS[self.cleaned_data.get("kind", "public")]
            self.instance.client_type, self.instance.authorization_grant_type = kind
        return self.cleaned_data


class TokenForm(forms.Form):
    name = CleanTextField(max_length=APP_NAME_MAX_LENGTH, help_text="What it is for.")
    scopes = forms.MultipleChoiceField(
        label="It may",
        widget=forms.CheckboxSelectMultiple,
        initial=["read"],
        choices=[(scope, f"{words} ({scope})") for scope, words in scopes.SCOPES.items()],
    )
    life = forms.ChoiceField(label="It is valid", required=False, initial="90", choices=list(LIVES.items()))

    def until(self) -> datetime | None:
        days = self.cleaned_data["life"]
        return timezone.now() + timedelta(days=int(days)) if days else None
