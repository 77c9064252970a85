"""Counting as X documents it, and text that is safe wherever it is shown."""

import pytest
from twitter_text import parse_tweet

from stores.text import clean
from tweets import text


@pytest.mark.parametrize(
    ("written", "weight"),
    [
        ("", 0),
        ("hello", 5),
        ("a" * 280, 280),
        ("日本語", 6),
        ("한국어", 6),
        ("é", 1),
        ("😀", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("👍🏽", 2),
        ("🇩🇪", 2),
        ("see https://example.com/a/very/long/address/that/goes/on/and/on?and=on ok", 4 + 23 + 3),
        ("example.com", 23),
        ("https://example.com https://example.org", 47),
        ("@ada #tag", 9),
    ],
)
def test_weights_are_those_of_x(written: str, weight: int) -> None:
    assert text.weight(written) == weight


@pytest.mark.parametrize(
    "written",
    [
        "a. b\nc...",
        "tab\t. ~",
        "@x #y (z.)",
        "a.b",
        "see example.com",
        "www.example.org/a?b",
        "x" * 300,
        ".\x7f",
        "two\r\nlines\rand",
    ],
)
def test_ascii_without_addresses_is_counted_as_the_library_would(written: str) -> None:
    assert text.weight(written) == parse_tweet(written).weightedLength


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("  hello \n", "hello"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("a\x00b\x07c", "abc"),
        ("e\u0301", "é"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\u2066b\u2069", "ab"),
        ("a\u200bb\ufeff", "ab"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("z" + "\u0335" * 500, "z" + "\u0335" * 4),
        ("\u200b \u202e \n", ""),
        ("a\ud800b", "ab"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_text_is_cleaned_before_it_is_counted_and_stored(written: str, stored: str) -> None:
    assert clean(written) == stored
    assert clean(stored) == stored


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("@ada and @Grace_1", ["ada", "grace_1"]),
        ("@ada @ADA", ["ada"]),
        (" ".join(f"@p{n}" for n in range(60)), [f"p{n}" for n in range(50)]),
        ("mail ada@example.com", []),
        ("@@ada /@ada x@ada", []),
        ("@sixteencharacters", []),
        ("https://example.com/@ada", []),
        (".@ada, (@grace)", ["ada", "grace"]),
    ],
)
def test_mentions(written: str, names: list[str]) -> None:
    assert text.mentions(text.entities(written)) == names


@pytest.mark.parametrize(
    ("written", "tags"),
    [("#one #Zwei_2 #日本", ["one", "Zwei_2", "日本"]), ("#1 # a#b &#39; /#x", []), ("https://example.com/#part", [])],
)
def test_hashtags(written: str, tags: list[str]) -> None:
    assert [each.value for each in text.entities(written) if each.kind == "hashtag"] == tags


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("ＴＷＩＴＴＥＲ", "twitter"),
        ("İstanbul", "i̇stanbul"),
        ("ﷺ", "صلىاللهعليهوسلم"),
        ("x" * 100, "x" * 100),
        ("x" * 101, ""),
        ("ﷺ" * 7, ""),
        ("", ""),
    ],
)
def test_tags_that_differ_in_case_or_width_are_one(written: str, key: str) -> None:
    assert text.tag_key(written) == key


def test_a_tag_keeps_the_form_first_written() -> None:
    assert text.hashtags(text.entities("#Straße #STRASSE #other")) == {"strasse": "Straße", "other": "other"}


def linked(written: str) -> str:
    return text.html(written, text.entities(written))


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><svg onload=alert(1)>',
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "https://example.com/<script>alert(1)</script>",
        'https://example.com/"onmouseover="alert(1)',
        "https://example.com/'onmouseover='alert(1)",
        'https://example.com/?a=<b>&c="d"',
        "@ada<script> #tag<script>",
        "&lt;script&gt;",
    ],
)
def test_nothing_written_becomes_markup(written: str) -> None:
    from html.parser import HTMLParser

    found: list[tuple[str, dict[str, str | None]]] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    shown = linked(written)
    parser = Parser()
    parser.feed(shown)
    assert {tag for tag, _ in found} <= {"a", "br"}
    for tag, attributes in found:
        assert set(attributes) <= {"href", "rel", "target", "class"}
        if tag == "a":
            assert (attributes["href"] or "").startswith(("https://", "http://", "/"))


def test_links_are_short_to_look_at_and_complete_to_follow() -> None:
    shown = linked("see https://www.example.com/a/long/way/to/go/for/it\n@ada #tag")
    assert shown == (
        'see <a href="https://www.example.com/a/long/way/to/go/for/it" rel="nofollow noopener noreferrer ugc" '
        'target="_blank">example.com/a/long/way/to/go/…</a><br><a class="mention" href="/ada/">@ada</a> '
        '<a class="hashtag" href="/hashtag/tag/">#tag</a>'
    )


def test_links_are_found_where_they_stand_behind_emoji() -> None:
    assert 'href="https://example.com"' in linked("😀😀 example.com 👍")
    assert linked("😀 @ada").endswith('<a class="mention" href="/ada/">@ada</a>')
