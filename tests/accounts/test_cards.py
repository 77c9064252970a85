import orjson
import pytest
from django.core.files.base import ContentFile
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts import actions, cards
from accounts.models import User
from stores import cards as stores_cards


def test_a_card_is_what_the_api_shows(ada: User) -> None:
    card = cards.fetch([ada.pk])[ada.pk]
    assert (card.active, card.protected, card.url) == (True, False, b"/ada/")
    assert orjson.loads(card.json) == {
        "id": str(ada.pk),
        "username": "ada",
        "name": "Ada Lovelace",
        "protected": False,
        "url": "/ada/",
        "avatar_url": f"/avatars/a-{ada.pk * 47 % 360}.svg",
    }


def test_addresses_are_whole_where_the_site_has_one(ada: User, settings: Settings) -> None:
    settings.SITE_URL = "https://chirp.example"
    assert cards.fetch([ada.pk])[ada.pk].url == b"https://chirp.example/ada/"


@pytest.mark.django_db(transaction=True)
def test_an_uploaded_picture_replaces_the_letter(ada: User) -> None:
    actions.edit_profile(user=ada, changes={"avatar": ContentFile(b"webp", name="a.webp")})
    assert cards.avatar_url(ada) == f"/media/{ada.avatar.name}"


def test_the_second_look_asks_redis_only(
    ada: User, grace: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        first = cards.fetch([ada.pk, grace.pk])
    with django_assert_num_queries(0):
        assert cards.fetch([ada.pk, grace.pk]) == first


def test_who_is_gone_has_no_card(ada: User) -> None:
    assert list(cards.fetch([ada.pk, 0, 2**62])) == [ada.pk]


def test_a_late_reader_does_not_put_an_old_card_back(ada: User) -> None:
    old = cards.load([ada.pk])
    cards.drop([ada.pk])
    User.objects.filter(pk=ada.pk).update(name="Countess")
    stores_cards._keep(cards.KIND, old)
    assert b"Countess" in cards.fetch([ada.pk])[ada.pk].json
