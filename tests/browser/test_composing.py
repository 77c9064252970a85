"""Threads, polls, drafts and scheduled tweets as they are written on a phone."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from drafts.models import Draft
from tests import factories
from tests.browser.conftest import PHONE
from tweets.models import Poll, PollVote, Tweet

pytestmark = pytest.mark.browser

Window = Callable[..., Page]


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(request: pytest.FixtureRequest, window: Window, ada: User) -> Page:
    """Ada's composer, with scripts and without."""
    page = window(ada, viewport=PHONE, java_script_enabled=request.param)
    page.goto("/compose/")
    return page


def fits(page: Page) -> None:
    """Nothing is wider than the phone; a page without scripts can't be asked."""
    box = page.locator("#main").bounding_box()
    assert box is not None
    assert box["width"] <= PHONE["width"]


def middle(control: Locator) -> float:
    box = control.bounding_box()
    assert box is not None
    return box["y"] + box["height"] / 2


def test_the_tools_stand_in_one_row_whatever_is_open(phone: Page) -> None:
    tools = [phone.get_by_label(name) for name in ("Add a poll", "Post later", "Add another tweet")]
    tools.append(phone.locator(".composer-foot .button-primary"))
    for opened in (None, *tools[:2]):
        if opened:
            opened.click()
        assert len({middle(tool) for tool in tools}) == 1
    for below, above in zip(tools[:2], (phone.get_by_label("Lasts"), phone.get_by_label("Post at")), strict=True):
        assert middle(below) > middle(above)
    fits(phone)


def test_a_thread(phone: Page, ada: User) -> None:
    phone.locator("#text-alone").fill("One")
    for number, text in ((2, "Two"), (3, "Too much"), (4, "Three")):
        phone.get_by_role("button", name="Add another tweet").click()
        phone.locator(f"#text-alone-{number}").fill(text)
    phone.get_by_role("button", name="Remove tweet 3").click()
    expect(phone.locator(".composer textarea")).to_have_count(3)
    expect(phone.locator("#text-alone-3")).to_have_value("Three")
    fits(phone)
    phone.get_by_role("button", name="Tweet all").click()
    expect(phone.get_by_text("Your tweets were posted.")).to_be_visible()
    first, second, third = Tweet.objects.order_by("pk")
    assert [each.text for each in (first, second, third)] == ["One", "Two", "Three"]
    assert (second.in_reply_to_id, third.in_reply_to_id) == (first.pk, second.pk)


def test_a_poll_asked_and_voted_in(phone: Page, window: Window, ada: User, grace: User) -> None:
    phone.locator("#text-alone").fill("Tea?")
    phone.get_by_label("Add a poll").click()
    phone.get_by_label("Choice 1").fill("Yes, please")
    phone.get_by_label("Choice 2").fill("No, thank you")
    phone.get_by_label("Lasts").select_option("3 days")
    fits(phone)
    phone.locator(".composer-foot .button-primary").click()
    expect(phone.get_by_text("Your tweet was posted.")).to_be_visible()
    poll = Poll.objects.get()
    assert poll.choices == ["Yes, please", "No, thank you"]
    assert timedelta(days=2, hours=23) < poll.ends_at - timezone.now() <= timedelta(days=3)
    voter = window(grace, viewport=PHONE)
    voter.goto(f"/ada/status/{poll.pk}/")
    voter.get_by_role("button", name="No, thank you").click()
    expect(voter.locator(".poll-results b")).to_have_text(["0%", "100%"])
    expect(voter.locator(".poll-mine")).to_contain_text("No, thank you")
    expect(voter.locator(".poll-foot")).to_contain_text("1 vote")
    assert voter.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert PollVote.objects.get().choice == 2


def test_a_schedule(phone: Page, ada: User) -> None:
    when = (timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    phone.locator("#text-alone").fill("Later")
    phone.get_by_label("Post later").click()
    phone.get_by_label("Post at").fill(f"{when:%Y-%m-%dT%H:%M}")  # the browsers of the tests live in UTC
    fits(phone)
    phone.get_by_role("button", name="Schedule").click()
    expect(phone).to_have_url(re.compile("/scheduled/$"))
    expect(phone.locator(".draft .tweet-text")).to_have_text("Later")
    assert Draft.objects.get().scheduled_at == when
    phone.get_by_role("button", name="Post now").click()
    expect(phone.get_by_text("Your tweet was posted.")).to_be_visible()
    assert Tweet.objects.get().text == "Later"
    assert not Draft.objects.exists()


def test_the_reader_chooses_by_his_own_clock(window: Window, ada: User) -> None:
    page = window(ada, viewport=PHONE, timezone_id="America/New_York")
    page.goto("/compose/")
    page.locator("#text-alone").fill("Later")
    page.get_by_label("Post later").click()
    expect(page.get_by_text("(your time)")).to_be_visible()
    year = timezone.now().year + 1
    page.get_by_label("Post at").fill(f"{year}-01-15T10:30")
    page.get_by_role("button", name="Schedule").click()
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_label("Post at")).to_have_value(f"{year}-01-15T10:30")
    assert Draft.objects.get().scheduled_at == datetime(year, 1, 15, 15, 30, tzinfo=UTC)


def test_a_draft_saved_on_home_and_posted_later(window: Window, ada: User) -> None:
    page = window(ada, viewport=PHONE)
    page.goto("/")
    page.locator("#text-home").fill("Half a thought")
    page.get_by_label("Post later").click()
    page.get_by_role("button", name="Save draft").click()
    page.locator("#notices").get_by_role("link", name="View").click()
    page.get_by_role("link", name="Edit").click()
    expect(page.locator("#text-alone")).to_have_value("Half a thought")
    page.locator("#text-alone").fill("A whole thought")
    page.locator(".composer-foot .button-primary").click()
    expect(page.get_by_text("Your tweet was posted.")).to_be_visible()
    assert Tweet.objects.get().text == "A whole thought"
    assert not Draft.objects.exists()


def test_a_poll_put_away_is_not_asked(window: Window, ada: User) -> None:
    page = window(ada, viewport=PHONE)
    page.goto("/compose/")
    page.locator("#text-alone").fill("No question")
    summary = page.locator(".composer-poll summary")
    summary.click()
    page.get_by_label("Choice 1").fill("Yes")
    summary.click()
    page.locator(".composer-foot .button-primary").click()
    expect(page.get_by_text("Your tweet was posted.")).to_be_visible()
    assert not Poll.objects.exists()


def test_enter_in_a_line_of_a_poll_adds_or_removes_nothing(window: Window, ada: User) -> None:
    page = window(ada, viewport=PHONE)
    page.goto("/compose/")
    page.locator("#text-alone").fill("Tea?")
    page.locator(".composer-poll summary").click()
    page.get_by_label("Choice 1").fill("Yes")
    page.get_by_label("Choice 2").fill("No")
    page.get_by_label("Choice 2").press("Enter")
    expect(page.get_by_text("Your tweet was posted.")).to_be_visible()
    assert Poll.objects.get().choices == ["Yes", "No"]


def test_nobody_else_is_offered_to_reply(window: Window, ada: User, grace: User) -> None:
    tweet = factories.tweet(ada, "For me alone", reply_settings=Tweet.ReplySettings.MENTIONED_USERS)
    factories.follow(grace, ada)
    page = window(grace, viewport=PHONE)
    page.goto(f"/ada/status/{tweet.pk}/")
    expect(page.get_by_text("People @ada mentioned can reply")).to_be_visible()
    page.get_by_role("link", name="Reply").click()
    expect(page.get_by_role("dialog").get_by_text("Not everybody can reply")).to_be_visible()
