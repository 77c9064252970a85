"""Where a reader was in home, in the browser: what moves it, the way back, and that nothing is left out."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests import factories
from tests.site import Site
from timelines import markers
from timelines.models import Marker

pytestmark = pytest.mark.browser

Window = Callable[..., Page]


def shown(page: Page) -> list[str]:
    return page.locator("#feed .tweet-text").all_inner_texts()


def reached(last_read_id: int) -> bool:
    """Whether the mark comes to stand there within some seconds."""
    for _ in range(100):
        if Marker.objects.filter(last_read_id=last_read_id).exists():
            return True
        time.sleep(0.1)
    return False


def place(page: Page, text: str) -> float:
    """How far from the top of the window a tweet stands."""
    return float(page.locator("#feed .tweet-text", has_text=text).evaluate("it => it.getBoundingClientRect().top"))


def test_the_way_back_and_reading_on_from_there(window: Window, ada: User) -> None:
    tweets = factories.past_tweets([ada], 60)
    markers.move(reader=ada, last_read_id=tweets[19], version=0)
    page = window(ada)
    page.goto("/")
    expect(page.get_by_text("40 newer tweets")).to_be_visible()
    page.mouse.wheel(0, 400)
    page.wait_for_timeout(1500)
    page.mouse.wheel(0, -400)  # a look at the top, with unread ones between: it stays
    page.wait_for_timeout(6000)
    assert Marker.objects.get().last_read_id == tweets[19]
    page.get_by_role("link", name="Back to where you were").click()
    expect(page.locator("#here")).to_be_in_viewport()
    expect(page.locator(f'article[data-id="{tweets[19]}"]')).to_be_in_viewport()
    for _ in range(40):  # upwards, at a reader's pace
        page.mouse.wheel(0, -250)
        page.wait_for_timeout(400)
        if page.evaluate("scrollY") == 0:
            break
    page.wait_for_timeout(1500)
    assert shown(page)[:40] == [f"past {number}" for number in range(59, 19, -1)]
    page.goto("/explore/")
    assert reached(tweets[59])


def test_what_is_new_comes_above_a_reader_who_is_not_moved(
    window: Window, ada: User, grace: User, site: Site, drain: Callable[[], None]
) -> None:
    """More than sixty come while the line is down."""
    factories.follow(ada, grace)
    factories.past_tweets([grace], 30)
    page = window(ada)
    with page.expect_websocket(lambda socket: "/live/" in socket.url):
        page.goto("/")
    page.mouse.wheel(0, 900)
    page.wait_for_timeout(700)
    where = place(page, "past 20")
    site.stop()
    for number in range(65):
        factories.tweet(grace, f"missed {number}")
    drain()
    site.start()
    expect(page.locator("#feed .tweet-text", has_text="missed")).to_have_count(65, timeout=30_000)
    assert abs(place(page, "past 20") - where) < 2
    everything = [f"missed {number}" for number in range(64, -1, -1)] + [
        f"past {number}" for number in range(29, 9, -1)
    ]
    assert shown(page)[: len(everything)] == everything
    expect(page).to_have_title("(65) Home / Chirp")
    page.get_by_role("button", name="Show 65 new tweets").click()
    expect(page.locator("#feed article").first).to_be_in_viewport()
    expect(page).to_have_title("Home / Chirp")


def test_from_a_place_in_the_middle_everything_newer_follows(window: Window, ada: User) -> None:
    tweets = factories.past_tweets([ada], 330)
    page = window(ada)
    page.goto(f"/?around={tweets[9]}#here")
    expect(page.locator("#here")).to_be_in_viewport()
    for _ in range(60):
        if page.locator("#feed article").count() >= 330:
            break
        page.evaluate("scrollTo(0, 400)")
        page.wait_for_timeout(500)
    expect(page.locator("#feed .tweet-text")).to_have_text([f"past {number}" for number in range(329, -1, -1)])


def test_two_devices_do_not_undo_each_other(window: Window, ada: User) -> None:
    tweets = factories.past_tweets([ada], 6)
    page = window(ada)
    page.goto("/")
    markers.move(reader=ada, last_read_id=tweets[1], version=0)  # meanwhile, elsewhere
    page.wait_for_timeout(1500)
    page.mouse.wheel(0, 10)
    assert reached(tweets[5])
    assert Marker.objects.get().version == 2


def test_without_scripts_there_is_a_way_back_and_all_can_be_marked(window: Window, ada: User) -> None:
    tweets = factories.past_tweets([ada], 60)
    markers.move(reader=ada, last_read_id=tweets[19], version=0)
    page = window(ada, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="Back to where you were").click()
    texts = page.locator("#feed .tweet-text")
    expect(texts).to_have_text([f"past {number}" for number in range(39, -1, -1)])
    page.get_by_role("link", name="Newer tweets").click()
    expect(texts).to_have_text([f"past {number}" for number in range(59, 39, -1)])
    page.goto("/")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("newer tweets")).to_have_count(0)
    assert Marker.objects.get().last_read_id == tweets[59]
