"""What is rising, as its readers come upon it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from discovery import trends
from tests import factories
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser


def test_a_rising_hashtag_stands_beside_pages_and_under_explore_and_leads_to_its_tweets(
    window: Callable[..., Page], ada: User
) -> None:
    crowd = factories.people(4)
    for each in crowd:
        factories.tweet(each, "#coffee")
    trends.count()  # of this, nothing: it is the usual
    for each in crowd[1:]:
        factories.tweet(each, "#Launch")
    assert trends.count() == 1
    desk, phone = window(ada), window(ada, viewport=PHONE)
    desk.goto("/")
    beside = desk.get_by_role("region", name="Trending")
    phone.goto("/explore/")
    phone.get_by_role("link", name="Trending").click()
    for page, rising in ((desk, beside), (phone, phone.locator("#main .trends"))):
        expect(rising.locator(".trend")).to_have_text(["#Launch 3 people lately"])
        rising.get_by_role("link", name="#Launch").click()
        expect(page.get_by_role("heading", name="#Launch")).to_be_visible()
        expect(page.locator("#feed .tweet-text")).to_have_text(["#Launch"] * 3)
