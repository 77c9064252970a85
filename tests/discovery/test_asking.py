"""What is written into the search box, and what is meant."""

from datetime import UTC, datetime

import pytest

from discovery.asking import Asked, Nonsense, asked
from tweets.models import id_at


def day(number: int) -> int:
    return id_at(datetime(2026, 11, number, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tea", Asked(wanted=("'tea'",))),
        ("Green TEA green", Asked(wanted=("'green'", "'tea'"))),
        ('"green tea" cup', Asked(wanted=("'green' <-> 'tea'", "'cup'"))),
        ('"never closed tea', Asked(wanted=("'never' <-> 'closed' <-> 'tea'",))),
        ("don't well-known", Asked(wanted=("'don' <-> 't'", "'well' <-> 'known'"))),
        ('tea -milk -"no sugar" -#Ad', Asked(wanted=("'tea'",), unwanted=("'milk'", "'no' <-> 'sugar'", "'#ad'"))),
        ("#Tea", Asked(wanted=("'#tea'",))),
        ("#1", Asked(wanted=("'1'",))),
        ("from:Ada to:@Grace tea", Asked(wanted=("'tea'",), authors=("ada",), answered=("grace",))),
        ("tea -from:ada -to:grace", Asked(wanted=("'tea'",), not_authors=("ada",), not_answered=("grace",))),
        ("FROM:ada Has:Links", Asked(wanted=("'has:links'",), authors=("ada",))),
        ("has:media filter:replies", Asked(wanted=("'has:media'", "'is:reply'"))),
        ("tea -filter:replies", Asked(wanted=("'tea'",), unwanted=("'is:reply'",))),
        ("since:2026-11-02 until:2026-11-05", Asked(first=day(2), last=day(5) - 1)),
        ("tea since:1999-01-01", Asked(wanted=("'tea'",))),
        ("tea until:9999-12-31", Asked(wanted=("'tea'",), last=2**63 - 2)),
        ("日本", Asked(wanted=("'日' <-> '本'",))),
        ("other:thing https://example.com", Asked(wanted=("'other' <-> 'thing'", "'example' <-> 'com'"))),
        ('tea !!! - ""', Asked(wanted=("'tea'",))),
        ("it's 'quoted' \\ & | ( ) :*", Asked(wanted=("'it' <-> 's'", "'quoted'"))),
        ("\0tea\0", Asked(wanted=("'tea'",))),
    ],
)
def test_what_is_meant(text: str, meant: Asked) -> None:
    assert asked(text) == meant


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", "empty", "Write what to look for."),
        ("!!! ... -", "empty", "Write what to look for."),
        ("-tea -from:ada", "empty", "Say also what to look for, not only what to leave out."),
        ("x" * 501, "too_long", "A search has at most 500 characters; this one has 501."),
        ("x" * 10_000, "too_long", "A search has at most 500 characters; this one has 10,000."),
        ("from:", "no_name", "from: needs a name, such as from:ada."),
        ("to:@ tea", "no_name", "to: needs a name, such as to:ada."),
        ("since:yesterday", "no_day", "since: needs a day, such as since:2026-11-21."),
        ("until:2026-13-45", "no_day", "until: needs a day, such as until:2026-11-21."),
        ("tea -since:2026-11-01", "no_day", "There is no -since:; write until: instead."),
        ("since:2026-11-05 until:2026-11-05", "no_time", "until: has to be a later day than since:."),
        ("has:cheese", "no_filter", "There is no has:cheese; there is has:media, has:links."),
        (
            "filter:" + "x" * 100,
            "no_filter",
            f"There is no filter:{'x' * 20}; there is filter:replies, filter:media, filter:links.",
        ),
    ],
)
def test_what_can_not_be_searched_for_is_said(text: str, code: str, message: str) -> None:
    with pytest.raises(Nonsense) as refused:
        asked(text)
    assert (refused.value.code, str(refused.value)) == (code, message)
