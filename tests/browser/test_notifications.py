"""Notifications as somebody meets them who has a page open."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from notifications import draining, queries
from tests import factories
from tests.browser.conftest import PHONE
from tests.threads import at_once
from tweets.actions import like, unlike

pytestmark = pytest.mark.browser

Window = Callable[..., Page]


def fold() -> None:
    """As the worker does, in a thread in which live hints can be sent."""

    def all_of_it() -> None:
        while not draining.drain():
            pass

    at_once(all_of_it)


def opened(window: Window, user: User, address: str, **options: object) -> Page:
    page = window(user, **options)
    with page.expect_websocket(lambda socket: "/live/" in socket.url):
        page.goto(address)
    page.wait_for_timeout(500)  # for the socket to have joined its groups
    return page


def test_badge_and_title_change_while_one_looks(window: Window, ada: User, grace: User, alan: User) -> None:
    tweets = [factories.tweet(ada, text) for text in ("First", "Second")]
    page = opened(window, ada, "/explore/")
    badge = page.locator("#unread")
    expect(badge).to_be_hidden()
    expect(page).to_have_title("Explore / Chirp")
    for tweet in tweets:
        like(user=grace, tweet_id=tweet.pk)
    fold()
    expect(badge).to_have_text("2")
    expect(page).to_have_title("(2) Explore / Chirp")
    unlike(user=grace, tweet_id=tweets[0].pk)
    fold()
    expect(page).to_have_title("(1) Explore / Chirp")
    page.reload()
    expect(page).to_have_title("(1) Explore / Chirp")


def test_home_adds_up_new_tweets_and_notifications(
    window: Window, ada: User, grace: User, drain: Callable[[], None]
) -> None:
    factories.follow(ada, grace)
    tweet = factories.tweet(ada)
    drain()
    page = opened(window, ada, "/")
    like(user=grace, tweet_id=tweet.pk)
    fold()
    expect(page).to_have_title("(1) Home / Chirp")
    factories.tweet(grace, "New")
    drain()
    expect(page).to_have_title("(2) Home / Chirp")
    page.locator("#show-new").click()
    expect(page).to_have_title("(1) Home / Chirp")


def test_the_page_says_itself_that_it_was_read_and_other_windows_hear_of_it(
    window: Window, ada: User, grace: User, alan: User
) -> None:
    tweet = factories.tweet(ada, "On the engine")
    like(user=grace, tweet_id=tweet.pk)
    fold()
    other = opened(window, ada, "/explore/")
    expect(other.locator("#unread")).to_have_text("1")
    page = opened(window, ada, "/notifications/")
    expect(page.locator(".notification.unread")).to_contain_text("Grace Hopper liked your tweet")
    expect(page.locator("#unread")).to_be_hidden()
    expect(page).to_have_title("Notifications / Chirp")
    expect(other.locator("#unread")).to_be_hidden()
    expect(other).to_have_title("Explore / Chirp")
    assert queries.read_up_to(ada.pk) == queries.newest_position(ada.pk)

    bar = page.get_by_role("link", name="Show new notifications")
    expect(bar).to_be_hidden()
    like(user=alan, tweet_id=tweet.pk)
    fold()
    expect(bar).to_be_visible()
    bar.click()
    expect(page.locator(".notification")).to_have_count(2)
    expect(page.locator(".notification.unread")).to_have_count(1)


def test_on_a_phone_without_javascript(window: Window, ada: User, grace: User) -> None:
    tweet = factories.tweet(ada, "On the engine")
    for fan in factories.people(12):
        like(user=fan, tweet_id=tweet.pk)
    factories.tweet(grace, "Hello @ada, " + "a" * 200)
    fold()
    page = window(ada, viewport=PHONE, java_script_enabled=False)
    page.goto("/notifications/")
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    expect(page.locator("#unread")).to_have_text("2")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page).to_have_url(page.url)
    expect(page.locator("#unread")).to_be_hidden()
    page.get_by_role("link", name="Mentions").click()
    expect(page.locator("article")).to_have_count(1)
    expect(page.get_by_role("link", name="Mentions")).to_have_attribute("aria-current", "page")
