"""The page of a tweet as its reader meets it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests import factories
from tests.browser.conftest import PHONE
from timelines.conversation import ABOVE
from tweets.models import Tweet

pytestmark = pytest.mark.browser

Window = Callable[..., Page]


@pytest.fixture
def note(grace: User) -> Tweet:
    return factories.tweet(grace, "A note")


def posts_several(composer: Locator, *texts: str) -> None:
    for number, text in enumerate(texts, 1):
        if number > 1:
            composer.get_by_role("button", name="Add another tweet").click()
        expect(composer.locator("textarea")).to_have_count(number)
        composer.locator("textarea").last.fill(text)
    composer.get_by_role("button", name="Tweet all").click()


class TestAnswering:
    def test_an_answer_is_counted_and_shown_at_once(self, window: Window, ada: User, note: Tweet) -> None:
        factories.tweet(ada, "Earlier", in_reply_to_id=note.pk)
        page = window(ada)
        page.goto(note.get_absolute_url())
        page.locator("#composer-reply textarea").first.fill("Later")
        page.locator("#composer-reply").get_by_role("button", name="Reply").click()
        expect(page.locator("#replies .tweet-text")).to_have_text(["Later", "Earlier"])
        expect(page.locator(".main-tweet").get_by_role("link", name="Reply, 2 so far")).to_be_visible()

    def test_so_is_one_to_an_answer(self, window: Window, ada: User, alan: User, note: Tweet) -> None:
        first = factories.tweet(alan, "First", in_reply_to_id=note.pk)
        factories.tweet(alan, "Second", in_reply_to_id=note.pk)
        page = window(ada)
        page.goto(note.get_absolute_url())
        article = page.locator(f"#tweet-{first.pk}")
        article.get_by_role("link", name="Reply, 0 so far").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("textbox").first.fill("To the first")
        dialog.get_by_role("button", name="Reply").click()
        expect(dialog).to_be_hidden()
        expect(page.locator("#replies .tweet-text")).to_have_text(["Second", "First", "To the first"])
        expect(article.get_by_role("link", name="Reply, 1 so far")).to_be_visible()

    def test_of_several_all_are_shown_in_the_order_in_which_they_are_read(
        self, window: Window, ada: User, alan: User, note: Tweet
    ) -> None:
        earlier = factories.tweet(alan, "Earlier", in_reply_to_id=note.pk)
        page = window(ada)
        page.goto(note.get_absolute_url())
        posts_several(page.locator("#composer-reply"), "One", "Two")
        expect(page.locator("#replies .tweet-text")).to_have_text(["One", "Two", "Earlier"])
        page.locator(f"#tweet-{earlier.pk}").get_by_role("link", name="Reply, 0 so far").click()
        posts_several(page.get_by_role("dialog"), "Three", "Four", "Five")
        shown = ["One", "Two", "Earlier", "Three", "Four", "Five"]
        expect(page.locator("#replies .tweet-text")).to_have_text(shown)

    def test_the_author_goes_on_above_what_others_answered(
        self, window: Window, ada: User, grace: User, note: Tweet
    ) -> None:
        factories.tweet(ada, "An answer", in_reply_to_id=note.pk)
        page = window(grace)
        page.goto(note.get_absolute_url())
        page.locator("#composer-reply textarea").first.fill("And another thing")
        page.locator("#composer-reply").get_by_role("button", name="Reply").click()
        expect(page.locator("#thread .tweet-text")).to_have_text(["And another thing"])
        expect(page.locator("#replies .tweet-text")).to_have_text(["An answer"])

    def test_a_quote_is_counted_at_home(self, window: Window, ada: User, grace: User, note: Tweet) -> None:
        factories.follow(ada, grace)
        page = window(ada)
        page.goto("/")
        article = page.locator(f"#tweet-{note.pk}")
        article.get_by_label("Retweet or quote, 0 so far").click()
        article.get_by_role("link", name="Quote").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("textbox").first.fill("Look")
        dialog.get_by_role("button", name="Tweet", exact=True).click()
        expect(page.locator("#feed .tweet-text").first).to_have_text("Look")
        expect(article.get_by_label("Retweet or quote, 1 so far")).to_be_visible()


class TestReading:
    def test_what_is_earlier_comes_above(self, window: Window, ada: User, note: Tweet) -> None:
        tweet = note
        for place in range(ABOVE + 3):
            tweet = factories.tweet(ada, f"link {place}", in_reply_to_id=tweet.pk)
        page = window(ada)
        page.goto(tweet.get_absolute_url())
        expect(page.locator("#ancestors article")).to_have_count(ABOVE)
        page.get_by_role("link", name="Show earlier tweets").click()
        expect(page.locator("#ancestors article")).to_have_count(ABOVE + 3)
        expect(page.locator("#ancestors .tweet-text").first).to_have_text("A note")
        expect(page.get_by_role("link", name="Show earlier tweets")).to_have_count(0)

    def test_the_keyboard_steps_through_answers_and_what_is_beneath(
        self, window: Window, ada: User, grace: User, note: Tweet
    ) -> None:
        first = factories.tweet(ada, "First", in_reply_to_id=note.pk)
        factories.tweet(grace, "Beneath", in_reply_to_id=first.pk)
        factories.tweet(ada, "Second", in_reply_to_id=note.pk)
        page = window(ada)
        page.goto(note.get_absolute_url())
        page.locator("#replies article").first.focus()
        for text in ("First", "Beneath"):
            page.keyboard.press("j")
            expect(page.locator("#replies article:focus .tweet-text")).to_have_text(text)

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_nothing_is_wider_than_a_phone(self, window: Window, ada: User, note: Tweet, scheme: str) -> None:
        first = factories.tweet(ada, "W" * 200, in_reply_to_id=note.pk)
        factories.tweet(ada, "x" * 280, in_reply_to_id=first.pk)
        page = window(ada, viewport=PHONE, color_scheme=scheme)
        for address in (note.get_absolute_url(), f"{first.get_absolute_url()}quotes/", "/bookmarks/", "/ada/likes/"):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
