"""The counter of the page counts as the server does."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tweets import text

pytestmark = pytest.mark.browser

SAMPLES = [
    "plain words",
    "Überraschung, naïve café, кириллица, ελληνικά, עברית, العربية",
    "e\u0301 decomposed",
    "日本語のツイート 한국어 中文",
    "🎉 👨‍👩‍👧‍👦 🇩🇪 👍🏽 ❤️ ❤ 1️⃣ #️⃣ © ™ ☺ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏳️‍🌈",
    "a “quoted” word — with … dashes",
    "https://example.com",
    "http://example.com/path_(with)_(parentheses)?query=1&more=2#part.",
    "see example.com, example.org/x and www.example.co.uk!",
    "not.alink file.txt 3.14 a.b etc.",
    "mail someone@example.com now",
    "@example.com #example.com $example.com",
    "-example.com _example.com /example.com",
    "日本語https://example.com日本語",
    "これは日本語です。example.com中国語",
    "https://例え.jp/パス https://münchen.de/straße",
    "https://t.co/abc123 https://t.co",
    "https://example.com:8080/x?y=z",
    "x.com t.co youtu.be/abc",
    "https://sub_domain.example.com/~user/@name/",
    "two\n\nlines\r\nand more\n",
    "   padded   ",
    "http:// https://nothing https://no_tld",
    "https://example.com/" + "x" * 300,
    "😀" * 50 + "é" * 30,
]


def test_the_page_counts_as_the_server(window: Callable[..., Page], db: None) -> None:
    page = window()
    page.goto("/explore/")
    counted = page.evaluate(
        "async (samples) => { const { weight } = await import('/static/js/weight.js'); return samples.map(weight) }",
        SAMPLES,
    )
    assert dict(zip(SAMPLES, counted, strict=True)) == {sample: text.weight(sample.strip()) for sample in SAMPLES}
