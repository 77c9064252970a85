"""Names and hashtags completed while a tweet is written, by mouse and by keyboard; and searching."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests import factories
from tests.browser.conftest import PHONE
from tweets.models import Tweet

pytestmark = pytest.mark.browser

Window = Callable[..., Page]


@pytest.fixture
def text(window: Window, ada: User, grace: User, alan: User) -> Locator:
    """Ada's composer, open; she follows Alan."""
    factories.person("alana")
    factories.follow(ada, alan)
    factories.tweet(grace, "#teatime #tea")
    page = window(ada)
    page.goto("/")
    return page.locator("#text-home")


def options(text: Locator) -> Locator:
    return text.page.get_by_role("listbox").get_by_role("option")


def test_a_name_is_chosen_by_keyboard(text: Locator, ada: User) -> None:
    text.press_sequentially("Hi @ala")
    expect(options(text)).to_have_text(["Alan Turing@alan", "alana@alana"])
    expect(text).to_have_attribute("aria-expanded", "true")
    expect(text).to_have_attribute("aria-activedescendant", "text-home-completions-0")
    text.press("ArrowDown")
    expect(options(text).nth(1)).to_have_attribute("aria-selected", "true")
    expect(text).to_have_attribute("aria-activedescendant", "text-home-completions-1")
    text.press("ArrowDown")
    text.press("Enter")
    expect(text).to_have_value("Hi @alan ")
    expect(options(text)).to_have_count(0)
    expect(text).not_to_have_attribute("role", "combobox")
    text.press_sequentially("and @gra")
    expect(options(text)).to_have_text(["Grace Hopper@grace"])
    text.press("Tab")
    expect(text).to_have_value("Hi @alan and @grace ")
    text.press("Control+Enter")
    expect(text.page.locator("#feed .tweet-text").first).to_have_text("Hi @alan and @grace")
    expect(text.page.locator("#feed .mention")).to_have_text(["@alan", "@grace"])
    assert Tweet.objects.get(author=ada).mentions.count() == 2


def test_a_hashtag_is_chosen_by_mouse_in_the_middle_of_the_text(text: Locator) -> None:
    text.fill("I like , really")
    text.evaluate("text => text.setSelectionRange(7, 7)")
    text.press_sequentially("#tea")
    expect(options(text)).to_have_count(2)
    options(text).filter(has_text="#teatime").click()
    expect(text).to_have_value("I like #teatime , really")
    expect(text).to_be_focused()


def test_escape_leaves_what_is_written(text: Locator) -> None:
    text.press_sequentially("@ala")
    expect(options(text)).to_have_count(2)
    text.press("Escape")
    expect(options(text)).to_have_count(0)
    expect(text).to_have_value("@ala")
    text.press("Enter")
    expect(text).to_have_value("@ala\n")


def test_in_the_dialog_escape_closes_the_list_before_the_dialog(text: Locator, grace: User) -> None:
    page = text.page
    page.goto(f"/grace/status/{Tweet.objects.get(author=grace).pk}/")
    page.locator(".nav-write").click()
    written = page.get_by_role("dialog").locator("[data-text]")
    written.press_sequentially("@gra")
    expect(options(written)).to_have_text(["Grace Hopper@grace"])
    written.press("Escape")
    expect(options(written)).to_have_count(0)
    expect(page.get_by_role("dialog")).to_be_visible()


def test_the_box_finds(window: Window, ada: User, grace: User) -> None:
    factories.tweet(grace, "Green tea")
    page = window(ada)
    page.goto("/explore/")
    page.locator("#search-side").fill("tea")
    page.locator("#search-side").press("Enter")
    expect(page.locator("#feed .tweet-text")).to_have_text(["Green tea"])
    page.get_by_role("link", name="Latest").click()
    expect(page.get_by_role("link", name="Latest")).to_have_attribute("aria-current", "page")
    expect(page.locator("#feed .tweet-text")).to_have_text(["Green tea"])
    page.locator("#search-page").fill("hopper")
    page.locator("#search-page").press("Enter")
    page.get_by_role("link", name="People", exact=True).click()
    expect(page.locator(".person-name")).to_contain_text(["Grace Hopper"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(window: Window, ada: User, scheme: str) -> None:
    factories.tweet(ada, "#" + "x" * 90 + " tea")
    page = window(ada, viewport=PHONE, color_scheme=scheme)
    tag = "x" * 90
    for address in ("/explore/", "/search/", "/search/?q=tea", f"/search/?q={tag}", f"/hashtag/{tag}/", "/hashtags/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
