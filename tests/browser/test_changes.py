"""Editing and pinning as people do it, and what of it others see on a page that is open."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests import factories
from tests.browser.conftest import PHONE
from tweets import actions, editing
from tweets.models import Edit, Pin, Tweet

pytestmark = pytest.mark.browser

Window = Callable[..., Page]


def edit(tweet: Tweet, text: str) -> None:
    tweet.refresh_from_db()
    editing.edit_tweet(author=tweet.author, tweet_id=tweet.pk, text=text, version=tweet.edits_count)


def opened(page: Page, address: str) -> Page:
    """The page, once its socket is there and has joined its groups."""
    with page.expect_websocket(lambda socket: "/live/" in socket.url):
        page.goto(address)
    page.wait_for_timeout(500)
    return page


class TestEditing:
    def test_from_the_menu(self, window: Window, ada: User) -> None:
        mine = factories.tweet(ada, "Helo")
        page = opened(window(ada), "/")
        article = page.locator("#feed article")
        article.get_by_label("More for this tweet").click()
        article.get_by_role("link", name="Edit", exact=True).click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("textbox")).to_be_focused()
        expect(dialog.get_by_role("textbox")).to_have_value("Helo")
        dialog.get_by_role("textbox").fill("x" * 281)
        expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
        dialog.get_by_role("textbox").fill("Hello")
        dialog.get_by_role("button", name="Save").dblclick()
        expect(dialog).to_be_hidden()
        expect(article.locator(".tweet-text")).to_have_text("Hello")
        article.get_by_role("link", name="Edited").click()
        expect(page).to_have_url(f"{page.url.partition('/ada/')[0]}/ada/status/{mine.pk}/history/")
        expect(page.locator(".history .tweet-text")).to_have_text(["Hello", "Helo"])
        assert Edit.objects.count() == 1

    def test_from_an_old_page_what_was_written_is_kept(self, window: Window, ada: User) -> None:
        mine = factories.tweet(ada, "One")
        page = opened(window(ada), "/")
        page.get_by_label("More for this tweet").click()
        page.get_by_role("link", name="Edit", exact=True).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("textbox").fill("Mine")
        edit(mine, "Two")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.get_by_role("alert")).to_contain_text("has been edited since you began")
        expect(dialog.get_by_role("alert").locator("blockquote")).to_have_text("Two")
        expect(dialog.get_by_role("textbox")).to_have_value("Mine")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_be_hidden()
        mine.refresh_from_db()
        assert (mine.text, mine.edits_count) == ("Mine", 2)

    def test_works_without_scripts(self, window: Window, ada: User) -> None:
        mine = factories.tweet(ada, "Helo")
        page = window(ada, java_script_enabled=False)
        page.goto(f"/ada/status/{mine.pk}/")
        page.get_by_label("More for this tweet").click()
        page.get_by_role("link", name="Edit", exact=True).click()
        page.get_by_role("textbox").fill("Hello")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".main-tweet .tweet-text")).to_have_text("Hello")
        page.get_by_label("More for this tweet").click()
        page.get_by_role("button", name="Pin to your profile").click()
        page.goto("/ada/")
        expect(page.locator("#feed article").first).to_contain_text("Pinned")


class TestOpenPages:
    def test_a_reader_sees_it_without_being_moved(
        self, window: Window, ada: User, grace: User, drain: Callable[[], None]
    ) -> None:
        factories.follow(ada, grace)
        tweets = [factories.tweet(grace, f"number {number}") for number in range(20)]
        page = opened(window(ada, viewport=PHONE), "/")
        below = page.locator(f"#tweet-{tweets[5].pk}")
        below.scroll_into_view_if_needed()
        below.get_by_role("button", name="Like").focus()
        before = below.bounding_box()
        edit(tweets[15], "much longer\n" * 12)
        edit(tweets[5], "number five")
        drain()
        expect(below.locator(".tweet-text")).to_have_text("number five")
        expect(page.locator(f"#tweet-{tweets[15].pk}")).to_contain_text("much longer")
        after = below.bounding_box()
        assert before is not None
        assert after is not None
        assert abs(after["y"] - before["y"]) < 1
        expect(below.get_by_role("button", name="Like")).to_be_focused()

    def test_retweets_quotes_and_what_waits_change_too(
        self, window: Window, ada: User, grace: User, drain: Callable[[], None]
    ) -> None:
        factories.follow(ada, grace)
        note = factories.tweet(grace, "Note")
        actions.retweet(user=ada, tweet_id=note.pk)
        factories.tweet(ada, "Look", quote_of_id=note.pk)
        page = opened(window(ada), "/")
        waiting = factories.tweet(grace, "Waiting")
        drain()
        expect(page.locator("#show-new")).to_be_visible()
        for tweet, text in ((note, "Better note"), (waiting, "Waited")):
            edit(tweet, text)
        drain()
        expect(page.locator("#feed .quote .tweet-text")).to_have_text("Better note")
        expect(page.locator("#feed article", has_text="retweeted").locator(".tweet-text")).to_have_text("Better note")
        page.wait_for_timeout(2500)
        page.locator("#show-new").click()
        expect(page.locator("#feed .tweet-text").first).to_have_text("Waited")

    def test_the_page_of_the_tweet_changes_too(
        self, window: Window, ada: User, grace: User, drain: Callable[[], None]
    ) -> None:
        factories.follow(ada, grace)
        note = factories.tweet(grace, "Note")
        page = opened(window(ada), f"/grace/status/{note.pk}/")
        edit(note, "Better note")
        drain()
        expect(page.locator(".main-tweet .tweet-text")).to_have_text("Better note")
        expect(page.locator(".main-tweet").get_by_role("link", name="Edited")).to_be_visible()


class TestPinning:
    def test_every_menu_of_a_feed_says_what_it_would_do(self, window: Window, ada: User) -> None:
        first, second = factories.tweet(ada, "First"), factories.tweet(ada, "Second")
        page = opened(window(ada), "/")
        menus = page.locator("#feed .tweet-menu")
        choices = menus.locator("button", has_text="your profile")
        for tweet, offered in (
            (None, ["Pin to", "Pin to"]),
            (first, ["Pin to", "Unpin from"]),
            (second, ["Unpin from", "Pin to"]),
            (second, ["Pin to", "Pin to"]),
        ):
            if tweet:
                menu = page.locator(f"#tweet-{tweet.pk} .tweet-menu")
                menu.get_by_label("More for this tweet").click()
                menu.locator("button", has_text="your profile").click()
            expect(choices).to_have_text([f"{each} your profile" for each in offered])
        assert not Pin.objects.exists()

    def test_from_the_menu_and_back(self, window: Window, ada: User) -> None:
        first = factories.tweet(ada, "First")
        factories.tweet(ada, "Second")
        page = opened(window(ada), "/ada/")
        article = page.locator(f"#tweet-{first.pk}")
        article.get_by_label("More for this tweet").click()
        article.get_by_role("button", name="Pin to your profile").click()
        expect(page.get_by_text("Your tweet was pinned to your profile.")).to_be_visible()
        expect(page.locator("#feed .tweet-text")).to_have_text(["First", "Second"])
        expect(page.locator("#feed article").first).to_contain_text("Pinned")
        article.get_by_role("button", name="Like").click()
        expect(article.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
        article.get_by_label("More for this tweet").click()
        article.get_by_role("button", name="Unpin from your profile").click()
        expect(page.locator("#feed .tweet-text")).to_have_text(["Second", "First"])
        assert not Pin.objects.exists()
