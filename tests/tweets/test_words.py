"""Words as search knows them."""

import pytest

from tweets import text, words


@pytest.mark.parametrize(
    ("written", "cut"),
    [
        ("Hello, World!", ["hello", "world"]),
        ("don't stop", ["don", "t", "stop"]),
        ("Café CAFE\u0301 cafe", ["cafe", "cafe", "cafe"]),
        ("Straße ＴＥＡ", ["strasse", "tea"]),
        ("日本語 です ok", ["日", "本", "語", "で", "す", "ok"]),
        ("한국어 हिन्दी", ["한국어", "हिन्दी"]),
        ("tea☕time 👍", ["tea", "☕", "time", "👍"]),
        ("https://www.example.com/a_b?c=1", ["example", "com", "a_b", "c", "1"]),
        ("#tea @ada", ["tea", "ada"]),
        ("'; -- \\", []),
        ("", []),
    ],
)
def test_text_is_cut_into_words(written: str, cut: list[str]) -> None:
    assert words.words(written) == cut


def test_marks_are_what_can_be_asked_besides_words() -> None:
    found = text.entities("#Tea #TEA example.com @ada")
    assert words.marks(found, None) == ["#tea", "has:links"]
    assert words.marks([], 7, has_media=True) == ["has:media", "is:reply", "to:7"]


def test_a_vector_has_places_for_words_and_none_for_marks() -> None:
    assert words.vector("tea or tea", ["#tea"]) == "'tea':1 'or':2 'tea':3 '#tea'"
    assert words.phrase("Green tea") == "'green' <-> 'tea'"
    assert words.lexeme("it's \\") == "'it''s \\\\'"
