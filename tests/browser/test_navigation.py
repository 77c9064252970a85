"""The way from page to page, on wide screens and narrow ones."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests import factories

pytestmark = pytest.mark.browser

Window = Callable[..., Page]

EVERYWHERE = ["Home", "Explore", "Notifications", "Write a tweet"]
IN_A_COLUMN = ["Chirp", "Bookmarks", "Lists", "Profile", "Settings"]


@pytest.mark.parametrize(
    ("width", "names"),
    [
        (1280, [*EVERYWHERE, *IN_A_COLUMN]),
        (1100, [*EVERYWHERE, *IN_A_COLUMN]),
        (800, [*EVERYWHERE, *IN_A_COLUMN, "Search"]),
        (360, [*EVERYWHERE, "Search"]),
    ],
)
def test_every_link_has_a_name_and_there_is_one_way_to_search(
    window: Window, ada: User, width: int, names: list[str]
) -> None:
    page = window(ada, viewport={"width": width, "height": 800})
    page.goto("/")
    links = page.get_by_role("navigation", name="Site").get_by_role("link")
    for name in names:
        expect(links.and_(page.get_by_role("link", name=name, exact=True))).to_be_in_viewport()
    expect(links).to_have_count(len(names))
    expect(page.get_by_role("searchbox")).to_have_count(0 if "Search" in names else 1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_phone_search_is_one_step_away(window: Window, ada: User, grace: User) -> None:
    factories.tweet(grace, "Green tea")
    page = window(ada, viewport={"width": 390, "height": 844})
    page.goto("/")
    page.get_by_role("link", name="Search", exact=True).click()
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("tea")
    page.keyboard.press("Enter")
    expect(page.locator("#feed .tweet-text")).to_have_text(["Green tea"])
