"""What is left of a text, whoever wrote it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stores.text import clean

SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
HARD = (
    "a \n\r\u0301\u0335\u034f\u061c\u0345\u1100\u1161\u11a8\u200b\u200c\u200d\u200e\u2028\u202e\u2066\u2800\u3164\ufe0f"
)


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("e\u200b\u0301", "é"),
        ("a\xadb\u2060c\u206ad\ufff9e", "abcde"),
        ("a\u2028b\u2029c", "a\nb\nc"),
        ("a\u200d\u200d\u200cb", "a\u200db"),
        ("z" + "\u0335\u200d" * 500, "z" + "\u0335\u200d" * 4),
        ("z" + "\u034f\u0335" * 500, "z" + "\u0335" * 4),
        ("hidden" + "".join(chr(0xE0000 + ord(each)) for each in "words"), "hidden"),
        (SCOTLAND, SCOTLAND),
        (SCOTLAND[:-1], SCOTLAND[0]),
        ("❤️ 👍🏽 👨‍👩‍👧", "❤️ 👍🏽 👨‍👩‍👧"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200fשלום!", "\u200fשלום!"),
    ],
)
def test_nothing_hides_stacks_or_turns_what_follows(written: str, left: str) -> None:
    assert clean(written) == left


@pytest.mark.parametrize("blank", ["\u200d", "\u3164", "\u2800", "\ufe0f", "\u200e \u200f", "\u115f\u1160", "\u0301"])
def test_what_nobody_can_see_is_nothing(blank: str) -> None:
    assert clean(blank * 3) == ""


@given(st.text(alphabet=st.one_of(st.sampled_from(HARD), st.sampled_from(SCOTLAND), st.characters()), max_size=30))
@settings(max_examples=300, derandomize=True, deadline=None, database=None)
def test_what_is_clean_stays_as_it_is(written: str) -> None:
    assert clean(clean(written)) == clean(written)
