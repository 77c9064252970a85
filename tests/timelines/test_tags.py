"""Following a hashtag: its tweets are in home, whatever holds them, and out of it at once when it is left."""

from collections.abc import Callable
from functools import partial
from urllib.parse import quote

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext

from accounts import actions
from accounts.models import User
from stores import redis, wire
from tests import factories
from tests.rest import ANONYMOUS, UNKNOWN, error, only_error, rest, walk
from tests.threads import at_once
from tests.timelines.lists import Stored, shown, stored
from tests.timelines.world import belonging, home_from_bottom, home_from_top
from timelines import audit, inbox, walks
from timelines.inbox import TAGGED
from tweets import entities, hashtags
from tweets.actions import delete_tweet, retweet
from tweets.models import Hashtag, TagFollow, Tweet

Drain = Callable[[], None]


def soon(change: Callable[[], object]) -> None:
    """A change, with what follows its commit, but before any drain."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        change()


def follow(user: User, *tags: str) -> None:
    for tag in tags:
        soon(partial(hashtags.follow, user=user, written=tag))


def list_of(tag: str) -> Stored | None:
    return stored(Hashtag.objects.get(name=tag).pk, TAGGED)


@pytest.mark.django_db
class TestHome:
    def test_has_what_anybody_writes_with_the_tag(self, ada: User, grace: User, alan: User, drain: Drain) -> None:
        """Ada follows Grace and a tag: strangers' tweets and replies with it, and each only once."""
        factories.follow(ada, grace)
        follow(ada, "tea")
        drain()
        shown(ada)
        wanted = [
            factories.tweet(alan, "#Tea"),
            factories.tweet(grace, "#tea, from both sides"),
            factories.tweet(grace, "nothing about it"),
        ]
        stranger = factories.tweet(alan, "no tag")
        wanted.append(factories.tweet(alan, "a reply with #tea", in_reply_to_id=stranger.pk))
        retweet(user=factories.person(), tweet_id=wanted[0].pk)
        drain()
        expected = [each.pk for each in wanted][::-1]
        assert shown(ada) == expected == belonging(ada)
        assert shown(ada, since=wanted[0].pk) == expected[:-1]
        redis.timelines().flushall()
        assert shown(ada) == expected
        assert shown(ada) == expected
        assert walks.expected(ada.pk) == expected

    def test_brings_the_past_of_a_tag_in_the_very_next_page_and_takes_it_away(
        self, ada: User, alan: User, drain: Drain
    ) -> None:
        tweet = factories.tweet(alan, "#tea")
        drain()
        assert shown(ada) == []
        follow(ada, "TEA")
        assert shown(ada) == [tweet.pk]
        soon(partial(hashtags.unfollow, user=ada, written="tea"))
        assert shown(ada) == []
        drain()
        assert shown(ada) == []

    def test_goes_on_below_the_floors_of_all_lists(
        self, ada: User, grace: User, alan: User, drain: Drain, settings: LazySettings
    ) -> None:
        settings.INBOX_SIZE = 8
        factories.follow(ada, grace)
        follow(ada, "tea", "milk")
        texts = ["#tea", "#milk", "#tea #milk", "plain"]
        tweets = [factories.tweet(author, texts[n % 4]) for n in range(24) for author in (grace, alan)]
        drain()
        for gone in tweets[5::9]:
            delete_tweet(tweet=gone)
        drain()
        expected = belonging(ada)
        assert len(expected) > 30
        for limit in (1, 3, 4, 50):
            assert home_from_top(ada, limit) == expected
            assert home_from_bottom(ada, limit) == expected
        redis.timelines().flushall()
        assert home_from_top(ada, 7) == expected

    def test_shows_nothing_of_who_is_suspended(self, ada: User, alan: User, drain: Drain) -> None:
        follow(ada, "tea")
        factories.tweet(alan, "#tea")
        drain()
        shown(ada)
        soon(partial(actions.suspend, user=alan))
        assert shown(ada) == []

    def test_follows_an_edit(self, ada: User, alan: User, drain: Drain) -> None:
        follow(ada, "tea")
        tweet, other = factories.tweet(alan, "plain"), factories.tweet(alan, "#tea")
        drain()
        assert shown(ada) == [other.pk]
        for each, text in ((tweet, "#tea after all"), (other, "no more")):
            each.text = text
            each.save(update_fields=["text"])
            entities.record_again(each)
        redis.timelines().delete(*redis.timelines().keys("tweet:*"))
        drain()
        assert shown(ada) == [tweet.pk] == belonging(ada)

    def test_costs_no_query_when_warm_and_no_more_questions_where_no_tag_is_followed(
        self, ada: User, grace: User, alan: User, drain: Drain, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        factories.follow(ada, grace)
        for _ in range(20):
            factories.tweet(alan, "#tea")
            factories.tweet(grace, "#tea")
        drain()
        redis.timelines().flushall()
        asked: list[int] = []
        ask = wire.ask
        monkeypatch.setattr(wire, "ask", lambda commands: (asked.append(len(commands)), ask(commands))[1])

        def cost(limit: int) -> tuple[int, int]:
            shown(ada, limit=limit)
            asked.clear()
            with CaptureQueriesContext(connection) as queries:
                assert len(shown(ada, limit=limit)) == limit
            return len(queries), len([each for each in asked if each])

        before = cost(5)
        follow(ada, "tea")
        drain()
        redis.timelines().flushall()
        assert cost(20) == cost(2) == (0, before[1] + 1)
        assert before[0] == 0


@pytest.mark.django_db
class TestLists:
    def test_are_warmed_by_readers_and_kept_by_deliveries(self, ada: User, alan: User, drain: Drain) -> None:
        first = factories.tweet(alan, "#tea")
        follow(ada, "tea")
        drain()
        assert list_of("tea") is None
        shown(ada)
        assert list_of("tea") == Stored(0, [first.pk])
        second = factories.tweet(alan, "#tea #milk")
        drain()
        assert list_of("tea") == Stored(0, [first.pk, second.pk])
        assert list_of("milk") is None

    def test_are_audited(self, ada: User, alan: User, drain: Drain, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(audit, "UNDECIDED_SECONDS", 0.0)
        follow(ada, "tea")
        tweet = factories.tweet(alan, "#tea")
        drain()
        shown(ada)
        found = audit.tagged_lists()
        assert (found.owners, found.warm, found.entries, found.failed) == (1, 1, 1, False)
        assert not audit.inboxes([ada.pk]).failed
        tag = Hashtag.objects.get()
        redis.timelines().set(inbox.key(TAGGED, tag.pk), inbox.pack_ids([0]))
        assert audit.tagged_lists().survivors[tag.pk].missing == {tweet.pk}
        redis.timelines().set(inbox.key("pulls", ada.pk), inbox.pack_ids([0]))
        assert audit.inboxes([ada.pk]).survivors[ada.pk].tags == {tag.pk}
        assert audit.inboxes([ada.pk]).failed


@pytest.mark.django_db
class TestFollowing:
    def test_a_hundred_are_the_most(self, ada: User) -> None:
        for number in range(hashtags.MOST_FOLLOWED):
            assert hashtags.follow(user=ada, written=f"tag{number}")
        assert not hashtags.follow(user=ada, written="TAG5")
        with pytest.raises(hashtags.TooManyFollowed):
            hashtags.follow(user=ada, written="more")
        assert TagFollow.objects.count() == 100
        assert not Hashtag.objects.filter(name="more").exists()

    def test_twice_is_once_and_leaving_what_is_not_followed_is_nothing(self, ada: User) -> None:
        assert [hashtags.follow(user=ada, written=each) for each in ("Tea", "tea")] == [True, False]
        assert [hashtags.unfollow(user=ada, written=each) for each in ("TEA", "tea", "never")] == [True, False, False]
        assert Hashtag.objects.get().shown == "Tea"


@pytest.mark.django_db(transaction=True)
def test_the_hundredth_is_followed_once_by_many_at_once(ada: User) -> None:
    for number in range(hashtags.MOST_FOLLOWED - 1):
        hashtags.follow(user=ada, written=f"tag{number}")

    def one(number: int) -> bool:
        try:
            return hashtags.follow(user=ada, written=f"last{number}")
        except hashtags.TooManyFollowed:
            return False

    assert sorted(at_once(*[partial(one, number) for number in range(4)])) == [False, False, False, True]
    assert TagFollow.objects.filter(user=ada).count() == 100


@pytest.mark.django_db(transaction=True)
class TestRest:
    def test_a_tag_that_nobody_has_used_is_there_all_the_same(self, ada: User) -> None:
        assert rest().get("/api/hashtags/Tea/").json() == {
            "name": "Tea",
            "url": "/hashtag/Tea/",
            "tweets": 0,
            "viewer": {"following": False},
        }
        assert rest().get("/api/hashtags/Tea/tweets/").json()["results"] == []
        assert not Hashtag.objects.exists()

    def test_follow_and_unfollow(self, ada: User) -> None:
        client = rest(ada)
        factories.tweet(ada, "#Tea")
        for _ in range(2):
            response = client.post("/api/hashtags/TEA/follow/")
            assert (response.status_code, response.json()["name"]) == (200, "Tea")
            assert response.json()["viewer"] == {"following": True}
        [mine] = client.get("/api/users/me/hashtags/").json()["results"]
        assert (mine["name"], mine["tweets"], mine["viewer"]) == ("Tea", 1, {"following": True})
        assert client.delete("/api/hashtags/tea/follow/").json()["viewer"] == {"following": False}
        assert client.get("/api/users/me/hashtags/").json() == {"results": []}

    @pytest.mark.parametrize("tag", ["1", "a-b", "x" * 101, "a b", "%23tea", "..."])
    def test_what_can_be_no_tag_is_not_found(self, ada: User, tag: str) -> None:
        for address in (f"/api/hashtags/{tag}/", f"/api/hashtags/{tag}/tweets/"):
            response = rest(ada).get(address)
            assert (response.status_code, only_error(response)) == (404, UNKNOWN)
        assert rest(ada).post(f"/api/hashtags/{tag}/follow/").status_code == 404
        assert not Hashtag.objects.exists()

    def test_strangers_and_narrow_tokens_follow_nothing(self, ada: User) -> None:
        response = rest().post("/api/hashtags/tea/follow/")
        assert (response.status_code, only_error(response)) == (401, ANONYMOUS)
        assert not TagFollow.objects.exists()

    def test_too_many_are_refused_with_a_reason(self, ada: User) -> None:
        for number in range(hashtags.MOST_FOLLOWED):
            hashtags.follow(user=ada, written=f"tag{number}")
        response = rest(ada).post("/api/hashtags/more/follow/")
        assert (response.status_code, only_error(response)) == (400, error("too_many"))
        assert TagFollow.objects.count() == 100

    def test_the_feed_is_walked_from_page_to_page(self, ada: User, grace: User) -> None:
        tweets = [factories.tweet(author, "#日本") for _ in range(4) for author in (ada, grace)]
        factories.tweet(ada, "#other")
        retweet(user=ada, tweet_id=tweets[0].pk)
        delete_tweet(tweet=tweets[3])
        found = walk(rest(ada), f"/api/hashtags/{quote('日本')}/tweets/?limit=3")
        assert [int(each["id"]) for each in found] == [each.pk for each in tweets if each != tweets[3]][::-1]
        newer = rest().get(f"/api/hashtags/日本/tweets/?since={tweets[5].pk}").json()
        assert [int(each["id"]) for each in newer["results"]] == [tweets[7].pk, tweets[6].pk]


@pytest.mark.django_db
class TestPages:
    def test_the_button_follows_and_unfollows(self, ada: User, as_user: Callable[[User], Client]) -> None:
        browser = as_user(ada)
        assert 'aria-label="Follow #Tea"' in browser.get("/hashtag/Tea/").content.decode()
        assert browser.post("/hashtag/Tea/follow/").headers["Location"] == "/hashtag/Tea/"
        assert TagFollow.objects.get().tag.name == "tea"
        assert 'aria-label="Following #Tea. Unfollow"' in browser.get("/hashtag/tea/").content.decode()
        assert "#Tea" in browser.get("/hashtags/").content.decode()
        answer = browser.post("/hashtag/tea/follow/", {"undo": "1"}, headers={"HX-Request": "true"})
        assert 'aria-label="Follow #Tea"' in answer.content.decode()
        assert not TagFollow.objects.exists()

    def test_too_many_are_refused_with_a_notice(self, ada: User, as_user: Callable[[User], Client]) -> None:
        for number in range(hashtags.MOST_FOLLOWED):
            hashtags.follow(user=ada, written=f"tag{number}")
        answer = as_user(ada).post("/hashtag/more/follow/", headers={"HX-Request": "true"})
        assert "You follow 100 hashtags, and nobody can follow more." in answer.content.decode()
        assert 'aria-label="Follow #more"' in answer.content.decode()
        assert TagFollow.objects.count() == 100

    def test_strangers_are_shown_the_way_in(self, client: Client, ada: User) -> None:
        factories.tweet(ada, "#tea")
        page = client.get("/hashtag/tea/").content.decode()
        assert page.count("<article") == 1
        assert 'href="/login/?next=/hashtag/tea/"' in page
        assert client.post("/hashtag/tea/follow/").headers["Location"].startswith("/login/?next=")
        assert not TagFollow.objects.exists()
        assert Tweet.objects.count() == 1
