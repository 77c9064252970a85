"""Wherever people's text comes in, it is cleaned: nothing in it hides, stacks or turns what stands behind it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django import forms
from django.test import Client
from rest_framework import serializers

from accounts.access.forms import AppForm, TokenForm
from accounts.fields import CleanTextField, StrictSerializer
from accounts.forms import CleanTextField as CleanFormField
from accounts.forms import ProfileForm, SignupForm
from accounts.models import Application, PersonalToken, User
from tests.accounts.access.programs import BACK
from tests.rest import used
from tests.test_ownership import state
from tweets.models import Tweet

pytestmark = pytest.mark.django_db

WRITTEN = "\u202egnp\u2066\u200b.exe\u2069 z" + "\u0335" * 100
LEFT = "gnp.exe z" + "\u0335" * 4
LogIn = Callable[[User], Client]

# Text by which something is found, or which is compared to the letter; nobody is shown it.
NOT_SHOWN = {("CredentialsSerializer", "username"), ("CredentialsSerializer", "password")}
CLEANED_BY_THE_ACTION = {"text", "phrase"}  # of a tweet: tweets.actions; muted: accounts.relations.words
ADDRESSES = {"website"}


def confirm(browser: Client) -> None:
    assert browser.post("/login/confirm/", {"password": "correct horse"}).status_code == 302


def test_names_and_texts_of_a_profile(ada: User, as_user: LogIn) -> None:
    fields = {"name": WRITTEN, "bio": WRITTEN, "location": WRITTEN}
    assert used(ada).patch("/api/users/me/", fields).status_code == 200
    kept = User.objects.values_list("name", "bio", "location")
    assert kept.get(pk=ada.pk) == (LEFT, LEFT, LEFT)
    User.objects.update(name="", bio="", location="")
    assert as_user(ada).post("/settings/", fields).status_code == 302
    assert kept.get(pk=ada.pk) == (LEFT, LEFT, LEFT)


def test_a_name_at_sign_up(client: Client) -> None:
    filled = {"username": "hedy", "name": WRITTEN, "email": "hedy@example.com", "password1": "correct horse"}
    assert client.post("/signup/", filled).status_code == 302
    assert User.objects.get().name == LEFT


def test_tweets(ada: User, as_user: LogIn) -> None:
    assert used(ada).post("/api/tweets/", {"text": WRITTEN}).status_code == 201
    assert as_user(ada).post("/compose/", {"text": WRITTEN}).status_code == 302
    assert list(Tweet.objects.values_list("text", flat=True)) == [LEFT, LEFT]


def test_names_of_apps_and_tokens(ada: User, as_user: LogIn) -> None:
    browser = as_user(ada)
    confirm(browser)
    app = {"name": WRITTEN, "kind": "public", "redirect_uris": BACK}
    assert browser.post("/settings/apps/new/", app).status_code == 200
    assert browser.post("/settings/tokens/", {"name": WRITTEN, "scopes": ["read"]}).status_code == 200
    registered = used(ada).post("/oauth/register/", {"client_name": WRITTEN, "redirect_uris": [BACK]})
    assert registered.status_code == 201, registered.content
    assert list(Application.objects.values_list("name", flat=True)) == [LEFT, LEFT]
    assert set(PersonalToken.objects.values_list("name", flat=True)) == {LEFT, "Token"}


@pytest.mark.parametrize("blank", ["\u200d\u200d", "\u3164", "\u202e"])
def test_what_nobody_can_see_is_no_text(ada: User, as_user: LogIn, blank: str) -> None:
    api, browser = used(ada), as_user(ada)
    before = state()
    assert api.post("/api/tweets/", {"text": blank}).status_code == 400
    assert browser.post("/compose/", {"text": blank}).status_code == 422
    assert (
        browser.post("/settings/apps/new/", {"name": blank, "kind": "public", "redirect_uris": BACK}).status_code == 422
    )
    assert state() == before


@pytest.mark.parametrize(
    "address", ["https://example.com/\u202egnp", "https://exa\u200bmple.com/", "https://x.example/\u2066"]
)
def test_a_web_address_reads_as_what_it_is(ada: User, as_user: LogIn, address: str) -> None:
    api, browser = used(ada), as_user(ada)
    before = state()
    assert api.patch("/api/users/me/", {"website": address}).status_code == 400
    refused = browser.post("/settings/", {"website": address})
    assert refused.context["form"].errors["website"] == ["Enter a web address, such as https://example.com."]
    assert state() == before


def shapes(of: type[Any]) -> Iterator[type[Any]]:
    for each in of.__subclasses__():
        yield each
        yield from shapes(each)


def test_every_text_that_the_api_takes_is_cleaned() -> None:
    unclean = {
        (shape.__name__, name)
        for shape in shapes(StrictSerializer)
        for name, field in shape().fields.items()
        if isinstance(field, serializers.CharField)
        and not isinstance(field, CleanTextField | serializers.ChoiceField)
        and getattr(field, "max_length", None) != 0
        and name not in ADDRESSES | CLEANED_BY_THE_ACTION
    }
    assert unclean - NOT_SHOWN == set()


@pytest.mark.parametrize("form", [SignupForm, ProfileForm, TokenForm, AppForm])
def test_every_text_of_a_form_is_cleaned(form: type[forms.Form]) -> None:
    names = {"name", "bio", "location"} & form.base_fields.keys()
    assert names
    assert [name for name in names if not isinstance(form.base_fields[name], CleanFormField)] == []
