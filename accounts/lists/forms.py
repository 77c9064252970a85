"""What people fill in about a list."""

from django import forms

from accounts.forms import CleanTextField
from accounts.lists.models import DESCRIPTION_MAX_LENGTH, NAME_MAX_LENGTH, List
from stores import text


class LineField(CleanTextField):
    """Clean text on one line."""

    def to_python(self, value: object) -> str:
        return text.one_line(super().to_python(value))


class ListForm(forms.Form):
    name = LineField(max_length=NAME_MAX_LENGTH, help_text=f"At most {NAME_MAX_LENGTH} characters.")
    description = LineField(
        max_length=DESCRIPTION_MAX_LENGTH, required=False, help_text=f"At most {DESCRIPTION_MAX_LENGTH} characters."
    )
    private = forms.BooleanField(required=False, label="Private: nobody but you knows of it")

    @classmethod
    def of(cls, edited: List) -> "ListForm":
        return cls(initial={field: getattr(edited, field) for field in ("name", "description", "private")})


class MemberForm(forms.Form):
    """A person to be put on a list."""

    username = forms.CharField(label="Username", max_length=16, strip=True)

    def clean_username(self) -> str:
        named: str = self.cleaned_data["username"]
        return named.removeprefix("@")
