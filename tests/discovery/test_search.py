"""Searching: exactly what is asked for, only what the viewer may see, page by page, whichever way it is found."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import actions, finding
from accounts.models import User
from accounts.relations import actions as relations
from discovery import found, search
from discovery.asking import Nonsense
from stores import redis
from tests import factories
from tests.rest import ANONYMOUS, error, only_error, rest, walk
from timelines.feed import FeedPage
from tweets import entities
from tweets.actions import delete_tweet, like, retweet
from tweets.counts import tags as tag_counts
from tweets.counts import tweets as tweet_counts
from tweets.models import Tweet, TweetWords

TWEETS, PEOPLE = "/api/search/tweets/", "/api/search/people/"


@pytest.fixture(params=["looking", "index", "far"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Found among the newest; or by the index at once; or in many small steps without the index."""
    if request.param != "looking":
        monkeypatch.setattr(found, "LOOKED_AT_FIRST", 1)
    if request.param == "far":
        monkeypatch.setattr(found, "MOST_BY_INDEX", -1)
        monkeypatch.setattr(found, "LOOKED_AT_MOST", 3)
    return str(request.param)


def ids(page: FeedPage) -> list[int]:
    return [int(each["id"]) for each in page.shown()]


def everything(text: str, viewer: User | None = None, find: Callable[..., FeedPage] = search.latest) -> list[int]:
    """All that is found, page by page."""
    page = find(text, viewer, limit=2)
    shown = ids(page)
    while page.older is not None:
        page = find(text, viewer, before=page.older, limit=2)
        shown += ids(page)
    return shown


@pytest.fixture
def said(ada: User, grace: User, alan: User) -> dict[str, Tweet]:
    """By name, in the order posted."""
    tweets = {
        "green": factories.tweet(ada, "I like Green Tea, and milk"),
        "black": factories.tweet(grace, "tea that is black #Tea"),
        "link": factories.tweet(alan, "tea: https://tea.example.com/shop"),
        "cafe": factories.tweet(grace, "Un CAFÉ 日本のお茶 ☕"),
    }
    tweets["answer"] = factories.tweet(grace, "green is not tea for me", in_reply_to_id=tweets["green"].pk)
    tweets["self"] = factories.tweet(ada, "and sugar in tea", in_reply_to_id=tweets["green"].pk)
    return tweets


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("tea", "green black link answer self"),
        ("TEA green", "green answer"),
        ('"green tea"', "green"),
        ('"tea green"', ""),
        ("tea -green", "black link self"),
        ('tea -"is not tea"', "green black link self"),
        ("#tea", "black"),
        ("tea -#tea", "green link answer self"),
        ("from:grace", "black cafe answer"),
        ("from:@GRACE tea", "black answer"),
        ("tea -from:grace", "green link self"),
        ("to:ada", "answer self"),
        ("to:ada -from:ada", "answer"),
        ("tea -to:ada", "green black link"),
        ("has:links", "link"),
        ("has:media", ""),
        ("filter:replies tea", "answer self"),
        ("tea -filter:replies", "green black link"),
        ("cafe", "cafe"),
        ("日本", "cafe"),
        ("本日", ""),
        ("☕", "cafe"),
        ("example.com", "link"),
        ("https", ""),
        ("nobody", ""),
        ("from:nobody tea", ""),
        ("to:nobody tea", ""),
        ("tea -from:nobody -to:nobody", "green black link answer self"),
        ("from:ada from:grace tea", ""),
        ("since:2026-01-01 tea", "green black link answer self"),
        ("since:2099-01-01 tea", ""),
        ("until:2026-01-02 tea", ""),
        ("until:2099-01-01 -tea", "cafe"),
    ],
)
def test_exactly_what_is_asked_for_is_found(said: dict[str, Tweet], way: str, text: str, names: str) -> None:
    assert everything(text) == [said[name].pk for name in names.split()][::-1]


@pytest.mark.django_db
class TestSight:
    def test_nothing_deleted_or_by_somebody_suspended(
        self, said: dict[str, Tweet], way: str, ada: User, drain: Callable[[], None]
    ) -> None:
        delete_tweet(tweet=said["black"])
        assert everything("tea") == [said[name].pk for name in ("self", "answer", "link", "green")]
        drain()
        assert not TweetWords.objects.filter(tweet=said["black"].pk).exists()
        actions.suspend(user=ada)
        redis.timelines().flushall()
        assert everything("tea") == [said[name].pk for name in ("answer", "link")]

    def test_nothing_protected_for_strangers_and_nothing_blocked_or_muted(
        self, said: dict[str, Tweet], way: str, ada: User, grace: User, alan: User
    ) -> None:
        factories.follow(alan, grace)
        actions.edit_profile(user=grace, changes={"is_protected": True})
        redis.timelines().flushall()
        strangers = [said[name].pk for name in ("self", "link", "green")]
        assert everything("tea") == everything("tea", ada) == strangers
        assert everything("from:grace") == everything("from:grace", ada) == []
        assert everything("black from:grace", alan) == [said["black"].pk]
        relations.block(blocker=ada, blocked=alan)
        redis.timelines().flushall()
        assert everything("tea", ada) == [said[name].pk for name in ("self", "green")]
        assert everything("tea", alan) == [said[name].pk for name in ("answer", "link", "black")]
        assert everything("from:ada tea", alan) == []
        assert [each.pk for each in finding.people("a", alan.pk, 9)] == [alan.pk]
        relations.mute(muter=alan, muted=grace)
        redis.timelines().flushall()
        assert everything("tea", alan) == [said["link"].pk]

    def test_retweets_are_found_as_their_originals_only(self, said: dict[str, Tweet], alan: User) -> None:
        retweet(user=alan, tweet_id=said["cafe"].pk)
        assert everything("cafe") == [said["cafe"].pk]

    def test_an_edited_tweet_is_found_by_what_it_says_now(self, ada: User) -> None:
        tweet = factories.tweet(ada, "coffee #drink")
        tweet.text = "tea #cup"
        tweet.save(update_fields=["text"])
        entities.record_again(tweet)
        assert [everything(each) for each in ("coffee", "#drink", "tea", "#cup")] == [[], [], [tweet.pk], [tweet.pk]]


@pytest.mark.django_db
class TestPaging:
    def test_what_is_newer_is_the_nearest_above_the_cursor(self, said: dict[str, Tweet], way: str) -> None:
        since, seen = said["green"].pk, list[int]()
        for _ in range(8):
            page = search.latest("tea", None, since=since, limit=2)
            seen = ids(page) + seen
            since = page.newer
        assert seen == [said[name].pk for name in ("self", "answer", "link", "black")]

    def test_a_page_that_ends_early_says_where_to_look_on(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(found, "LOOKED_AT_FIRST", 2)
        monkeypatch.setattr(found, "LOOKED_AT_MOST", 3)
        monkeypatch.setattr(found, "MOST_BY_INDEX", -1)
        old = factories.tweet(ada, "tea")
        others = [factories.tweet(ada, "milk").pk for _ in range(5)]
        page = search.latest("tea", None)
        assert (page.tweets, page.older) == ([], others[0])
        assert ids(search.latest("tea", None, before=page.older)) == [old.pk]

    def test_the_index_gives_up_after_its_time(self, said: dict[str, Tweet], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(found, "LOOKED_AT_FIRST", 1)
        monkeypatch.setattr(found, "INDEX_MILLISECONDS", 30)
        monkeypatch.setattr(found, "_INDEXED", "SELECT tweet_id FROM tweets_tweetwords, pg_sleep(5)")
        assert everything("black") == [said["black"].pk]
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)


@pytest.mark.django_db
class TestTop:
    def test_what_people_cared_about_most_comes_first(self, ada: User, way: str) -> None:
        if way == "far":
            pytest.skip("it ranks the newest; here these are few")
        tweets = [factories.tweet(ada, f"tea {number}") for number in range(5)]
        people = factories.people(3)
        for person in people[:2]:
            like(user=person, tweet_id=tweets[1].pk)
        for person in people:
            retweet(user=person, tweet_id=tweets[3].pk)
        while tweet_counts.settle():
            pass
        assert everything("tea", find=search.top) == [tweets[each].pk for each in (3, 1, 4, 2, 0)]

    def test_what_comes_later_disturbs_no_page(self, ada: User) -> None:
        tweets = [factories.tweet(ada, f"tea {number}").pk for number in range(4)]
        page = search.top("tea", None, limit=2)
        factories.tweet(ada, "tea, newer")
        assert page.older is not None
        assert ids(page) + ids(search.top("tea", None, before=page.older, limit=2)) == tweets[::-1]

    @pytest.mark.parametrize("cursor", [0, 1, 2**63 - 1])
    def test_a_cursor_of_ones_own_making_harms_nobody(self, ada: User, cursor: int) -> None:
        factories.tweet(ada, "tea")
        assert len(search.top("tea", None, before=cursor).tweets) in (0, 1)
        assert search.top("tea", None, since=cursor).tweets == []


@pytest.mark.django_db(transaction=True)
class TestRest:
    def test_tweets_are_walked_from_page_to_page(self, said: dict[str, Tweet]) -> None:
        for order in ("latest", "top"):
            shown = walk(rest(), f"{TWEETS}?q=tea&order={order}&limit=2")
            assert [int(each["id"]) for each in shown] == [
                said[name].pk for name in ("self", "answer", "link", "black", "green")
            ] or order == "top"
            assert len(shown) == 5

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ({"q": "x" * 10_000}, "too_long"),
            ({"q": "-tea"}, "empty"),
            ({"q": "since:never"}, "no_day"),
            ({"q": "has:cheese"}, "no_filter"),
            ({"q": ""}, "blank"),
            ({}, "required"),
        ],
    )
    def test_nonsense_is_refused_in_the_house_shape(self, ada: User, query: dict[str, str], code: str) -> None:
        response = rest(ada).get(TWEETS, query)
        assert (response.status_code, only_error(response)) == (400, error(code, "q"))

    def test_people_are_found_by_names(self, ada: User, grace: User) -> None:
        found = rest(ada).get(PEOPLE, {"q": "hopp"}).json()["results"]
        assert [(each["username"], each["viewer"]["following"]) for each in found] == [("grace", False)]
        response = rest(ada).get(PEOPLE, {"q": "x" * 501})
        assert (response.status_code, only_error(response)) == (400, error("too_long", "q"))

    def test_people_are_walked_from_page_to_page_whoever_is_followed_meanwhile(self, ada: User, grace: User) -> None:
        namesakes = [factories.person(f"ada{number}") for number in range(9)]
        User.objects.filter(pk__in=[each.pk for each in namesakes[5:7]]).update(followers_count=3)
        factories.follow(grace, namesakes[8])
        relations.block(blocker=namesakes[7], blocked=grace)
        client = rest(grace)
        first = client.get(PEOPLE, {"q": "ada", "limit": "4"}).json()
        factories.follow(grace, namesakes[6])
        second = client.get(first["next"]).json()
        third = client.get(second["next"]).json()
        shown = [[each["username"] for each in page["results"]] for page in (first, second, third)]
        assert shown == [["ada", "ada8", "ada5", "ada6"], ["ada0", "ada1", "ada2", "ada3"], ["ada4"]]
        assert third["next"] is None
        above = client.get(second["previous"]).json()["results"]
        assert [each["username"] for each in above] == ["ada", "ada6", "ada8", "ada5"]
        assert client.get(PEOPLE, {"q": "ada", "before": "0"}).json()["results"] == []

    def test_names_and_hashtags_are_completed_for_members(self, ada: User, grace: User) -> None:
        factories.tweet(ada, "#Teatime #tea")
        factories.tweet(ada, "#tea")
        while tag_counts.settle():
            pass
        people = rest(ada).get("/api/complete/people/", {"q": "gr"}).json()["results"]
        assert [each["username"] for each in people] == ["grace"]
        assert people[0].keys() >= {"id", "name", "avatar_url"}
        tags = rest(ada).get("/api/complete/hashtags/", {"q": "TE"}).json()
        assert tags == {"results": [{"name": "tea", "tweets": 2}, {"name": "Teatime", "tweets": 1}]}
        for address in ("/api/complete/people/", "/api/complete/hashtags/"):
            assert (rest().get(address, {"q": "a"}).status_code, only_error(rest().get(address, {"q": "a"}))) == (
                401,
                ANONYMOUS,
            )
            response = rest(ada).get(address, {"q": "a" * 51})
            assert (response.status_code, only_error(response)) == (400, error("max_length", "q"))


@pytest.mark.django_db
class TestPages:
    def test_the_three_tabs(self, client: Client, said: dict[str, Tweet]) -> None:
        def page(**query: Any) -> str:
            return client.get("/search/", query).content.decode()

        assert page(q="tea", tab="latest").count("<article") == 5
        assert page(q="tea").count("<article") == 5
        assert "Grace Hopper" in page(q="hop", tab="people")
        assert "Nobody found" in page(q="xyz", tab="people")
        assert "Nothing found" in page(q="xyz")
        assert "Look for tweets and people" in page()
        assert page(q="tea", tab="nonsense").count("<article") == 5

    @pytest.mark.parametrize("tab", ["top", "latest", "people"])
    def test_nonsense_is_a_400_with_a_message(self, client: Client, tab: str) -> None:
        response = client.get("/search/", {"q": "x" * 10_000, "tab": tab})
        assert response.status_code == 400
        assert "A search has at most 500 characters; this one has 10,000." in response.content.decode()

    def test_the_next_page_keeps_the_question(self, client: Client, ada: User) -> None:
        tweets = [factories.tweet(ada, f"tea & {number}").pk for number in range(25)]
        page = client.get("/search/", {"q": "tea &", "tab": "latest"}).content.decode()
        assert f'href="/search/?q=tea+%26&amp;tab=latest&amp;before={tweets[5]}"' in page
        more = client.get(
            "/search/", {"q": "tea &", "tab": "latest", "before": str(tweets[5])}, headers={"HX-Request": "true"}
        )
        assert more.content.decode().count("<article") == 5

    def test_people_come_in_pages_too(self, client: Client) -> None:
        people = [factories.person(f"ada{number:02}").username for number in range(22)]
        page = client.get("/search/", {"q": "ada", "tab": "people"})
        assert [each.username for each in page.context["people"]] == people[:20]
        more = client.get(page.context["more"], headers={"HX-Request": "true"})
        assert [each.username for each in more.context["people"]] == people[20:]
        assert ("<html" in more.content.decode(), more.context["more"]) == (False, None)
        assert client.get("/search/", {"q": "ada", "tab": "people", "before": "x"}).status_code == 400

    def test_nothing_written_becomes_markup(self, client: Client) -> None:
        page = client.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
        assert "<script>alert" not in page


@pytest.mark.django_db
def test_nonsense_asks_nothing(ada: User) -> None:
    with CaptureQueriesContext(connection) as queries, pytest.raises(Nonsense):
        search.latest("from:", ada)
    assert len(queries) == 0
