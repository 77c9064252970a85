"""A person as shown beside every tweet: finished JSON, cached by id."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson
from django.conf import settings
from django.urls import reverse

from accounts.models import User
from stores import cards

KIND = "person:2"  # the number of the shape below


_ACTIVE, _PROTECTED = b"+!"


class PersonCard(NamedTuple):
    """The frozen shape of a person.

    Attributes:
        active: False while the account is suspended; nothing by this person may be shown.
        protected: what this person writes may be shown to followers only.
        url: the address of the profile.
        json: the object that API clients get.
    """

    active: bool
    protected: bool
    url: bytes
    json: bytes

    @classmethod
    def parse(cls, stored: bytes) -> "PersonCard":
        signs, url, json = stored.split(b" ", 2)
        # In half of the time of `cls(...)`.
        return tuple.__new__(cls, (signs[0] == _ACTIVE, signs[1] == _PROTECTED, url, json))


def avatar_url(user: User) -> str:
    """The picture, or one generated from the name; see `accounts.views.default_avatar`."""
    if user.avatar:
        return f"{settings.SITE_URL}{user.avatar.url}"
    generated = reverse("default_avatar", args=[user.username[0].lower(), user.pk * 47 % 360])
    return f"{settings.SITE_URL}{generated}"


def store(user: User) -> bytes:
    """The bytes kept for a person: a sign for active or not, one for protected or not, the address, and the JSON."""
    url = settings.SITE_URL + user.get_absolute_url()
    shown = {
        "id": str(user.pk),
        "username": user.username,
        "name": user.get_full_name(),
        "protected": user.is_protected,
        "url": url,
        "avatar_url": avatar_url(user),
    }
    signs = (b"+" if user.is_active else b"-") + (b"!" if user.is_protected else b"-")
    return b" ".join([signs, url.encode(), orjson.dumps(shown)])


def load(user_ids: Sequence[int]) -> dict[int, bytes]:
    rows = User.objects.filter(pk__in=user_ids).only("username", "name", "avatar", "is_active", "is_protected")
    return {user.pk: store(user) for user in rows}


def fetch(user_ids: Sequence[int]) -> dict[int, PersonCard]:
    """The cards of these people; without those who are gone."""
    return {user_id: PersonCard.parse(stored) for user_id, stored in cards.fetch(KIND, user_ids, load).items()}


def drop(user_ids: Iterable[int]) -> None:
    """
    Raises:
        RedisError: the cards are still there.
    """
    cards.drop(KIND, user_ids)
