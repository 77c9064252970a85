"""Two people and what they do around the timeline, by REST, through the real drains; tests/browser/test_journey.py has
the same in two windows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from drafts.actions import post_due
from drafts.models import Draft
from notifications import draining
from tests import factories
from tests.rest import rest
from timelines import audit

pytestmark = pytest.mark.django_db(transaction=True)


class Person:
    """Somebody with a client of his own."""

    def __init__(self, user: User) -> None:
        self.user, self.client, self.name = user, rest(user), user.username

    def asks(self, path: str, **query: str) -> Any:
        return _answer(self.client.get(f"/api/{path}", query))

    def does(self, path: str, **body: Any) -> Any:
        return _answer(self.client.post(f"/api/{path}", body, format="json"))

    def undoes(self, path: str) -> Any:
        return _answer(self.client.delete(f"/api/{path}"))

    def tweets(self, text: str, **more: Any) -> str:
        return str(self.does("tweets/", text=text, **more)["id"])

    def texts(self, path: str = "timelines/home/", **query: str) -> list[str]:
        """What a list of tweets says; of retweets, what was retweeted."""
        return [(each["retweet_of"] or each)["text"] for each in self.asks(path, **query)["results"]]

    def told(self) -> list[tuple[str, int]]:
        return [(each["kind"], each["count"]) for each in self.asks("notifications/")["results"]]


def _answer(response: Any) -> Any:
    assert response.status_code in (200, 201, 204), (response.status_code, response.content)
    return response.json() if response.content else None


@pytest.fixture
def people(ada: User, grace: User) -> tuple[Person, Person]:
    factories.follow(ada, grace)
    factories.follow(grace, ada)
    return Person(ada), Person(grace)


@pytest.fixture
def settle(drain: Callable[[], None]) -> Callable[[], None]:
    """Everything that workers would do by now."""

    def all_of_it() -> None:
        drain()
        while not draining.drain():
            pass

    return all_of_it


def test_they_talk(people: tuple[Person, Person], settle: Callable[[], None]) -> None:
    ada, grace = people
    thread = ada.does("threads/", tweets=[{"text": "one"}, {"text": "two"}])
    first, second = [each["id"] for each in thread["tweets"]]
    answer = grace.tweets("@ada three?", in_reply_to_id=second)
    quote = grace.tweets("so she says", quote_of_id=first)
    for path in ("like/", "retweet/", "bookmark/"):
        grace.does(f"tweets/{first}/{path}")
    settle()
    assert ada.texts() == ["one", "so she says", "@ada three?", "two"], "the retweet has taken the place of the first"
    assert [each["text"] for each in ada.asks(f"tweets/{answer}/context/")["ancestors"]] == ["one", "two"]
    assert ada.texts(f"tweets/{first}/quotes/") == ["so she says"]
    assert sorted(ada.told()) == [(kind, 1) for kind in ("follow", "like", "quote", "reply", "retweet")]
    assert grace.texts("users/me/bookmarks/") == grace.texts("users/me/likes/") == ["one"]
    grace.undoes(f"tweets/{first}/retweet/")
    ada.undoes(f"tweets/{first}/")
    settle()
    assert ada.texts() == ["so she says", "@ada three?", "two"]
    assert grace.asks(f"tweets/{quote}/")["quote_of"] is None
    assert grace.texts("users/me/bookmarks/") == []
    assert not audit.inboxes(audit.reader_ids()).failed


def test_they_change_their_minds(people: tuple[Person, Person], settle: Callable[[], None]) -> None:
    ada, grace = people
    tweet = ada.tweets("Tea is at #five")
    settle()
    assert grace.texts() == ["Tea is at #five"]
    edited = ada.client.patch(f"/api/tweets/{tweet}/", {"text": "Tea is at #six", "version": 0}, format="json")
    assert edited.status_code == 200
    settle()
    assert grace.texts() == ["Tea is at #six"]
    assert [each["text"] for each in grace.asks(f"tweets/{tweet}/history/")["results"]] == [
        "Tea is at #six",
        "Tea is at #five",
    ]
    assert (grace.texts("hashtags/five/tweets/"), grace.texts("hashtags/six/tweets/")) == ([], ["Tea is at #six"])
    ada.does(f"tweets/{tweet}/pin/")
    assert grace.asks("users/ada/pinned/")["id"] == tweet


def test_they_ask_and_plan(people: tuple[Person, Person], settle: Callable[[], None]) -> None:
    ada, grace = people
    poll = ada.tweets("Tea?", poll={"choices": ["yes", "no"], "minutes": 5})
    assert [each["votes"] for each in grace.asks(f"tweets/{poll}/")["poll"]["choices"]] == [None, None]
    grace.does(f"tweets/{poll}/vote/", choice=1)
    assert [each["votes"] for each in grace.asks(f"tweets/{poll}/")["poll"]["choices"]] == [1, 0]
    soon = timezone.now() + timedelta(hours=1)
    ada.does("drafts/", tweets=[{"text": "Later."}], scheduled_at=soon.isoformat())
    assert post_due() == 0
    Draft.objects.update(scheduled_at=timezone.now())
    assert [post_due(), post_due()] == [1, 0]
    settle()
    assert grace.texts() == ["Later.", "Tea?"]


def test_they_keep_away_from_each_other(people: tuple[Person, Person], settle: Callable[[], None]) -> None:
    ada, grace = people
    grace.tweets("Look at #that")
    settle()
    ada.does("users/me/muted-words/", phrase="#that")
    assert (ada.texts(), ada.texts("users/grace/tweets/")) == ([], ["Look at #that"])
    grace.does("users/ada/block/")
    settle()
    assert ada.client.get("/api/users/grace/").status_code == 404
    assert ada.asks("search/tweets/", q="look", order="latest")["results"] == []
    assert (ada.texts(), grace.texts()) == ([], ["Look at #that"]), "one's own stays"
    grace.undoes("users/ada/block/")
    assert grace.client.patch("/api/users/me/", {"protected": True}, format="json").status_code == 200
    assert ada.does("users/grace/follow/")["requested"]
    assert ada.client.get("/api/users/grace/tweets/").status_code == 403
    grace.does("users/me/follow-requests/ada/")
    settle()
    assert ada.texts("users/grace/tweets/") == ["Look at #that"]
    assert not audit.inboxes(audit.reader_ids()).failed


def test_they_find_and_sort(people: tuple[Person, Person], settle: Callable[[], None]) -> None:
    ada, grace = people
    alan = Person(factories.person("alan", name="Alan Turing"))
    alan.tweets("Machines think about #chess")
    settle()
    assert ada.texts("search/tweets/", q="from:alan #chess", order="latest") == ["Machines think about #chess"]
    assert [each["username"] for each in ada.asks("search/people/", q="tur")["results"]] == ["alan"]
    ada.does("hashtags/chess/follow/")
    assert ada.texts() == ["Machines think about #chess"], "though she does not follow him"
    listed = ada.does("lists/", name="Logic", private=True)
    ada.does(f"lists/{listed['id']}/members/alan/")
    assert ada.texts(f"lists/{listed['id']}/tweets/") == ["Machines think about #chess"]
    assert grace.client.get(f"/api/lists/{listed['id']}/").status_code == 404
    assert not audit.inboxes(audit.reader_ids()).failed


def test_anonymous_people_only_look(people: tuple[Person, Person]) -> None:
    ada, _ = people
    tweet = ada.tweets("Hello")
    stranger = APIClient()
    assert stranger.get(f"/api/tweets/{tweet}/").json()["viewer"] == {
        "liked": False,
        "retweeted": False,
        "bookmarked": False,
        "pinned": False,
    }
    for path in (f"tweets/{tweet}/like/", f"tweets/{tweet}/vote/", "users/ada/follow/", "lists/", "drafts/"):
        assert stranger.post(f"/api/{path}", {}, format="json").status_code == 401
