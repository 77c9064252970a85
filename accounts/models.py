"""Who people are and whom they follow."""

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse

from accounts import usernames
from stores.counts import CountChange

NAME_MAX_LENGTH = 50
BIO_MAX_LENGTH = 160
LOCATION_MAX_LENGTH = 30
WEBSITE_MAX_LENGTH = 100

web_address = URLValidator(["http", "https"], message="Enter a web address, such as https://example.com.")


def image_path(user: "User", _filename: str) -> str:
    """A name of our own for an uploaded picture: nothing of the sender's file name survives."""
    return f"people/{user.pk}/{uuid4().hex}.webp"


class PeopleManager(UserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username or "")


class User(AbstractUser):
    """A person with an account.

    The three counts are settled from `PersonCountChange` a moment after a change; `accounts.counts` shows them exact.
    `is_active` is False while an account is suspended: it can't log in, and everything it wrote is hidden.
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
    followers_count = models.PositiveIntegerField(default=0, editable=False)
    following_count = models.PositiveIntegerField(default=0, editable=False)
    tweets_count = models.PositiveIntegerField(default=0, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False, help_text="The latest visit to home, to the day.")

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
        ]

    def __str__(self) -> str:
        return f"@{self.username}"

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()

    def get_absolute_url(self) -> str:
        return reverse("profile", args=[self.username])


class Follow(models.Model):
    """`follower` reads what `followee` writes."""

    follower = models.ForeignKey(User, on_delete=models.CASCADE, related_name="followee_rows", db_index=False)
    followee = models.ForeignKey(User, on_delete=models.CASCADE, related_name="follower_rows", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "followee"], name="follow_once"),
            models.CheckConstraint(condition=~Q(follower=F("followee")), name="no_self_follow"),
        ]
        indexes = [models.Index(fields=["followee", "follower"], name="followers_in_ranges")]

    def __str__(self) -> str:
        return f"{self.follower_id} follows {self.followee_id}"


class PersonCountChange(CountChange):
    """A follower, followee or tweet more or less, not yet in the person's own figures."""

    class Meta(CountChange.Meta):
        indexes: ClassVar[list[Any]] = [models.Index(fields=["subject_id"], name="person_changes")]
