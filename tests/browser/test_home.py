"""The home page as its reader meets it."""

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from accounts import actions as people
from accounts.models import User
from tests import factories
from tests.browser.conftest import PHONE
from tests.site import Site
from tests.threads import at_once
from tweets import actions
from tweets.models import Tweet

pytestmark = pytest.mark.browser

Window = Callable[..., Page]


@pytest.fixture
def home(window: Window, ada: User, grace: User) -> Page:
    """Ada's home, open; she follows Grace."""
    factories.follow(ada, grace)
    factories.tweet(grace, "Good morning")
    page = window(ada)
    with page.expect_websocket(lambda socket: "/live/" in socket.url):
        page.goto("/")
    expect(page.locator("#feed article")).to_have_count(1)
    page.wait_for_timeout(500)  # for the socket to have joined its groups
    return page


def posts(page: Page, text: str) -> None:
    page.locator("#text-home").fill(text)
    page.locator("#composer-home .button-primary").click()


class TestLive:
    def test_what_is_new_waits_until_it_is_asked_for(self, home: Page, grace: User, drain: Callable[[], None]) -> None:
        factories.tweet(grace, "First")
        factories.tweet(grace, "Second")
        drain()
        bar = home.get_by_role("button", name="Show 2 new tweets")
        expect(bar).to_be_visible()
        expect(home).to_have_title("(2) Home / Chirp")
        expect(home.locator("#feed article")).to_have_count(1)
        bar.click()
        expect(home.locator("#feed .tweet-text")).to_have_text(["Second", "First", "Good morning"])
        expect(home.locator("#feed article").first).to_be_focused()
        expect(bar).to_be_hidden()
        expect(home).to_have_title("Home / Chirp")

    def test_a_deleted_tweet_goes_and_one_that_waits_is_not_offered(
        self, home: Page, grace: User, drain: Callable[[], None]
    ) -> None:
        waiting = factories.tweet(grace, "Waiting")
        drain()
        expect(home.locator("#show-new")).to_be_visible()
        actions.delete_tweet(tweet=waiting)
        drain()
        expect(home.locator("#show-new")).to_be_hidden()
        actions.delete_tweet(tweet=Tweet.objects.get(text="Good morning"))
        drain()
        expect(home.locator("#feed article")).to_have_count(0)

    def test_an_unfollow_elsewhere_takes_the_tweets_away(
        self, home: Page, ada: User, grace: User, drain: Callable[[], None]
    ) -> None:
        people.unfollow(follower=ada, followee=grace)
        drain()
        expect(home.locator("#feed article")).to_have_count(0)

    def test_after_a_break_it_asks_for_what_it_missed(
        self, home: Page, site: Site, grace: User, drain: Callable[[], None]
    ) -> None:
        site.stop()
        gone = Tweet.objects.get(text="Good morning")
        factories.tweet(grace, "While you were away")
        actions.delete_tweet(tweet=gone)
        drain()
        site.start()
        expect(home.get_by_role("button", name="Show 1 new tweet")).to_be_visible(timeout=20_000)
        expect(home.locator("#feed article")).to_have_count(0)

    def test_many_new_ones_come_without_a_gap(self, home: Page, grace: User, drain: Callable[[], None]) -> None:
        for number in range(60):
            factories.tweet(grace, f"number {number}")
        drain()
        home.get_by_role("button", name="Show 60 new tweets").click()
        newest_first = [f"number {number}" for number in range(59, -1, -1)]
        expect(home.locator("#feed .tweet-text")).to_have_text([*newest_first, "Good morning"])

    def test_without_a_socket_it_asks_now_and_then(
        self, window: Window, ada: User, grace: User, drain: Callable[[], None]
    ) -> None:
        factories.follow(ada, grace)
        page = window(ada)
        page.route_web_socket("**/live/", lambda socket: socket.close())
        page.clock.install()
        page.goto("/")
        expect(page.locator("#feed")).to_be_attached()
        factories.tweet(grace, "Slowly")
        drain()
        page.clock.fast_forward(31_000)
        page.get_by_role("button", name="Show 1 new tweet").click()
        expect(page.locator("#feed .tweet-text")).to_have_text(["Slowly"])
        expect(page.locator("#feed-empty")).to_be_hidden()

    def test_ones_own_tweet_appears_once(self, home: Page, drain: Callable[[], None]) -> None:
        posts(home, "Mine")
        expect(home.locator("#feed .tweet-text")).to_have_text(["Mine", "Good morning"])
        drain()
        home.wait_for_timeout(2500)
        expect(home.locator("#feed .tweet-text")).to_have_text(["Mine", "Good morning"])
        expect(home.locator("#show-new")).to_be_hidden()

    def test_whoever_is_suspended_is_told(self, home: Page, ada: User) -> None:
        at_once(partial(people.suspend, user=ada))
        expect(home.get_by_text("You are logged out")).to_be_visible()


class TestWriting:
    def test_the_counter_says_what_is_left_and_when_it_is_too_much(self, home: Page) -> None:
        text, button, left = (
            home.locator("#text-home"),
            home.locator("#composer-home .button-primary"),
            home.locator("#left-home"),
        )
        expect(button).to_be_disabled()
        text.fill("x" * 262 + " 👩‍👩‍👧 日本 https://example.com/a/long/address/that/counts/23")
        expect(left).to_contain_text("-14")
        expect(button).to_be_disabled()
        text.fill("Hello")
        expect(left).to_contain_text("275")
        expect(button).to_be_enabled()

    def test_control_and_enter_post(self, home: Page) -> None:
        home.locator("#text-home").fill("Quick")
        home.locator("#text-home").press("Control+Enter")
        expect(home.locator("#feed .tweet-text").first).to_have_text("Quick")
        expect(home.locator("#text-home")).to_have_value("")

    def test_a_double_click_makes_one_tweet(self, home: Page, ada: User) -> None:
        home.locator("#text-home").fill("Once")
        home.locator("#composer-home .button-primary").dblclick()
        expect(home.locator("#feed .tweet-text").first).to_have_text("Once")
        home.wait_for_timeout(500)
        assert Tweet.objects.filter(author=ada).count() == 1

    def test_two_tweets_in_a_row_are_two(self, home: Page, ada: User) -> None:
        posts(home, "One")
        expect(home.locator("#feed .tweet-text").first).to_have_text("One")
        posts(home, "Two")
        expect(home.locator("#feed .tweet-text")).to_have_text(["Two", "One", "Good morning"])

    def test_a_reply_is_written_in_a_dialog(self, home: Page, ada: User) -> None:
        home.locator("#feed article").get_by_role("link", name="Reply").click()
        dialog = home.get_by_role("dialog")
        expect(dialog.get_by_text("Good morning")).to_be_visible()
        expect(dialog.get_by_role("textbox")).to_be_focused()
        dialog.get_by_role("textbox").fill("And to you")
        dialog.get_by_role("button", name="Reply").click()
        expect(dialog).to_be_hidden()
        expect(home.locator("#feed .tweet-text").first).to_have_text("And to you")
        assert Tweet.objects.get(author=ada).in_reply_to.text == "Good morning"  # type: ignore[union-attr]

    def test_what_the_server_refuses_stays_with_the_reason(self, home: Page, grace: User) -> None:
        home.locator("#feed article").get_by_role("link", name="Reply").click()
        dialog = home.get_by_role("dialog")
        dialog.get_by_role("textbox").fill("Too late")
        actions.delete_tweet(tweet=Tweet.objects.get(text="Good morning"))
        dialog.get_by_role("button", name="Reply").click()
        expect(dialog.get_by_role("alert")).to_contain_text("not available")
        expect(dialog.get_by_role("textbox")).to_have_value("Too late")


class TestButtons:
    def test_like_and_take_it_back(self, home: Page) -> None:
        like = home.locator("#feed article").get_by_role("button", name="Like")
        like.click()
        expect(like).to_have_attribute("aria-pressed", "true")
        expect(like).to_have_text("1")
        expect(like).to_be_focused()
        like.click()
        expect(like).to_have_attribute("aria-pressed", "false")

    def test_retweet_from_the_menu(self, home: Page, ada: User) -> None:
        article = home.locator("#feed article")
        article.get_by_label("Retweet or quote").click()
        article.get_by_role("button", name="Retweet", exact=True).click()
        expect(article.locator(".action-retweet.on")).to_be_visible()
        assert Tweet.objects.filter(author=ada, retweet_of__text="Good morning").exists()

    def test_deleting_asks_first(self, home: Page, ada: User) -> None:
        posts(home, "Mine")
        article = home.locator("#feed article", has_text="Mine")
        for answer, left in (("Cancel", 1), ("Delete", 0)):
            article.get_by_label("More for this tweet").click()
            article.get_by_role("link", name="Delete").click()
            home.get_by_role("dialog").get_by_role("button", name=answer).click()
            expect(article).to_have_count(left)
        assert not Tweet.objects.filter(author=ada, deleted_at=None).exists()


class TestReading:
    def test_the_end_brings_the_next_page(self, window: Window, ada: User) -> None:
        for number in range(45):
            factories.tweet(ada, f"number {number}")
        page = window(ada)
        page.goto("/")
        for _ in range(5):
            page.keyboard.press("End")
            page.wait_for_timeout(300)
        expect(page.locator("#feed .tweet-text")).to_have_text([f"number {number}" for number in range(44, -1, -1)])
        expect(page.locator("#more a")).to_have_count(0)

    def test_a_click_on_a_tweet_opens_it(self, home: Page) -> None:
        address = f"{home.url}grace/status/{Tweet.objects.get().pk}/"
        home.locator("#feed .tweet-text").click()
        expect(home).to_have_url(address)

    def test_the_keyboard_steps_from_tweet_to_tweet(self, home: Page) -> None:
        posts(home, "Mine")
        articles = home.locator("#feed article")
        expect(articles).to_have_count(2)
        articles.first.focus()
        home.keyboard.press("j")
        expect(articles.nth(1)).to_be_focused()
        home.keyboard.press("PageUp")
        expect(articles.first).to_be_focused()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_nothing_is_wider_than_a_phone(self, window: Window, ada: User, scheme: str) -> None:
        tweet = factories.tweet(ada, "W" * 200 + " https://example.com/" + "x" * 100)
        page = window(ada, viewport=PHONE, color_scheme=scheme)
        for address in ("/", "/explore/", "/ada/", f"/ada/status/{tweet.pk}/", f"/compose/?quote_of_id={tweet.pk}"):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


class TestWithoutScripts:
    def test_everything_works(self, window: Window, ada: User, grace: User) -> None:
        factories.tweet(grace, "Good morning")
        page = window(ada, java_script_enabled=False)
        page.goto("/explore/people/")
        page.get_by_role("button", name="Follow @grace").click()
        page.goto("/")
        page.get_by_role("button", name="Like").click()
        expect(page.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
        page.get_by_role("link", name="Reply").click()
        page.get_by_role("textbox").fill("And to you")
        page.get_by_role("button", name="Reply").click()
        expect(page.get_by_text("Your tweet was posted.")).to_be_visible()
        mine = page.get_by_role("article").filter(has_text="And to you")
        mine.get_by_label("More for this tweet").click()
        mine.get_by_role("link", name="Delete").click()
        page.get_by_role("button", name="Delete").click()
        expect(page.get_by_text("Your tweet was deleted.")).to_be_visible()
        assert not Tweet.objects.filter(author=ada, deleted_at=None).exists()
