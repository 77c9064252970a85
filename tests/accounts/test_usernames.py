import pytest
from django.core.exceptions import ValidationError

from accounts import usernames
from accounts.models import User


def refusals(username: str) -> list[str]:
    """What every validator has to say against a name."""
    said = []
    for validator in usernames.VALIDATORS:
        try:
            validator(username)
        except ValidationError as error:
            said += error.messages
    return said


@pytest.mark.parametrize("username", ["a", "A_1", "x" * 15, "_", "007"])
def test_letters_digits_and_underscores_are_a_name(username: str) -> None:
    assert refusals(username) == []


@pytest.mark.parametrize("username", ["", "x" * 16, "a-b", "a b", "a.b", "ä", "ada\n", "ａｄａ", "a\x00b", "٣"])
def test_anything_else_is_not(username: str) -> None:
    assert refusals(username) == ["A username has 1 to 15 letters, digits or underscores."]


@pytest.mark.parametrize(
    "username",
    # The last two are the first words of addresses that lie behind an include().
    ["admin", "API", "Media", "healthz", "settings", "LOGIN", "password", "avatars"],
)
def test_an_address_of_the_site_is_no_name(username: str) -> None:
    assert refusals(username) == ["This name can't be taken."]


def test_every_reserved_word_could_be_a_name_otherwise() -> None:
    for word in usernames.RESERVED:
        usernames.allowed_characters(word)


def test_names_differ_by_more_than_their_case(ada: User) -> None:
    with pytest.raises(ValidationError) as refused:
        User(username="ADA", password="x").full_clean()
    assert refused.value.messages == ["This username is already taken."]


def test_a_name_is_found_by_index_whatever_its_case(ada: User) -> None:
    assert User.objects.get_by_natural_key("aDa") == ada
    plan = User.objects.filter(username__iexact="aDa").explain()
    # So few rows need no index, but the condition must be one that the index has.
    assert "upper((username)::text) = 'ADA'::text" in plan
