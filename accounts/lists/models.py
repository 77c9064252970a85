"""Lists of people, who is on them and who follows them."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from stores.counts import CountChange

NAME_MAX_LENGTH = 25
DESCRIPTION_MAX_LENGTH = 100


class List(models.Model):
    """People put together by its owner. A private one is known to nobody else.

    The counts are settled from `ListCountChange` a moment after a change; `accounts.counts` shows them exact.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="lists", db_index=False)
    name = models.CharField(max_length=NAME_MAX_LENGTH)
    description = models.CharField(max_length=DESCRIPTION_MAX_LENGTH, blank=True)
    private = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    members_count = models.PositiveIntegerField(default=0, editable=False)
    followers_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        indexes = [models.Index(fields=["owner", "-id"], name="lists_of_owner")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("list", args=[self.pk])


class ListMember(models.Model):
    """What this person writes is in the list's feed."""

    list = models.ForeignKey(List, models.CASCADE, related_name="member_rows", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="list_rows", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "person"], name="member_once")]
        indexes = [
            models.Index(fields=["list", "-id"], name="members_of_list"),
            models.Index(fields=["person", "-id"], name="lists_with_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} is on {self.list_id}"


class ListFollow(models.Model):
    """The list stands among the follower's own."""

    list = models.ForeignKey(List, models.CASCADE, related_name="follow_rows", db_index=False)
    follower = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="followed_list_rows", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "follower"], name="follow_list_once")]
        indexes = [
            models.Index(fields=["list", "-id"], name="followers_of_list"),
            models.Index(fields=["follower", "-id"], name="lists_of_follower"),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id} follows {self.list_id}"


class ListCountChange(CountChange):
    """A member or follower more or less, not yet in the list's own figures."""

    class Meta(CountChange.Meta):
        indexes: ClassVar[list[Any]] = [models.Index(fields=["subject_id"], name="list_changes")]
