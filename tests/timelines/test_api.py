from collections.abc import Callable

import pytest

from accounts import actions as people
from accounts.models import User
from tests import factories
from tests.rest import ANONYMOUS, UNKNOWN, error, only_error, queries_for, rest, walk
from tweets import actions

pytestmark = pytest.mark.django_db(transaction=True)

HOME, PUBLIC = "/api/timelines/home/", "/api/timelines/public/"


def ids(tweets: list[dict[str, str]]) -> list[int]:
    return [int(each["id"]) for each in tweets]


class TestHome:
    @pytest.fixture
    def posted(self, ada: User, grace: User, alan: User) -> list[int]:
        """Ids of what ada's home should show, newest first; alan is nobody to her."""
        factories.follow(ada, grace)
        tweets = [factories.tweet(author) for _ in range(8) for author in (ada, grace, alan)]
        return [each.pk for each in reversed(tweets) if each.author_id != alan.pk]

    def test_is_walked_to_its_end(self, ada: User, posted: list[int]) -> None:
        assert ids(walk(rest(ada), f"{HOME}?limit=3")) == posted

    def test_names_its_neighbours(self, ada: User, posted: list[int]) -> None:
        response = rest(ada).get(f"{HOME}?limit=2")
        site = "http://testserver" + HOME
        following, previous = f"{site}?limit=2&before={posted[1]}", f"{site}?limit=2&since={posted[0]}"
        page = response.json()
        assert (ids(page["results"]), page["next"], page["previous"]) == (posted[:2], following, previous)
        assert response["Link"] == f'<{following}>; rel="next", <{previous}>; rel="prev"'
        assert response["Content-Type"] == "application/json"

    def test_newer_ones_are_found_later(
        self, ada: User, grace: User, posted: list[int], drain: Callable[[], None]
    ) -> None:
        client = rest(ada)
        empty = client.get(client.get(HOME).json()["previous"]).json()
        assert (empty["results"], empty["previous"]) == ([], client.get(HOME).json()["previous"])
        newer = [factories.tweet(grace).pk for _ in range(3)]
        drain()
        assert ids(client.get(empty["previous"]).json()["results"]) == newer[::-1]
        nearest = client.get(f"{HOME}?since={posted[0]}&limit=2").json()
        assert ids(nearest["results"]) == [newer[1], newer[0]]

    def test_of_nothing_still_says_where_to_ask(self, ada: User) -> None:
        page = rest(ada).get(HOME).json()
        assert (page["results"], page["next"], page["previous"]) == ([], None, f"http://testserver{HOME}?since=0")
        tweet = factories.tweet(ada)
        assert ids(rest(ada).get(page["previous"]).json()["results"]) == [tweet.pk]

    def test_addresses_begin_with_the_sites(self, ada: User, settings: pytest.FixtureRequest) -> None:
        settings.SITE_URL = "https://chirp.example"  # type: ignore[attr-defined]  # pytest-django's
        assert rest(ada).get(HOME).json()["previous"] == f"https://chirp.example{HOME}?since=0"

    def test_needs_somebody(self, db: None) -> None:
        response = rest().get(HOME)
        assert (response.status_code, response["WWW-Authenticate"], only_error(response)) == (401, "Bearer", ANONYMOUS)

    def test_many_cost_what_few_do(self, ada: User, grace: User) -> None:
        factories.follow(ada, grace)
        for _ in range(20):
            factories.tweet(grace)
        client = rest(ada)
        few, many = queries_for(client, f"{HOME}?limit=2"), queries_for(client, f"{HOME}?limit=20")
        assert few == many == 0


@pytest.mark.parametrize("address", [HOME, PUBLIC, "/api/users/ada/tweets/", "/api/users/ada/followers/", "replies"])
@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=", "limit"),
        ("limit=ten", "limit"),
        ("limit=" + "9" * 30, "limit"),
        ("before=x", "before"),
        ("before=", "before"),
        ("before=-1", "before"),
        ("before=1.5", "before"),
        ("before=%00", "before"),
        ("before=" + "9" * 30, "before"),
        (f"since={2**63}", "since"),
        ("since=1&before=2", "since"),
    ],
)
def test_nonsense_is_refused(ada: User, address: str, query: str, attr: str) -> None:
    if address == "replies":
        address = f"/api/tweets/{factories.tweet(ada).pk}/replies/"
    response = rest(ada).get(f"{address}?{query}")
    assert (response.status_code, only_error(response)[0], only_error(response)[2]) == (400, "validation_error", attr)


@pytest.mark.parametrize("address", [HOME, PUBLIC, "/api/users/ada/tweets/", "/api/users/ada/followers/"])
@pytest.mark.parametrize(
    "query", [f"before={2**63 - 1}", f"since={2**63 - 1}", "before=0", "since=0", "limit=1", "limit=100"]
)
def test_the_ends_of_what_may_be_asked(ada: User, address: str, query: str) -> None:
    factories.tweet(ada)
    client = rest(ada)
    response = client.get(f"{address}?{query}")
    assert response.status_code == 200
    assert client.get(response.json()["previous"]).status_code == 200


class TestPublic:
    def test_is_there_for_anybody(self, ada: User, grace: User) -> None:
        first = factories.tweet(ada)
        factories.tweet(grace, in_reply_to_id=first.pk)
        second = factories.tweet(grace)
        assert ids(walk(rest(), f"{PUBLIC}?limit=1")) == [second.pk, first.pk]

    def test_knows_the_viewer(self, ada: User, grace: User) -> None:
        tweet = factories.tweet(grace)
        actions.like(user=ada, tweet_id=tweet.pk)
        assert [rest(who).get(PUBLIC).json()["results"][0]["viewer"]["liked"] for who in (ada, grace, None)] == [
            True,
            False,
            False,
        ]


class TestUserTweets:
    def test_leave_answers_out_unless_asked_for(self, ada: User, grace: User) -> None:
        own, other = factories.tweet(ada), factories.tweet(grace)
        answer = factories.tweet(ada, in_reply_to_id=other.pk)
        retweet = actions.retweet(user=ada, tweet_id=other.pk)
        assert ids(walk(rest(), "/api/users/ada/tweets/?limit=1")) == [retweet.pk, own.pk]
        assert ids(walk(rest(), "/api/users/ADA/tweets/?limit=1&replies=true")) == [retweet.pk, answer.pk, own.pk]

    def test_a_page_asked_for_with_answers_stays_so(self, ada: User) -> None:
        for _ in range(2):
            factories.tweet(ada)
        page = rest().get("/api/users/ada/tweets/?limit=1&replies=true").json()
        assert "replies=true" in page["next"]
        assert "replies=true" in page["previous"]

    def test_of_nobody_are_not_found(self, ada: User) -> None:
        people.suspend(user=ada)
        for name in ("ada", "nobody", "a%00b"):
            response = rest().get(f"/api/users/{name}/tweets/")
            assert (response.status_code, only_error(response)) == (404, UNKNOWN)

    def test_nonsense_is_refused(self, ada: User) -> None:
        response = rest().get("/api/users/ada/tweets/?replies=perhaps")
        assert (response.status_code, only_error(response)) == (400, error("invalid", "replies"))


class TestReplies:
    def test_are_the_direct_ones(self, ada: User, grace: User, alan: User) -> None:
        tweet = factories.tweet(ada)
        replies = [factories.tweet(author, in_reply_to_id=tweet.pk).pk for author in (grace, alan, ada)]
        factories.tweet(grace, in_reply_to_id=replies[0])
        people.suspend(user=alan)
        assert ids(walk(rest(), f"/api/tweets/{tweet.pk}/replies/?limit=1")) == [replies[2], replies[0]]

    def test_of_a_retweet_are_those_of_the_original(self, ada: User, grace: User) -> None:
        tweet = factories.tweet(ada)
        retweet, reply = actions.retweet(user=grace, tweet_id=tweet.pk), factories.tweet(grace, in_reply_to_id=tweet.pk)
        assert ids(walk(rest(), f"/api/tweets/{retweet.pk}/replies/")) == [reply.pk]

    def test_of_nothing_are_not_found(self, ada: User) -> None:
        tweet = factories.tweet(ada)
        actions.delete_tweet(tweet=tweet)
        for tweet_id in (str(tweet.pk), "1", "9" * 30):
            response = rest().get(f"/api/tweets/{tweet_id}/replies/")
            assert (response.status_code, only_error(response)) == (404, UNKNOWN)
