"""Where a reader was: kept, moved on top of what is known, and the way back to it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from django.test import Client

from accounts.models import User
from tests import factories
from tests.rest import ANONYMOUS, error, only_error, rest
from tests.threads import at_once
from timelines import markers
from timelines.models import Marker
from tweets.models import id_at

MARKERS = "/api/markers/"
AS_USER = Callable[[User], Client]


def known() -> list[tuple[int, int]]:
    return list(Marker.objects.values_list("last_read_id", "version"))


def texts(tweets: list[bytes]) -> list[str]:
    return [orjson.loads(tweet)["text"] for tweet in tweets]


@pytest.mark.django_db(transaction=True)
class TestRest:
    def test_begins_with_nothing_and_is_moved(self, ada: User) -> None:
        client = rest(ada)
        assert client.get(MARKERS).json() == {"home": None}
        moved = client.post(MARKERS, {"home": {"last_read_id": "12", "version": 0}})
        assert (moved.status_code, moved.json()["home"]["version"]) == (200, 1)
        moved = client.post(MARKERS, {"home": {"last_read_id": "15", "version": 1}})
        assert moved.json() == client.get(MARKERS).json()
        assert moved.json()["home"].keys() == {"last_read_id", "version", "updated_at"}
        assert known() == [(15, 2)]

    @pytest.mark.parametrize("version", [0, 1, 3])
    def test_what_is_based_on_another_version_changes_nothing_and_is_told_the_current_one(
        self, ada: User, version: int
    ) -> None:
        for last_read_id in (10, 20):
            markers.move(reader=ada, last_read_id=last_read_id, version=last_read_id // 10 - 1)
        response = rest(ada).post(MARKERS, {"home": {"last_read_id": "30", "version": version}})
        assert (response.status_code, only_error(response)) == (409, error("conflict", "home.version", "client_error"))
        assert response.json()["current"] == rest(ada).get(MARKERS).json()
        assert known() == [(20, 2)]

    def test_a_version_of_nothing_is_a_conflict(self, ada: User) -> None:
        response = rest(ada).post(MARKERS, {"home": {"last_read_id": "30", "version": 4}})
        assert (response.status_code, response.json()["current"]) == (409, {"home": None})
        assert known() == []

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({}, error("required", "home")),
            ({"home": None}, error("null", "home")),
            ({"home": {"version": 0}}, error("required", "home.last_read_id")),
            ({"home": {"last_read_id": "1"}}, error("required", "home.version")),
            ({"home": {"last_read_id": 1, "version": 0}}, error("invalid", "home.last_read_id")),
            ({"home": {"last_read_id": "1", "version": -1}}, error("min_value", "home.version")),
            ({"home": {"last_read_id": "1", "version": 2**31}}, error("max_value", "home.version")),
            ({"home": {"last_read_id": "9" * 18, "version": 0}}, error("in_the_future", "home.last_read_id")),
            ({"home": {"last_read_id": "1", "version": 0}, "public": {}}, error("unknown", "public")),
        ],
    )
    def test_nonsense_is_refused(self, ada: User, body: object, expected: tuple[str, str, str]) -> None:
        response = rest(ada).post(MARKERS, body)
        assert (response.status_code, only_error(response)) == (400, expected)
        assert known() == []

    def test_is_ones_own(self, ada: User, grace: User) -> None:
        markers.move(reader=ada, last_read_id=5, version=0)
        assert rest(grace).get(MARKERS).json() == {"home": None}
        assert only_error(rest().get(MARKERS)) == ANONYMOUS

    @pytest.mark.parametrize("version", [0, 1])
    def test_of_many_at_once_one_moves_it(self, ada: User, version: int) -> None:
        if version:
            markers.move(reader=ada, last_read_id=1, version=0)

        def move(last_read_id: int) -> int | None:
            try:
                return markers.move(reader=ada, last_read_id=last_read_id, version=version).last_read_id
            except markers.Moved:
                return None

        moved = [each for each in at_once(*[lambda n=n: move(n) for n in (2, 3, 4, 5)]) if each]
        assert known() == [(moved[0], version + 1)]
        assert len(moved) == 1


@pytest.mark.django_db
class TestHome:
    @pytest.fixture
    def tweets(self, ada: User) -> list[int]:
        """Ada's own 60, oldest first."""
        return factories.past_tweets([ada], 60)

    def home(self, browser: Client, query: str = "") -> Any:
        answer = browser.get(f"/{query}")
        assert answer.status_code == 200
        return answer

    def test_offers_the_way_back_and_says_how_much_is_newer(
        self, ada: User, tweets: list[int], as_user: AS_USER
    ) -> None:
        markers.move(reader=ada, last_read_id=tweets[9], version=0)
        answer = self.home(as_user(ada))
        html = answer.content.decode()
        assert answer.context["missed"] == 50
        assert f'href="/?around={tweets[9]}#here"' in html
        assert f'data-read="{tweets[9]}"' in html
        assert 'data-read-version="1"' in html

    def test_offers_nothing_when_the_place_is_on_the_page_or_not_known(
        self, ada: User, tweets: list[int], as_user: AS_USER
    ) -> None:
        browser = as_user(ada)
        assert self.home(browser).context["missed"] == 0
        markers.move(reader=ada, last_read_id=tweets[45], version=0)
        assert self.home(browser).context["missed"] == 0
        assert Marker.objects.get().last_read_id == tweets[45]

    def test_counts_to_a_hundred(self, ada: User, as_user: AS_USER) -> None:
        tweets = factories.past_tweets([ada], 130)
        markers.move(reader=ada, last_read_id=tweets[0], version=0)
        answer = self.home(as_user(ada))
        assert (answer.context["missed"], "100+ newer tweets" in answer.content.decode()) == (100, True)

    def test_opens_at_a_place_with_newer_ones_above(self, ada: User, tweets: list[int], as_user: AS_USER) -> None:
        answer = self.home(as_user(ada), f"?around={tweets[29]}")
        assert texts(answer.context["above"]) == [f"past {n}" for n in range(49, 29, -1)]
        assert texts(answer.context["tweets"]) == [f"past {n}" for n in range(29, 9, -1)]
        html = answer.content.decode()
        assert html.index(f'data-id="{tweets[30]}"') < html.index('id="here"') < html.index(f'data-id="{tweets[29]}"')
        assert f'data-newest="{tweets[49]}"' in html
        assert answer.context["older"] == f"/?before={tweets[10]}"
        newer = self.home(as_user(ada), answer.context["above_newer"][1:])
        assert texts(newer.context["tweets"]) == [f"past {n}" for n in range(59, 49, -1)]

    @pytest.mark.parametrize("place", ["1", str(2**63 - 1)])
    def test_opens_at_either_end(self, ada: User, tweets: list[int], as_user: AS_USER, place: str) -> None:
        answer = self.home(as_user(ada), f"?around={place}")
        both = texts(answer.context["above"]) + texts(answer.context["tweets"])
        ends = {"1": range(19, -1, -1)}
        assert both == [f"past {n}" for n in ends.get(place, range(59, 39, -1))]

    def test_of_a_place_that_is_no_id_is_refused(self, ada: User, as_user: AS_USER) -> None:
        assert as_user(ada).get("/?around=x").status_code == 400

    def test_all_is_marked_as_read_but_never_less_than_was(
        self, ada: User, tweets: list[int], as_user: AS_USER
    ) -> None:
        browser = as_user(ada)
        assert browser.post("/home/read/", {"up_to": tweets[50]})["Location"] == "/"
        browser.post("/home/read/", {"up_to": tweets[40]})
        assert known() == [(tweets[50], 1)]

    @pytest.mark.parametrize("up_to", ["", "x", "9" * 20, str(id_at(datetime(2090, 1, 1, tzinfo=UTC)))])
    def test_nonsense_is_not_marked(self, ada: User, as_user: AS_USER, up_to: str) -> None:
        assert as_user(ada).post("/home/read/", {"up_to": up_to}).status_code == 400
        assert known() == []

    def test_loading_home_moves_nothing(self, ada: User, tweets: list[int], as_user: AS_USER) -> None:
        markers.move(reader=ada, last_read_id=tweets[9], version=0)
        for query in ("", f"?around={tweets[9]}", f"?since={tweets[9]}"):
            self.home(as_user(ada), query)
        assert known() == [(tweets[9], 1)]
