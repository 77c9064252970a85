"""Notifications over REST."""

from collections.abc import Callable

import pytest

from accounts import tokens
from accounts.models import User
from notifications.models import ReadMarker
from tests import factories
from tests.notifications.looks import names
from tests.rest import ANONYMOUS, error, only_error, rest, walk
from tweets.actions import like

pytestmark = pytest.mark.django_db

Fold = Callable[[], None]
LIST, UNREAD, READ = "/api/notifications/", "/api/notifications/unread/", "/api/notifications/read/"


def likes(user: User, number: int, author: User) -> None:
    for _ in range(number):
        like(user=user, tweet_id=factories.tweet(author).pk)


def test_a_notification_says_all_there_is(ada: User, grace: User, alan: User, fold: Fold) -> None:
    tweet = factories.tweet(ada, "Hello")
    for fan in (grace, alan):
        like(user=fan, tweet_id=tweet.pk)
    fold()
    [told] = rest(ada).get(LIST).json()["results"]
    row = ada.notifications.get()
    assert (told["id"], told["position"]) == (str(row.pk), str(row.position))
    assert (told["kind"], told["count"], names(told), told["unread"]) == ("like", 2, ["alan", "grace"], True)
    assert (told["tweet"]["id"], told["tweet"]["counts"]["likes"]) == (str(tweet.pk), 2)
    assert told["latest_at"].endswith("Z")


def test_a_follow_is_about_no_tweet(ada: User, grace: User, fold: Fold) -> None:
    factories.follow(grace, ada)
    fold()
    [told] = rest(ada).get(LIST).json()["results"]
    assert (told["kind"], told["tweet"]) == ("follow", None)


def test_pages_follow_each_other_down_and_up(ada: User, grace: User, fold: Fold) -> None:
    likes(grace, 7, ada)
    fold()
    client = rest(ada)
    everything = [each["id"] for each in client.get(f"{LIST}?limit=100").json()["results"]]
    assert len(everything) == 7
    assert [each["id"] for each in walk(client, f"{LIST}?limit=3")] == everything
    first = client.get(f"{LIST}?limit=3").json()
    likes(grace, 2, ada)
    fold()
    newer = client.get(first["previous"]).json()
    assert len(newer["results"]) == 2
    assert client.get(newer["previous"]).json()["results"] == []


@pytest.mark.parametrize(
    ("which", "kinds"),
    [("all", ["mention", "like", "follow"]), ("mentions", ["mention"]), ("following", ["like", "follow"])],
)
def test_filters(ada: User, grace: User, alan: User, fold: Fold, which: str, kinds: list[str]) -> None:
    factories.follow(ada, grace)
    factories.follow(grace, ada)
    likes(grace, 1, ada)
    factories.tweet(alan, "Hello @ada")
    fold()
    page = rest(ada).get(f"{LIST}?filter={which}&limit=2").json()
    assert [each["kind"] for each in page["results"]] == kinds[:2]
    assert [each["kind"] for each in walk(rest(ada), f"{LIST}?filter={which}&limit=2")] == kinds


def test_who_is_no_longer_followed_is_no_longer_among_them(ada: User, grace: User, fold: Fold) -> None:
    from accounts import actions

    factories.follow(ada, grace)
    likes(grace, 1, ada)
    fold()
    actions.unfollow(follower=ada, followee=grace)
    assert rest(ada).get(f"{LIST}?filter=following").json()["results"] == []
    assert len(rest(ada).get(LIST).json()["results"]) == 1


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("filter=nonsense", error("invalid_choice", "filter")),
        ("before=x", error("invalid", "before")),
        ("since=" + "9" * 20, error("invalid", "since")),
        ("limit=0", error("min_value", "limit")),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(ada: User, query: str, refusal: tuple[str, str, str]) -> None:
    response = rest(ada).get(f"{LIST}?{query}")
    assert (response.status_code, only_error(response)) == (400, refusal)


def test_reading_moves_the_marker_on_and_never_back(ada: User, grace: User, fold: Fold) -> None:
    likes(grace, 3, ada)
    fold()
    client = rest(ada)
    latest, middle, _ = [each["position"] for each in client.get(LIST).json()["results"]]
    assert client.get(UNREAD).json() == {"unread": 3, "badge": "3", "read_up_to": "0"}
    expected = {"unread": 1, "badge": "1", "read_up_to": middle}
    assert client.post(READ, {"up_to": middle}).json() == expected
    assert [each["unread"] for each in client.get(LIST).json()["results"]] == [True, False, False]
    assert client.post(READ, {"up_to": latest}).json() == {"unread": 0, "badge": "", "read_up_to": latest}
    assert client.post(READ, {"up_to": middle}).json() == {"unread": 0, "badge": "", "read_up_to": latest}
    likes(grace, 1, ada)
    fold()
    assert client.post(READ, {"up_to": str(2**63 - 1)}).json()["unread"] == 0
    likes(grace, 1, ada)
    fold()
    assert client.get(UNREAD).json()["unread"] == 1


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, error("required", "up_to")),
        ({"up_to": 5}, error("invalid", "up_to")),
        ({"up_to": "-1"}, error("invalid", "up_to")),
        ({"up_to": "1", "user": "2"}, error("unknown", "user")),
    ],
)
def test_a_marker_that_makes_no_sense_is_refused(
    ada: User, grace: User, fold: Fold, body: dict[str, object], refusal: tuple[str, str, str]
) -> None:
    likes(grace, 1, ada)
    fold()
    response = rest(ada).post(READ, body)
    assert (response.status_code, only_error(response)) == (400, refusal)
    assert not ReadMarker.objects.exists()


@pytest.mark.parametrize(("method", "address"), [("get", LIST), ("get", UNREAD), ("post", READ)])
def test_nobody_comes_in_without_an_account_or_the_scope(ada: User, method: str, address: str) -> None:
    response = getattr(rest(), method)(address)
    assert (response.status_code, only_error(response)) == (401, ANONYMOUS)
    client = rest()
    scope = ["read:profile", "write:likes"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(user=ada, scope=scope)}")
    response = getattr(client, method)(address)
    assert (response.status_code, only_error(response)[1]) == (403, "insufficient_scope")


def test_nobody_sees_what_others_are_told(ada: User, grace: User, alan: User, fold: Fold) -> None:
    likes(grace, 1, ada)
    fold()
    assert rest(alan).get(LIST).json()["results"] == []
    assert rest(alan).get(UNREAD).json()["unread"] == 0
