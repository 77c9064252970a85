"""Who people are and whom they follow."""

import re
from typing import Any, ClassVar
from urllib.parse import urlsplit
from uuid import uuid4

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from oauth2_provider.models import AbstractApplication, ApplicationManager

import accounts.lists.models  # noqa: F401  Django finds models by this module
from accounts import usernames
from accounts.relations.models import Block, FollowRequest, Mute, MutedConversation, MutedWord
from stores import text
from stores.counts import CountChange

__all__ = [
    "Application",
    "Block",
    "Follow",
    "FollowRequest",
    "Mute",
    "MutedConversation",
    "MutedWord",
    "PersonCountChange",
    "PersonalToken",
    "User",
]

NAME_MAX_LENGTH = 50
BIO_MAX_LENGTH = 160
LOCATION_MAX_LENGTH = 30
WEBSITE_MAX_LENGTH = 100
MOST_APPS = 20
MOST_REDIRECTS = 10
APP_NAME_MAX_LENGTH = 50


class WebAddressValidator(URLValidator):
    """Of a page, and readable as what it is: nothing in it may hide or turn what follows."""

    schemes = ["http", "https"]
    message = "Enter a web address, such as https://example.com."

    def __call__(self, value: Any) -> None:
        if value != text.clean(str(value)):
            raise ValidationError(self.message, code=self.code, params={"value": value})
        super().__call__(value)


web_address = WebAddressValidator()


def image_path(user: "User", _filename: str) -> str:
    """A name of our own for an uploaded picture: nothing of the sender's file name survives."""
    return f"people/{user.pk}/{uuid4().hex}.webp"


class PeopleManager(UserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username or "")


class User(AbstractUser):  # type: ignore[django-manager-missing]  # of apps, whose base comes without types
    """A person with an account.

    The three counts are settled from `PersonCountChange` a moment after a change; `accounts.counts` shows them exact.
    `is_active` is False while an account is suspended: it can't log in, and everything it wrote is hidden.
    `is_protected`: what this person writes is for his followers alone, and whom he lets follow him is his to say.
    """

    username = models.CharField(
        max_length=usernames.MAX_LENGTH,
        validators=usernames.VALIDATORS,
        error_messages={"unique": "This username is already taken."},
    )
    email = models.EmailField(blank=True)
    first_name = last_name = None  # type: ignore[assignment]  # people have one display name here
    name = models.CharField("display name", max_length=NAME_MAX_LENGTH, blank=True)
    bio = models.CharField(max_length=BIO_MAX_LENGTH, blank=True)
    location = models.CharField(max_length=LOCATION_MAX_LENGTH, blank=True)
    website = models.URLField(max_length=WEBSITE_MAX_LENGTH, blank=True, validators=[web_address])
    avatar = models.ImageField(upload_to=image_path, blank=True)
    header = models.ImageField(upload_to=image_path, blank=True)
    is_protected = models.BooleanField("protected", default=False, db_default=False)
    followers_count = models.PositiveIntegerField(default=0, editable=False)
    following_count = models.PositiveIntegerField(default=0, editable=False)
    tweets_count = models.PositiveIntegerField(default=0, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False, help_text="The latest visit to home, to the day.")
    epoch = models.PositiveIntegerField(
        default=0, editable=False, help_text="Raised by what ends all sessions at once."
    )

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta:
        constraints = [
            # Upper, because that is what PostgreSQL is asked for by `iexact`.
            models.UniqueConstraint(
                Upper("username"),
                name="one_username_whatever_its_case",
                violation_error_message="This username is already taken.",
            )
        ]
        indexes = [
            models.Index(fields=["-followers_count"], name="people_by_followers"),
            models.Index(fields=["seen_at"], name="people_by_visit"),
            models.Index(fields=["email"], name="people_by_email"),
            models.Index(OpClass(Upper("username"), "text_pattern_ops"), name="people_by_beginning"),
            GinIndex(SearchVector("name", config="simple"), name="people_by_words_of_name"),
        ]

    def __str__(self) -> str:
        return f"@{self.username}"

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()

    def get_absolute_url(self) -> str:
        return reverse("profile", args=[self.username])

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must know to go on."""
        return salted_hmac(
            "accounts.session", f"{self.epoch} {self.password}", secret=secret, algorithm="sha256"
        ).hexdigest()


class Follow(models.Model):
    """`follower` reads what `followee` writes, and with `shows_retweets` what he retweets."""

    follower = models.ForeignKey(User, on_delete=models.CASCADE, related_name="followee_rows", db_index=False)
    followee = models.ForeignKey(User, on_delete=models.CASCADE, related_name="follower_rows", db_index=False)
    shows_retweets = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "followee"], name="follow_once"),
            models.CheckConstraint(condition=~Q(follower=F("followee")), name="no_self_follow"),
        ]
        indexes = [
            models.Index(fields=["followee", "follower"], name="followers_in_ranges"),
            models.Index(fields=["follower"], condition=Q(shows_retweets=False), name="follows_without_retweets"),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id} follows {self.followee_id}"


class PersonCountChange(CountChange):
    """A follower, followee or tweet more or less, not yet in the person's own figures."""

    class Meta(CountChange.Meta):
        indexes: ClassVar[list[Any]] = [models.Index(fields=["subject_id"], name="person_changes")]


class PersonalToken(models.Model):
    """A token that somebody made for a script of his own. It is shown once; what is kept is its hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="personal_tokens")
    name = models.CharField(max_length=APP_NAME_MAX_LENGTH)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True, editable=False, help_text="The latest use, to the day.")

    def __str__(self) -> str:
        return self.name


class OutgoingMail(models.Model):
    """A mail that waits to be sent. It may hold a link that lets its reader in: nobody is shown it, and it goes at once
    when it has been sent.
    """

    recipient = models.EmailField()
    subject = models.TextField()
    text = models.TextField()
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"mail {self.pk}"


class Application(AbstractApplication):  # type: ignore[misc]  # the library comes without types
    """A program by somebody else that may ask people for access, or that speaks for itself."""

    name: str
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="apps")
    website = models.URLField(max_length=WEBSITE_MAX_LENGTH, blank=True, validators=[web_address])

    objects = ApplicationManager()

    @property
    def speaks_for_itself(self) -> bool:
        return bool(self.authorization_grant_type == self.GRANT_CLIENT_CREDENTIALS)

    @property
    def is_confidential(self) -> bool:
        return bool(self.client_type == self.CLIENT_CONFIDENTIAL)

    def is_usable(self, _request: object) -> bool:
        """Whether it may be given anything: not while whoever registered it is suspended."""
        return self.user is None or bool(self.user.is_active)

    def get_allowed_schemes(self) -> list[str]:
        """For redirects: https, http to the device itself, and an app's private scheme such as `com.example.app`."""
        own = {urlsplit(uri).scheme for uri in self.redirect_uris.split()}
        return ["https", "http", *(scheme for scheme in own if _PRIVATE_SCHEME.fullmatch(scheme))]

    def clean(self) -> None:
        """
        Raises:
            ValidationError: by field, for forms and for registrations by POST alike.
        """
        self.name = text.clean(self.name)
        super().clean()
        problems = {field: problem for field, problem in self._problems() if problem}
        if problems:
            raise ValidationError(problems)

    def _problems(self) -> list[tuple[str, str]]:
        redirects = self.redirect_uris.split()
        offered = (self.GRANT_AUTHORIZATION_CODE, self.GRANT_CLIENT_CREDENTIALS)
        public_alone = self.speaks_for_itself and not self.is_confidential
        unsafe = [uri for uri in redirects if not _is_safe_redirect(uri)]
        too_many = self._state.adding and Application.objects.filter(user=self.user).count() >= MOST_APPS
        return [
            ("name", "" if self.name else "Give it a name."),
            ("name", f"You have {MOST_APPS} apps, and nobody may have more." if too_many else ""),
            ("name", f"At most {APP_NAME_MAX_LENGTH} characters." if len(self.name) > APP_NAME_MAX_LENGTH else ""),
            ("authorization_grant_type", "" if self.authorization_grant_type in offered else "This is not offered."),
            ("client_type", "An app that speaks for itself needs a secret." if public_alone else ""),
            ("redirect_uris", f"At most {MOST_REDIRECTS}." if len(redirects) > MOST_REDIRECTS else ""),
            ("redirect_uris", f"Use https, or http for 127.0.0.1: {unsafe[0]}" if unsafe else ""),
        ]


_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
_THE_DEVICE = {"127.0.0.1", "::1", "localhost"}


def _is_safe_redirect(uri: str) -> bool:
    parts = urlsplit(uri)
    return parts.scheme != "http" or parts.hostname in _THE_DEVICE
