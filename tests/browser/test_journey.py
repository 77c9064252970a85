"""The journey of Ada and Grace, each at a window of her own, through all that surrounds a timeline."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import FollowRequest, User
from drafts import actions as drafts
from drafts.models import Draft
from tests import factories
from tests.browser.test_notifications import fold, opened
from tests.threads import at_once
from timelines import markers
from tweets.actions import like
from tweets.models import Bookmark, Edit, Like, Pin, PollVote, Tweet

pytestmark = pytest.mark.browser

Window = Callable[..., Page]
Step = Callable[[], None]


@pytest.fixture
def deliver(drain: Step) -> Step:
    """Do what the worker does: bring tweets to timelines, then tell people what concerns them."""

    def everything() -> None:
        drain()
        fold()

    return everything


def writes(page: Page, *texts: str) -> None:
    """A tweet at home, or several of a thread in one go."""
    page.locator("#text-home").fill(texts[0])
    for number, text in enumerate(texts[1:], 2):
        page.get_by_role("button", name="Add another tweet").click()
        page.locator(f"#text-home-{number}").fill(text)
    page.get_by_role("button", name="Tweet all" if len(texts) > 1 else "Tweet", exact=True).click()
    expect(page.get_by_text("Your tweets were posted." if len(texts) > 1 else "Your tweet was posted.")).to_be_visible()


def shows_new(page: Page, number: int) -> None:
    page.get_by_role("button", name=f"Show {number} new tweet{'s' if number > 1 else ''}", exact=True).click()


def answers_in_dialog(page: Page, text: str, button: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").first.fill(text)
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_be_hidden()


def opens_menu(article: Locator) -> None:
    article.get_by_label("More for this tweet").click()


def opens_retweets(article: Locator) -> None:
    article.get_by_label("Retweet or quote").click()


def chooses_about(page: Page, username: str, choice: str) -> None:
    """From the menu on somebody's profile."""
    page.goto(f"/{username}/")
    page.get_by_label(f"More about @{username}").click()
    page.get_by_role("button", name=choice, exact=True).click()


def article(page: Page, text: str) -> Locator:
    return page.locator("#feed article", has_text=text)


def sees(page: Page, texts: Sequence[str], *, at: str | None = None, within: str = "#feed") -> None:
    """Exactly these tweets, in this order; `at` an address, or on the page as it is."""
    if at is not None:
        page.goto(at)
    expect(page.locator(f"{within} article > .tweet-body > .tweet-text")).to_have_text(texts)


def sees_told(page: Page, sentences: Sequence[str]) -> None:
    """Exactly these notifications, the newest first."""
    page.goto("/notifications/")
    expect(page.locator("#notifications > li")).to_contain_text(sentences)


def test_ada_writes_a_thread_and_grace_replies(window: Window, ada: User, grace: User, deliver: Step) -> None:
    factories.follow(grace, ada)
    deliver()
    adas, graces = opened(window, ada, "/"), opened(window, grace, "/")
    writes(adas, "On the engine", "It weaves patterns")
    sees(adas, ["It weaves patterns", "On the engine"])
    deliver()
    shows_new(graces, 2)
    sees(graces, ["It weaves patterns", "On the engine"])
    article(graces, "On the engine").get_by_role("link", name="Reply, 1 so far").click()
    answers_in_dialog(graces, "As looms do", "Reply")
    deliver()
    expect(adas.locator("#unread")).to_have_text("2")
    expect(adas).to_have_title("(2) Home / Chirp")
    sees_told(adas, ["Grace Hopper replied to you", "Grace Hopper followed you"])
    expect(adas.locator("#unread")).to_be_hidden()
    expect(adas).to_have_title("Notifications / Chirp")
    first = Tweet.objects.get(text="On the engine")
    sees(adas, ["It weaves patterns"], at=first.get_absolute_url(), within="#thread")
    sees(adas, ["As looms do"], within="#replies")
    expect(adas.locator(".main-tweet").get_by_role("link", name="Reply, 2 so far")).to_be_visible()
    assert {each.in_reply_to_id for each in Tweet.objects.exclude(pk=first.pk)} == {first.pk}


def test_grace_passes_it_on_and_thinks_better_of_it(
    window: Window, ada: User, grace: User, alan: User, deliver: Step
) -> None:
    factories.follow(grace, ada)
    factories.follow(alan, grace)
    factories.tweet(ada, "On the engine")
    deliver()
    graces, alans = opened(window, grace, "/"), opened(window, alan, "/")
    sees(alans, [])
    engine = article(graces, "On the engine").first
    opens_retweets(engine)
    engine.get_by_role("button", name="Retweet", exact=True).click()
    expect(engine.get_by_label("Retweet or quote, 1 so far, retweeted by you")).to_be_visible()
    deliver()
    shows_new(alans, 1)
    expect(article(alans, "On the engine")).to_contain_text("Grace Hopper retweeted")
    opens_retweets(engine)
    engine.get_by_role("button", name="Undo retweet").click()
    expect(engine.locator(".action-retweet.on")).to_have_count(0)
    deliver()
    sees(alans, [])
    opens_retweets(engine)
    engine.get_by_role("link", name="Quote").click()
    answers_in_dialog(graces, "Read this", "Tweet")
    deliver()
    shows_new(alans, 1)
    sees(alans, ["Read this"])
    expect(alans.locator("#feed .quote .tweet-text")).to_have_text("On the engine")
    adas = window(ada)
    sees_told(adas, ["Grace Hopper quoted your tweet", "Grace Hopper followed you"])
    sees(adas, ["Read this"], at=f"{Tweet.objects.get(author=ada).get_absolute_url()}quotes/")
    assert not Tweet.objects.filter(retweet_of__isnull=False, deleted_at=None).exists()


def test_grace_likes_and_keeps_what_ada_pins(window: Window, ada: User, grace: User, deliver: Step) -> None:
    engine = factories.tweet(ada, "On the engine")
    factories.tweet(ada, "Good night")
    deliver()
    adas, graces = opened(window, ada, "/ada/"), window(grace)
    sees(adas, ["Good night", "On the engine"])
    opens_menu(article(adas, "On the engine"))
    adas.get_by_role("button", name="Pin to your profile").and_(adas.locator(":visible")).click()
    expect(adas.get_by_text("Your tweet was pinned to your profile.")).to_be_visible()
    sees(graces, ["On the engine", "Good night"], at="/ada/")
    pinned = article(graces, "On the engine")
    expect(pinned).to_contain_text("Pinned")
    pinned.get_by_role("button", name="Like, 0 so far").click()
    expect(pinned.get_by_role("button", name="Like, 1 so far")).to_have_attribute("aria-pressed", "true")
    pinned.get_by_role("button", name="Bookmark").click()
    expect(pinned.get_by_role("button", name="Bookmark")).to_have_attribute("aria-pressed", "true")
    fold()
    expect(adas.locator("#unread")).to_have_text("1")
    sees_told(adas, ["Grace Hopper liked your tweet"])
    adas.goto(f"{engine.get_absolute_url()}likes/")
    expect(adas.locator("#people .person-name")).to_have_text(["Grace Hopper @grace"])
    for page, kept in ((graces, ["On the engine"]), (adas, [])):
        sees(page, kept, at="/bookmarks/")
    sees(graces, ["On the engine"], at="/grace/likes/")
    assert graces.goto(f"{engine.get_absolute_url()}likes/").status == 404  # type: ignore[union-attr]  # a real answer
    assert [each.objects.get().tweet_id for each in (Like, Bookmark, Pin)] == [engine.pk] * 3


def test_ada_mentions_grace_and_then_corrects_herself(window: Window, ada: User, grace: User, deliver: Step) -> None:
    factories.follow(grace, ada)
    deliver()
    adas, graces = opened(window, ada, "/"), opened(window, grace, "/")
    text = adas.locator("#text-home")
    text.press_sequentially("Thanks, @gra")
    expect(adas.get_by_role("listbox").get_by_role("option")).to_have_text(["Grace Hopper@grace"])
    text.press("Tab")
    text.press_sequentially("for the complier")
    text.press("Control+Enter")
    sees(adas, ["Thanks, @grace for the complier"])
    deliver()
    expect(graces.locator("#unread")).to_have_text("1")
    shows_new(graces, 1)
    expect(graces.locator("#feed").get_by_role("link", name="@grace", exact=True)).to_have_attribute("href", "/grace/")
    opens_menu(article(adas, "Thanks"))
    adas.get_by_role("link", name="Edit", exact=True).click()
    answers_in_dialog(adas, "Thanks, @grace for the compiler", "Save")
    sees(adas, ["Thanks, @grace for the compiler"])
    deliver()
    sees(graces, ["Thanks, @grace for the compiler"])
    graces.get_by_role("link", name="Edited").click()
    expect(graces.locator(".history .tweet-text")).to_have_text(
        ["Thanks, @grace for the compiler", "Thanks, @grace for the complier"]
    )
    sees_told(graces, ["Ada Lovelace mentioned you"])
    assert Edit.objects.count() == 1


def test_grace_follows_a_hashtag_that_ada_uses(
    window: Window, ada: User, grace: User, alan: User, deliver: Step
) -> None:
    adas, graces = window(ada), opened(window, grace, "/")
    adas.goto("/")
    writes(adas, "Tea with #Looms")
    deliver()
    sees(graces, [], at="/")
    sees(adas, ["Tea with #Looms"])
    adas.locator("#feed").get_by_role("link", name="#Looms").click()
    sees(adas, ["Tea with #Looms"])
    sees(graces, ["Tea with #Looms"], at="/hashtag/looms/")
    graces.get_by_role("button", name="Follow #Looms").click()
    expect(graces.get_by_role("button", name="Following #Looms. Unfollow")).to_be_visible()
    factories.tweet(alan, "New #looms")
    factories.tweet(alan, "Nothing of the kind")
    deliver()
    sees(graces, ["New #looms", "Tea with #Looms"], at="/")
    sees(adas, ["Tea with #Looms"], at="/")
    graces.goto("/hashtags/")
    graces.get_by_role("button", name="Following #Looms. Unfollow").click()
    expect(graces.get_by_role("button", name="Follow #Looms")).to_be_visible()
    sees(graces, [], at="/")


def test_ada_asks_now_and_writes_for_later(window: Window, ada: User, grace: User, deliver: Step) -> None:
    factories.follow(grace, ada)
    adas, graces = window(ada), window(grace)
    adas.goto("/")
    adas.locator("#composer-home .composer-poll summary").click()
    adas.get_by_label("Choice 1").fill("Tea")
    adas.get_by_label("Choice 2").fill("Coffee")
    writes(adas, "What will it be?")
    adas.locator("#text-home").fill("Good morning")
    adas.get_by_label("Post later").click()
    adas.get_by_role("button", name="Save draft").click()
    adas.locator("#notices", has_text="Draft saved.").get_by_role("link", name="View").click()
    adas.get_by_role("link", name="Edit").click()
    expect(adas.get_by_role("textbox", name="What is happening?")).to_have_value("Good morning")
    adas.get_by_label("Post at").fill(f"{timezone.now() + timedelta(days=2):%Y-%m-%dT%H:%M}")
    adas.get_by_role("button", name="Schedule").click()
    expect(adas.locator(".draft .tweet-text")).to_have_text(["Good morning"])
    deliver()
    sees(graces, ["What will it be?"], at="/")
    graces.get_by_role("button", name="Tea", exact=True).click()
    expect(graces.locator(".poll-results b")).to_have_text(["100%", "0%"])
    expect(graces.locator(".poll-mine")).to_contain_text("Tea")
    Draft.objects.update(scheduled_at=timezone.now() - timedelta(seconds=1))
    assert at_once(drafts.post_due, drafts.post_due) in ([1, 0], [0, 1])
    deliver()
    sees(graces, ["Good morning", "What will it be?"], at="/")
    adas.goto("/scheduled/")
    expect(adas.get_by_role("heading", name="Nothing here")).to_be_visible()
    assert (PollVote.objects.get().choice, Draft.objects.count()) == (1, 0)


def test_ada_mutes_then_blocks_grace_and_makes_up(window: Window, ada: User, grace: User, deliver: Step) -> None:
    factories.follow(ada, grace)
    factories.follow(grace, ada)
    factories.tweet(ada, "On the engine")
    factories.tweet(grace, "On the bug")
    deliver()
    adas, graces = window(ada), window(grace)
    both = ["On the bug", "On the engine"]
    for page in (adas, graces):
        sees(page, both, at="/")
    chooses_about(adas, "grace", "Mute @grace")
    expect(adas.get_by_text("@grace is muted.")).to_be_visible()
    sees(adas, ["On the engine"], at="/")
    sees(graces, both, at="/")
    chooses_about(adas, "grace", "Unmute @grace")
    sees(adas, both, at="/")
    chooses_about(adas, "grace", "Block @grace")
    expect(adas.get_by_role("heading", name="You blocked @grace")).to_be_visible()
    graces.goto("/ada/")
    expect(graces.get_by_role("heading", name="This account isn’t available")).to_be_visible()
    deliver()
    sees(adas, ["On the engine"], at="/")
    sees(graces, ["On the bug"], at="/")
    adas.goto("/grace/")
    adas.get_by_role("button", name="Blocked @grace. Unblock").click()
    expect(adas.get_by_role("button", name="Follow @grace")).to_be_visible()
    sees(adas, ["On the bug"])
    sees(graces, ["On the engine"], at="/ada/")
    about_ada = graces.get_by_role("region", name="About Ada Lovelace")
    expect(about_ada.get_by_role("button", name="Follow @ada")).to_be_visible()


def test_grace_asks_to_follow_ada_who_protects_what_she_writes(
    window: Window, ada: User, grace: User, deliver: Step
) -> None:
    factories.tweet(ada, "Among friends")
    deliver()
    adas, graces = window(ada), window(grace)
    adas.goto("/settings/privacy/")
    adas.get_by_label("Protect your tweets").check()
    adas.get_by_role("button", name="Save").click()
    expect(adas.get_by_text("Your settings are saved.")).to_be_visible()
    sees(graces, [], at="/ada/")
    expect(graces.get_by_role("heading", name="These tweets are protected")).to_be_visible()
    about_ada = graces.get_by_role("region", name="About Ada Lovelace")
    about_ada.get_by_role("button", name="Follow @ada").click()
    expect(graces.get_by_role("button", name="Requested to follow @ada. Cancel")).to_be_visible()
    fold()
    sees_told(adas, ["Grace Hopper asked to follow you"])
    adas.goto("/settings/privacy/")
    adas.get_by_role("link", name="Follow requests").click()
    adas.get_by_role("button", name="Let @grace follow you").click()
    expect(adas.get_by_text("@grace follows you now.")).to_be_visible()
    expect(adas.get_by_text("Nobody asks to follow you.")).to_be_visible()
    deliver()
    sees(graces, ["Among friends"], at="/ada/")
    sees(graces, ["Among friends"], at="/")
    opens_retweets(article(graces, "Among friends"))
    expect(graces.get_by_text("Tweets of a protected account stay with its followers.")).to_be_visible()
    assert not FollowRequest.objects.exists()


def test_ada_makes_a_list_that_grace_follows(window: Window, ada: User, grace: User, alan: User, deliver: Step) -> None:
    factories.tweet(alan, "On machines")
    factories.tweet(grace, "On the bug")
    adas, graces = window(ada), window(grace)
    adas.goto("/i/lists/")
    adas.get_by_role("link", name="New list").click()
    adas.get_by_label("Name").fill("Mathematicians")
    adas.get_by_role("button", name="Save").click()
    adas.get_by_label("Add a person by username").fill("@alan")
    adas.get_by_role("button", name="Add", exact=True).click()
    expect(adas.locator("#people .person-name")).to_have_text(["Alan Turing @alan"])
    adas.get_by_role("navigation", name="This list").get_by_role("link", name="Tweets").click()
    sees(adas, ["On machines"])
    graces.goto("/ada/lists/")
    graces.get_by_role("link", name="Mathematicians").click()
    graces.get_by_role("button", name="Follow this list").click()
    expect(graces.get_by_role("button", name="Following this list. Unfollow")).to_be_visible()
    factories.tweet(alan, "On minds")
    deliver()
    for page in (adas, graces):
        page.reload()
        sees(page, ["On minds", "On machines"])
        sees(page, [text for text in ["On the bug"] if page is graces], at="/")
    graces.goto("/i/lists/followed/")
    expect(graces.locator("#lists b")).to_have_text(["Mathematicians"])


def test_ada_finds_grace_and_what_she_wrote(window: Window, ada: User, grace: User, alan: User, deliver: Step) -> None:
    for author, text in ((grace, "Green tea"), (alan, "Black tea"), (grace, "Coffee")):
        factories.tweet(author, text)
    deliver()
    adas = window(ada)
    adas.goto("/explore/")
    for question, found in (("tea", ["Black tea", "Green tea"]), ("tea from:grace", ["Green tea"])):
        box = adas.get_by_role("searchbox").first
        box.fill(question)
        box.press("Enter")
        expect(adas).to_have_title(f"{question} / Search / Chirp")
        adas.get_by_role("link", name="Latest", exact=True).click()
        sees(adas, found)
    adas.goto("/search/?q=hopp")
    adas.get_by_role("link", name="People", exact=True).click()
    expect(adas.locator("#main .person-name")).to_have_text(["Grace Hopper @grace"])
    adas.locator("#main").get_by_role("button", name="Follow @grace").click()
    expect(adas.locator("#main").get_by_role("button", name="Following @grace. Unfollow")).to_be_visible()
    deliver()
    sees(adas, ["Coffee", "Green tea"], at="/")
    adas.goto("/explore/people/")
    expect(adas.locator("#main .person-name")).to_have_text(["Alan Turing @alan"])
    sees_told(window(grace), ["Ada Lovelace followed you"])


def test_grace_finds_back_and_catches_up_and_is_shown_alan(
    window: Window, ada: User, grace: User, alan: User, deliver: Step
) -> None:
    factories.follow(grace, ada)
    factories.follow(ada, alan)
    tweets = factories.past_tweets([ada], 30)
    markers.move(reader=grace, last_read_id=tweets[9], version=0)
    like(user=alan, tweet_id=tweets[20])
    deliver()
    graces = window(grace)
    graces.goto("/")
    expect(graces.get_by_text("20 newer tweets")).to_be_visible()
    graces.get_by_role("link", name="Back to where you were").click()
    expect(graces.locator("#here")).to_be_in_viewport()
    expect(graces.locator(f'article[data-id="{tweets[9]}"]')).to_be_in_viewport()
    graces.get_by_role("link", name="Catch up").click()
    missed = [f"past {number}" for number in (20, *range(29, 20, -1), *range(19, 9, -1))]
    sees(graces, missed)
    graces.get_by_role("link", name="By author").click()
    expect(graces.locator(".feed-title")).to_have_text(["Ada Lovelace @ada"])
    sees(graces, [f"past {number}" for number in range(29, 9, -1)])
    graces.goto("/explore/people/")
    expect(graces.locator("#main .person-name")).to_have_text(["Alan Turing @alan"])
    expect(graces.locator("#main .person-reason")).to_have_text(["Followed by Ada Lovelace"])
