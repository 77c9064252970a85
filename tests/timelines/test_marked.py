"""My likes and my bookmarks: in the order in which they were made, for nobody else."""

from collections.abc import Callable

import orjson
import pytest
from django.test import Client

from accounts import actions as people
from accounts.models import User
from tests import factories
from tests.rest import ANONYMOUS, UNKNOWN, only_error, rest, walk
from tweets import actions
from tweets.models import Bookmark, Like

pytestmark = pytest.mark.django_db

LISTS = [("/api/users/me/likes/", actions.like, Like), ("/api/users/me/bookmarks/", actions.bookmark, Bookmark)]
Mark = Callable[..., object]


def ids(tweets: list[dict[str, str]]) -> list[int]:
    return [int(each["id"]) for each in tweets]


@pytest.fixture
def marked(ada: User, grace: User) -> list[int]:
    """Tweets in the order in which they are to be marked, which is not that in which they were written."""
    written = [factories.tweet(grace).pk for _ in range(7)]
    return [written[place] for place in (3, 0, 6, 1, 5, 2, 4)]


@pytest.mark.parametrize(("address", "mark", "kind"), LISTS)
class TestOverRest:
    def test_is_walked_down_and_up_by_when_it_was_marked(
        self, ada: User, marked: list[int], address: str, mark: Mark, kind: type[Like]
    ) -> None:
        for each in marked:
            mark(user=ada, tweet_id=each)
        client = rest(ada)
        assert ids(walk(client, f"{address}?limit=2")) == marked[::-1]
        marks = list(kind.objects.order_by("pk").values_list("pk", flat=True))
        page = client.get(f"{address}?limit=3").json()
        assert page["next"] == f"http://testserver{address}?limit=3&before={marks[-3]}"
        assert page["previous"] == f"http://testserver{address}?limit=3&since={marks[-1]}"
        up = client.get(f"{address}?limit=3&since={marks[1]}").json()
        assert (ids(up["results"]), up["previous"].rpartition("=")[2]) == (marked[4:1:-1], str(marks[4]))
        assert ids(client.get(f"{address}?since={marks[4]}").json()["results"]) == marked[:4:-1]

    def test_marked_again_it_is_the_latest(
        self, ada: User, marked: list[int], address: str, mark: Mark, kind: type[Like]
    ) -> None:
        for each in marked:
            mark(user=ada, tweet_id=each)
        {Like: actions.unlike, Bookmark: actions.remove_bookmark}[kind](user=ada, tweet_id=marked[0])
        assert ids(walk(rest(ada), address)) == marked[:0:-1]
        mark(user=ada, tweet_id=marked[0])
        assert ids(walk(rest(ada), address)) == [marked[0], *marked[:0:-1]]

    def test_a_retweet_and_its_original_are_one_and_a_quote_beside_what_it_quotes_is_another(
        self, ada: User, grace: User, address: str, mark: Mark, kind: type[Like]
    ) -> None:
        original = factories.tweet(grace)
        again = actions.retweet(user=grace, tweet_id=original.pk)
        quote = factories.tweet(grace, quote_of_id=original.pk)
        for each in (again, quote, original):
            mark(user=ada, tweet_id=each.pk)
        assert ids(walk(rest(ada), f"{address}?limit=1")) == [quote.pk, original.pk]

    def test_what_is_gone_or_hidden_is_left_out_and_the_page_filled(
        self, ada: User, alan: User, marked: list[int], address: str, mark: Mark, kind: type[Like]
    ) -> None:
        hidden, gone = factories.tweet(alan), factories.tweet(ada)
        for each in (*marked, hidden.pk, gone.pk):
            mark(user=ada, tweet_id=each)
        people.suspend(user=alan)
        actions.delete_tweet(tweet=gone)
        assert ids(rest(ada).get(f"{address}?limit=2").json()["results"]) == [marked[6], marked[5]]
        assert ids(walk(rest(ada), f"{address}?limit=2")) == marked[::-1]

    def test_is_ones_own_and_nobody_elses(
        self, ada: User, grace: User, marked: list[int], address: str, mark: Mark, kind: type[Like]
    ) -> None:
        mark(user=ada, tweet_id=marked[0])
        assert walk(rest(grace), address) == []
        response = rest().get(address)
        assert (response.status_code, only_error(response)) == (401, ANONYMOUS)
        for name in ("ada", "grace", "nobody"):
            response = rest(grace).get(address.replace("me", name, 1))
            assert (response.status_code, only_error(response)) == (404, UNKNOWN)

    @pytest.mark.parametrize("query", ["before=x", "since=-1", "limit=0", "before="])
    def test_nonsense_is_refused(self, ada: User, address: str, mark: Mark, kind: type[Like], query: str) -> None:
        response = rest(ada).get(f"{address}?{query}")
        assert (response.status_code, only_error(response)[2]) == (400, query.partition("=")[0])


class TestPages:
    @pytest.fixture
    def browser(self, ada: User) -> Client:
        client = Client()
        client.force_login(ada)
        return client

    @pytest.mark.parametrize(("address", "mark"), [("/bookmarks/", actions.bookmark), ("/ada/likes/", actions.like)])
    def test_come_in_pages(self, browser: Client, ada: User, address: str, mark: Mark) -> None:
        written = factories.past_tweets([ada], 25)
        for each in written:
            mark(user=ada, tweet_id=each)
        first = browser.get(address)
        assert [int(orjson.loads(each)["id"]) for each in first.context["tweets"]] == written[:4:-1]
        rest = browser.get(first.context["older"], headers={"HX-Request": "true"})
        assert [int(orjson.loads(each)["id"]) for each in rest.context["tweets"]] == written[4::-1]
        assert "<html" not in rest.content.decode()

    @pytest.mark.parametrize("address", ["/bookmarks/", "/ada/likes/"])
    def test_empty_ones_say_so_and_strangers_are_asked_to_log_in(
        self, browser: Client, client: Client, ada: User, address: str
    ) -> None:
        page = browser.get(address).content.decode()
        assert "Nothing" in page
        assert "nly you can see them." in page
        assert client.get(address)["Location"] == f"/login/?next={address}"

    def test_likes_of_others_are_as_unknown_as_nobodys(self, browser: Client, grace: User) -> None:
        assert browser.get("/grace/").content.decode().count("/grace/likes/") == 0
        assert browser.get("/ada/").content.decode().count("/ada/likes/") == 1
        assert [browser.get(f"/{name}/likes/").status_code for name in ("grace", "nobody")] == [404, 404]
        assert browser.get("/ADA/likes/")["Location"] == "/ada/likes/"
