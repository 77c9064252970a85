import pytest

from accounts.relations import words


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("unicorn", "A Unicorn!", True),
        ("unicorn", "two unicorns", False),
        ("unicorn", "#unicorn", True),
        ("unicorn", "@unicorn said", False),
        ("#unicorn", "a unicorn", False),
        ("＃Unicorn", "such a #UNICORN.", True),
        ("#unicorn", "#unicorns", False),
        ("@unicorn", "hi @Unicorn", True),
        ("@unicorn", "mail me: a@unicorn", False),
        ("two  words", "Two\n\nWORDS", True),
        ("two words", "two or three words", False),
        ("猫", "黒猫です", True),
        ("#猫", "#猫カフェ", False),
        ("🎉", "yay🎉🎉", True),
        ("straße", "HAUPTSTRASSE, STRASSE", True),
        ("c++", "I like C++.", True),
        ("हिन्द", "हिन्दी", False),
        ("(.*)", "anything", False),
    ],
)
def test_whole_words_whatever_the_case(typed: str, text: str, found: bool) -> None:
    assert words.any_in([words.phrase_of(typed)], text) is found


def test_any_of_several_will_do_and_none_never_does() -> None:
    assert words.any_in(["cat", "dog"], "My dog.")
    assert not words.any_in([], "My dog.")
