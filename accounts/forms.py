"""What people fill in: sign-up and the profile."""

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest

from accounts import images, models, usernames
from accounts.models import User
from stores import text


class CleanTextField(forms.CharField):
    """Text without what is invisible, stacked or turns the direction of what follows."""

    def to_python(self, value: object) -> str:
        return text.clean(super().to_python(value) or "")


class SignupForm(AllauthSignupForm):  # type: ignore[misc]  # allauth comes without types
    name = CleanTextField(
        label="Name",
        max_length=models.NAME_MAX_LENGTH,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
        help_text="As others see it; you can change it at any time.",
    )
    field_order = ["username", "name", "email", "password1"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        username = self.fields["username"]
        username.validators = [usernames.allowed_characters]
        username.help_text = "1 to 15 letters, digits or underscores."
        username.widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        self.fields["email"].label = "E-mail"
        self.fields["password1"].help_text = "At least 8 characters."
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        user: User = super().save(request)
        return user


class ImageField(forms.FileField):
    """An uploaded picture, answered as the finished one."""

    def __init__(self, shape: images.Shape, label: str, help_text: str) -> None:
        widget = forms.FileInput({"accept": "image/png,image/jpeg,image/webp,image/gif"})
        super().__init__(required=False, widget=widget, allow_empty_file=True, label=label, help_text=help_text)
        self.shape = shape

    def clean(self, data: object, initial: object = None) -> "ContentFile[bytes] | None":
        upload: UploadedFile[bytes] | None = super().clean(data, initial)
        try:
            return images.finished(upload, self.shape) if upload else None
        except images.Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class WebAddressField(forms.URLField):
    default_validators = [models.web_address]
    default_error_messages = {"invalid": str(models.web_address.message)}


class ProfileForm(forms.Form):
    """The fields of a profile; `changes` is what `actions.edit_profile` takes."""

    name = CleanTextField(label="Name", max_length=models.NAME_MAX_LENGTH, required=False)
    bio = CleanTextField(
        max_length=models.BIO_MAX_LENGTH,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="160 characters.",
    )
    location = CleanTextField(max_length=models.LOCATION_MAX_LENGTH, required=False)
    website = WebAddressField(max_length=models.WEBSITE_MAX_LENGTH, required=False, assume_scheme="https")
    avatar = ImageField(images.AVATAR, label="Picture", help_text="PNG, JPEG, WebP or GIF, at most 5 MB.")
    remove_avatar = forms.BooleanField(label="Remove the picture", required=False)
    header = ImageField(images.HEADER, label="Header", help_text="PNG, JPEG, WebP or GIF, at most 10 MB.")
    remove_header = forms.BooleanField(label="Remove the header", required=False)

    @classmethod
    def of(cls, user: User) -> "ProfileForm":
        return cls(initial={field: getattr(user, field) for field in ("name", "bio", "location", "website")})

    def changes(self) -> dict[str, Any]:
        changed = {field: self.cleaned_data[field] for field in ("name", "bio", "location", "website")}
        for image in ("avatar", "header"):
            if self.cleaned_data[image] is not None:
                changed[image] = self.cleaned_data[image]
            elif self.cleaned_data[f"remove_{image}"]:
                changed[image] = ""
        return changed
