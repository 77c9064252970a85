"""Notifications as pages: what they say, what they cost, what marks them as read."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from notifications import queries, unread
from notifications.actions import mark_read
from notifications.models import ReadMarker
from tests import factories
from tests.notifications.looks import told
from tweets.actions import delete_tweet, like, retweet
from tweets.models import Tweet

pytestmark = pytest.mark.django_db

Fold = Callable[[], None]


@pytest.fixture
def browser(ada: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(ada)


def words(browser: Client, address: str = "/notifications/") -> list[str]:
    """What each entry says, without what a tweet in it says."""
    html = browser.get(address).content.decode()
    entries = re.findall(r'<li class="notification.*?</li>', html, re.DOTALL)
    return [" ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", _sentence(each)).split()) for each in entries]


def _sentence(entry: str) -> str:
    return re.sub(r"(?s)<article.*</article>|<p class=\"notification-text.*?</p>|<span class=\"muted\".*", "", entry)


def read(browser: Client, up_to: object, **options: object) -> int:
    return browser.post("/notifications/read/", {"up_to": up_to}, **options).status_code  # type: ignore[arg-type]


class TestWords:
    def test_say_who_did_what(self, browser: Client, ada: User, grace: User, alan: User, fold: Fold) -> None:
        tweet = factories.tweet(ada, "On the engine")
        factories.follow(grace, ada)
        for fan in (grace, alan):
            like(user=fan, tweet_id=tweet.pk)
        for fan in (*factories.people(3), grace):
            retweet(user=fan, tweet_id=tweet.pk)
        factories.tweet(alan, "Indeed", in_reply_to_id=tweet.pk)
        factories.tweet(alan, "See", quote_of_id=tweet.pk)
        factories.tweet(alan, "Ask @ada")
        fold()
        assert words(browser) == [
            "New: Alan Turing mentioned you",
            "New: Alan Turing quoted your tweet",
            "New: Alan Turing replied to you",
            "New: Grace Hopper and 3 others retweeted your tweet",
            "New: Alan Turing and Grace Hopper liked your tweet",
            "New: Grace Hopper followed you",
        ]
        page = browser.get("/notifications/").content.decode()
        assert page.count("<article") == 3
        assert page.count(">On the engine</a>") == 2

    def test_the_tabs_show_their_part(self, browser: Client, ada: User, grace: User, alan: User, fold: Fold) -> None:
        factories.follow(ada, grace)
        tweet = factories.tweet(ada)
        for fan in (grace, alan):
            like(user=fan, tweet_id=tweet.pk)
        factories.tweet(alan, "Hello @ada")
        fold()
        assert words(browser, "/notifications/mentions/") == ["New: Alan Turing mentioned you"]
        assert words(browser, "/notifications/following/") == ["New: Grace Hopper and 1 other liked your tweet"]

    def test_an_empty_page_says_what_will_be_there(self, browser: Client) -> None:
        assert "Nothing here yet" in browser.get("/notifications/").content.decode()
        assert "Nobody has written to you yet" in browser.get("/notifications/mentions/").content.decode()
        assert "Nothing from people you follow" in browser.get("/notifications/following/").content.decode()

    def test_names_are_only_names(self, browser: Client, ada: User, fold: Fold) -> None:
        eve = factories.person("eve", name="<script>alert(1)</script>")
        like(user=eve, tweet_id=factories.tweet(ada, "<b>bold</b>").pk)
        fold()
        html = browser.get("/notifications/").content.decode()
        assert "<script>alert" not in html
        assert "&lt;b&gt;bold" in html


class TestPages:
    def test_follow_each_other(self, browser: Client, ada: User, grace: User, fold: Fold) -> None:
        for number in range(45):
            factories.tweet(grace, f"Hello {number} @ada")
        fold()
        html, seen = browser.get("/notifications/").content.decode(), list[str]()
        while True:
            seen += re.findall(r"Hello (\d+) ", html)
            more = re.search(r'href="(/notifications/\?before=\d+)"', html)
            if not more:
                break
            html = browser.get(more[1], headers={"HX-Request": "true"}).content.decode()
        assert seen == [str(number) for number in reversed(range(45))]

    def test_a_group_costs_the_same_for_2_and_200_people(self, browser: Client, ada: User, fold: Fold) -> None:
        tweet, fans, costs = factories.tweet(ada), factories.people(200), []
        for some in (fans[:2], fans[2:]):
            for fan in some:
                like(user=fan, tweet_id=tweet.pk)
            fold()
            browser.get("/notifications/")
            with CaptureQueriesContext(connection) as asked:
                assert browser.get("/notifications/").status_code == 200
            costs.append((len(asked), [each["sql"] for each in asked if "notificationactor" in each["sql"]]))
        assert costs[0] == costs[1]
        assert costs[0][1] == []

    def test_what_is_hidden_leaves_no_gap(self, browser: Client, ada: User, grace: User, fold: Fold) -> None:
        kept = factories.tweet(grace, "Kept @ada")
        for number in range(30):
            tweet = factories.tweet(grace, f"Gone {number} @ada")
            fold()
            Tweet.objects.filter(pk=tweet.pk).update(deleted_at=kept.created_at)
        assert words(browser) == ["New: Grace Hopper mentioned you"]

    @pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "%00"])
    def test_a_cursor_that_is_none_is_refused(self, browser: Client, before: str) -> None:
        assert browser.get(f"/notifications/?before={before}").status_code == 400


class TestReading:
    def test_a_look_changes_nothing_and_the_form_marks_all_as_read(
        self, browser: Client, ada: User, grace: User, fold: Fold
    ) -> None:
        like(user=grace, tweet_id=factories.tweet(ada).pk)
        fold()
        page = browser.get("/notifications/").content.decode()
        assert "<title>(1) " in page
        assert not ReadMarker.objects.exists()
        [newest] = re.findall(r'name="up_to" value="(\d+)"', page)
        response = browser.post("/notifications/read/", {"up_to": newest})
        assert (response.status_code, response["Location"]) == (302, "/notifications/")
        after = browser.get("/notifications/").content.decode()
        assert "Mark all as read" not in after
        assert "<title>Notifications" in re.sub(r"\s+", "", after).replace("Notifications/", "Notifications /")
        assert words(browser) == ["Grace Hopper liked your tweet"]

    def test_the_marker_never_moves_back_nor_past_what_is_there(self, ada: User, grace: User, fold: Fold) -> None:
        for _ in range(2):
            like(user=grace, tweet_id=factories.tweet(ada).pk)
            fold()
        first, second = [each.position for each in reversed(list(ada.notifications.order_by("-position")))]
        assert mark_read(user=ada, up_to=first) == first
        assert mark_read(user=ada, up_to=2**63 - 1) == second
        assert mark_read(user=ada, up_to=first) == second
        assert mark_read(user=grace, up_to=second) == 0

    @pytest.mark.parametrize("up_to", ["", "x", "-1", "9" * 30])
    def test_a_position_that_is_none_is_refused(
        self, browser: Client, ada: User, grace: User, fold: Fold, up_to: str
    ) -> None:
        like(user=grace, tweet_id=factories.tweet(ada).pk)
        fold()
        assert read(browser, up_to) == 400
        assert (unread.count(ada.pk), queries.read_up_to(ada.pk)) == (1, 0)

    def test_a_script_gets_no_page(self, browser: Client) -> None:
        assert read(browser, 1, headers={"HX-Request": "true"}) == 204


class TestUnread:
    def test_is_on_every_page_and_right_at_once(self, browser: Client, ada: User, grace: User, fold: Fold) -> None:
        tweet = factories.tweet(ada)
        assert unread.count(ada.pk) == 0
        like(user=grace, tweet_id=tweet.pk)
        fold()
        for address in ("/", "/explore/", "/settings/"):
            page = " ".join(browser.get(address).content.decode().split())
            assert "<title>(1) " in page
            assert ">1</b>" in page
        delete_tweet(tweet=tweet)
        fold()
        assert unread.count(ada.pk) == 0

    def test_costs_no_sql_once_known(self, ada: User, grace: User, fold: Fold) -> None:
        like(user=grace, tweet_id=factories.tweet(ada).pk)
        fold()
        unread.forget([])
        from stores import redis

        redis.timelines().delete(unread._key(ada.pk))
        assert unread.count(ada.pk) == 1
        with CaptureQueriesContext(connection) as asked:
            assert unread.count(ada.pk) == 1
        assert len(asked) == 0

    def test_who_counted_before_a_change_cannot_keep_his_figure(self, ada: User) -> None:
        unread.forget([ada.pk])
        unread._keep(ada.pk, 7)
        assert unread.count(ada.pk) == 0

    def test_above_99_nobody_counts(self, ada: User, grace: User, fold: Fold) -> None:
        for number in range(101):
            factories.tweet(grace, f"{number} @ada")
        fold()
        assert (unread.count(ada.pk), unread.badge(ada.pk)) == (100, "99+")

    def test_what_may_not_be_seen_does_not_count(self, ada: User, grace: User, alan: User, fold: Fold) -> None:
        tweet = factories.tweet(ada)
        like(user=grace, tweet_id=tweet.pk)
        factories.tweet(alan, "Hello @ada")
        fold()
        for each in (grace, alan):
            User.objects.filter(pk=each.pk).update(is_active=False)
        assert (unread.load(ada.pk), told(ada)) == (0, [])
