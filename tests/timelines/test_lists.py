"""A list's feed, and the pages of lists."""

import random
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.test import Client

from accounts import actions as people
from accounts.lists import actions
from accounts.lists.models import List, ListMember
from accounts.models import User
from tests import factories
from tests.rest import rest, walk
from tests.timelines.test_truth import a_tweet
from timelines import plans
from timelines.lists import ListFeed
from tweets.models import Tweet

pytestmark = pytest.mark.django_db

AS_USER = Callable[[User], Client]


@pytest.fixture
def friends(ada: User, grace: User) -> List:
    """Ada's, with Grace on it."""
    made = actions.create_list(owner=ada, name="Friends")
    actions.add_member(to=made, person=grace)
    return made


def texts(answer: Any) -> list[str]:
    return [orjson.loads(tweet)["text"] for tweet in answer.context["tweets"]]


class TestFeed:
    def test_is_what_members_write_with_replies_to_each_other(
        self, friends: List, ada: User, grace: User, alan: User
    ) -> None:
        actions.add_member(to=friends, person=alan)
        by_ada, by_grace = factories.tweet(ada), factories.tweet(grace)
        among = factories.tweet(alan, in_reply_to_id=by_grace.pk)
        thread = factories.tweet(grace, in_reply_to_id=by_grace.pk)
        factories.tweet(grace, in_reply_to_id=by_ada.pk)
        found = walk(rest(), f"/api/lists/{friends.pk}/tweets/?limit=1")
        assert [int(each["id"]) for each in found] == [thread.pk, among.pk, by_grace.pk]

    def test_has_nothing_by_somebody_taken_off_or_suspended(self, friends: List, grace: User, alan: User) -> None:
        actions.add_member(to=friends, person=alan)
        factories.tweet(grace)
        factories.tweet(alan)
        actions.remove_member(of=friends, person=grace)
        people.suspend(user=alan)
        assert walk(rest(), f"/api/lists/{friends.pk}/tweets/") == []

    @pytest.mark.parametrize("many", [0, 10_000])
    def test_at_every_cursor_both_plans_give_what_belongs(self, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
        monkeypatch.setattr(plans, "MANY_AUTHORS", many)
        chance, authors = random.Random(7), factories.people(40)
        made = actions.create_list(owner=authors[0], name="Half")
        on = {person.pk for person in authors[::2]}
        ListMember.objects.bulk_create([ListMember(list=made, person_id=each) for each in on])
        Tweet.objects.bulk_create([a_tweet(chance, authors) for _ in range(800)])
        expected = [
            tweet.pk
            for tweet in Tweet.objects.filter(deleted_at=None, author__in=on).order_by("-pk")
            if tweet.in_reply_to_user_id in {None, tweet.author_id, *on}
        ]
        feed = ListFeed(made.pk)
        for cursor in (None, expected[50], expected[-1], 0):
            below = [each for each in expected if cursor is None or each < cursor]
            above = [each for each in expected if each > (cursor or 0)][::-1]
            for limit in (1, 20, 401):
                assert list(feed.older(cursor, limit)) == below[:limit]
                assert list(feed.newer(cursor or 0, limit)) == above[:limit]


class TestPages:
    def test_a_list_is_made_and_filled(self, ada: User, grace: User, as_user: AS_USER) -> None:
        browser = as_user(ada)
        made = browser.post("/i/lists/new/", {"name": "Friends", "description": "Mine", "private": "on"})
        each = List.objects.get()
        assert (made.status_code, made["Location"]) == (302, f"/i/lists/{each.pk}/members/")
        assert (each.name, each.description, each.private) == ("Friends", "Mine", True)
        added = browser.post(f"/i/lists/{each.pk}/members/change/", {"username": "@Grace"})
        assert (added.status_code, added["Location"]) == (302, f"/i/lists/{each.pk}/members/")
        assert "Remove @grace from this list" in browser.get(added["Location"]).content.decode()
        factories.tweet(grace, "hello")
        assert texts(browser.get(f"/i/lists/{each.pk}/")) == ["hello"]
        browser.post(f"/i/lists/{each.pk}/members/change/", {"username": "grace", "undo": "1"})
        assert ListMember.objects.count() == 0

    @pytest.mark.parametrize("form", [{"name": ""}, {"name": "x" * 26}, {"name": "x", "description": "x" * 101}])
    def test_nonsense_comes_back_with_the_reason(
        self, friends: List, ada: User, as_user: AS_USER, form: dict[str, str]
    ) -> None:
        browser = as_user(ada)
        for address in ("/i/lists/new/", f"/i/lists/{friends.pk}/edit/"):
            answer = browser.post(address, form)
            assert (answer.status_code, "errorlist" in answer.content.decode()) == (422, True)
        assert list(List.objects.values_list("name", "description")) == [("Friends", "")]

    @pytest.mark.parametrize("name", ["nobody", "", "x" * 40, "a b"])
    def test_who_is_not_there_is_not_added(self, friends: List, ada: User, as_user: AS_USER, name: str) -> None:
        answer = as_user(ada).post(f"/i/lists/{friends.pk}/members/change/", {"username": name})
        assert (answer.status_code, "errorlist" in answer.content.decode()) == (422, True)
        assert ListMember.objects.count() == 1

    def test_is_edited_and_deleted_by_its_owner(self, friends: List, ada: User, as_user: AS_USER) -> None:
        browser = as_user(ada)
        browser.post(f"/i/lists/{friends.pk}/edit/", {"name": "Closer", "private": "on"})
        friends.refresh_from_db()
        assert (friends.name, friends.private) == ("Closer", True)
        assert "Delete" in browser.get(f"/i/lists/{friends.pk}/delete/").content.decode()
        assert browser.post(f"/i/lists/{friends.pk}/delete/")["Location"] == "/i/lists/"
        assert List.objects.count() == 0

    def test_is_followed_and_stands_among_the_followed(self, friends: List, alan: User, as_user: AS_USER) -> None:
        browser = as_user(alan)
        assert browser.post(f"/i/lists/{friends.pk}/follow/").status_code == 302
        assert [each["name"] for each in browser.get("/i/lists/followed/").context["lists"]] == ["Friends"]
        browser.post(f"/i/lists/{friends.pk}/follow/", {"undo": "1"})
        assert browser.get("/i/lists/followed/").context["lists"] == []

    def test_who_is_on_one_sees_it(self, friends: List, grace: User, as_user: AS_USER) -> None:
        assert [each["name"] for each in as_user(grace).get("/i/lists/memberships/").context["lists"]] == ["Friends"]

    def test_from_a_profile_somebody_is_put_on_lists(
        self, friends: List, ada: User, grace: User, as_user: AS_USER
    ) -> None:
        other = actions.create_list(owner=ada, name="Other")
        browser, address = as_user(ada), "/i/lists/put/grace/"
        assert address in browser.get("/grace/").content.decode()
        assert [(each.name, on) for each, on in browser.get(address).context["choices"]] == [
            ("Other", False),
            ("Friends", True),
        ]
        assert browser.post(address, {"list": [other.pk]}).status_code == 302
        assert list(ListMember.objects.values_list("list", flat=True)) == [other.pk]

    @pytest.mark.parametrize(("chosen", "status"), [("x", 400), ("9" * 5000, 400), ("999", 404)])
    def test_lists_that_are_none_change_nothing(
        self, friends: List, ada: User, as_user: AS_USER, chosen: str, status: int
    ) -> None:
        assert as_user(ada).post("/i/lists/put/grace/", {"list": chosen}).status_code == status
        assert list(ListMember.objects.values_list("list", flat=True)) == [friends.pk]

    def test_a_private_one_is_unknown_to_others(self, friends: List, ada: User, alan: User, as_user: AS_USER) -> None:
        actions.edit_list(edited=friends, changes={"private": True})
        browser = as_user(alan)
        for path in ("", "members/", "followers/", "edit/", "delete/"):
            assert browser.get(f"/i/lists/{friends.pk}/{path}").status_code == 404, path
        for path in ("members/change/", "follow/", "edit/", "delete/"):
            assert browser.post(f"/i/lists/{friends.pk}/{path}", {"name": "x", "username": "alan"}).status_code == 404
        assert (List.objects.get().name, ListMember.objects.count()) == ("Friends", 1)
        assert browser.get("/ada/lists/").context["lists"] == []
        assert [each["name"] for each in as_user(ada).get("/ada/lists/").context["lists"]] == ["Friends"]

    def test_strangers_see_public_ones_and_are_asked_to_log_in_for_more(self, friends: List, client: Client) -> None:
        assert client.get(f"/i/lists/{friends.pk}/").status_code == 200
        assert client.get("/i/lists/")["Location"] == "/login/?next=/i/lists/"

    def test_more_people_come_for_scripts(self, friends: List, ada: User, as_user: AS_USER) -> None:
        for _ in range(25):
            actions.add_member(to=friends, person=factories.person())
        browser = as_user(ada)
        more = browser.get(f"/i/lists/{friends.pk}/members/").context["more"]
        rest_of_it = browser.get(more, headers={"HX-Request": "true"})
        assert (len(rest_of_it.context["people"]), "<html" in rest_of_it.content.decode()) == (6, False)
