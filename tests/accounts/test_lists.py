"""Lists: who may make, know, change and follow them."""

from typing import Any

import pytest

from accounts import actions as people
from accounts.counts import lists as counts
from accounts.lists import actions, queries
from accounts.lists.models import List, ListCountChange, ListFollow, ListMember
from accounts.models import User
from accounts.relations import actions as relations
from tests import factories
from tests.rest import ANONYMOUS, UNKNOWN, error, only_error, rest, walk
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

LISTS = "/api/lists/"


@pytest.fixture
def friends(ada: User) -> List:
    return actions.create_list(owner=ada, name="Friends")


@pytest.fixture
def secret(ada: User) -> List:
    return actions.create_list(owner=ada, name="Secret", private=True)


def names(lists: list[dict[str, Any]]) -> list[str]:
    return [each["name"] for each in lists]


def rows() -> tuple[int, int, int]:
    """How many lists, members and follows there are."""
    return List.objects.count(), ListMember.objects.count(), ListFollow.objects.count()


def figures(each: List) -> tuple[int, int]:
    """Members and followers as columns hold them once all is settled."""
    while counts.settle():
        pass
    each.refresh_from_db()
    return each.members_count, each.followers_count


class TestMembers:
    def test_twice_is_once(self, friends: List, grace: User) -> None:
        assert actions.add_member(to=friends, person=grace) is True
        assert actions.add_member(to=friends, person=grace) is False
        assert counts.shown([friends.pk])[friends.pk] == {"members": 1, "followers": 0}
        assert figures(friends) == (1, 0)

    def test_taking_off_who_is_not_on_changes_nothing(self, friends: List, grace: User) -> None:
        assert actions.remove_member(of=friends, person=grace) is False
        assert ListCountChange.objects.count() == 0

    def test_two_at_once_are_one(self, friends: List, grace: User) -> None:
        for _ in range(5):
            added = at_once(*[lambda: actions.add_member(to=friends, person=grace)] * 4)
            assert sorted(added) == [False, False, False, True]
            removed = at_once(*[lambda: actions.remove_member(of=friends, person=grace)] * 4)
            assert sorted(removed) == [False, False, False, True]
        assert figures(friends) == (0, 0)

    def test_somebody_suspended_is_refused(self, friends: List, grace: User) -> None:
        people.suspend(user=grace)
        with pytest.raises(User.DoesNotExist):
            actions.add_member(to=friends, person=grace)
        assert ListMember.objects.count() == 0

    def test_no_list_takes_more_than_it_may_however_many_come_at_once(
        self, friends: List, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(actions, "MOST_MEMBERS", 3)
        crowd = factories.people(6)

        def add(person: User) -> str:
            try:
                return str(actions.add_member(to=friends, person=person))
            except actions.TooManyMembers:
                return "too many"

        answers = at_once(*[lambda person=person: add(person) for person in crowd])
        assert sorted(answers) == ["True"] * 3 + ["too many"] * 3
        assert figures(friends) == (3, 0)
        on = ListMember.objects.select_related("person").first()
        assert on is not None
        assert actions.add_member(to=friends, person=on.person) is False


class TestBlocks:
    def test_whoever_is_on_a_list_is_off_it_by_blocking_its_owner(self, friends: List, ada: User, grace: User) -> None:
        actions.add_member(to=friends, person=grace)
        actions.follow_list(follower=grace, followed=friends)
        hers = actions.create_list(owner=grace, name="Hers")
        actions.add_member(to=hers, person=ada)
        relations.block(blocker=grace, blocked=ada)
        assert rows() == (2, 0, 0)
        assert [figures(each) for each in (friends, hers)] == [(0, 0), (0, 0)]

    @pytest.mark.parametrize(("refused", "blocker"), [(actions.Blocked, "ada"), (User.DoesNotExist, "grace")])
    def test_keep_people_from_each_others_lists(
        self, friends: List, ada: User, grace: User, refused: type[Exception], blocker: str
    ) -> None:
        pair = {"ada": (ada, grace), "grace": (grace, ada)}[blocker]
        relations.block(blocker=pair[0], blocked=pair[1])
        with pytest.raises(refused):
            actions.add_member(to=friends, person=grace)
        assert only_error(rest(grace).get(f"{LISTS}{friends.pk}/")) == UNKNOWN
        assert rest(ada).post(f"{LISTS}{friends.pk}/members/grace/").status_code in (400, 404)
        assert rows() == (1, 0, 0)

    def test_and_additions_at_once_leave_nobody_on(self, friends: List, ada: User, grace: User) -> None:
        def add() -> None:
            try:
                actions.add_member(to=friends, person=grace)
            except User.DoesNotExist:
                pass

        for _ in range(5):
            at_once(add, lambda: relations.block(blocker=grace, blocked=ada) and None)
            assert rows() == (1, 0, 0)
            relations.unblock(blocker=grace, blocked=ada)


class TestLists:
    def test_nobody_has_more_than_he_may_however_many_come_at_once(
        self, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(actions, "MOST_LISTS", 2)

        def make(name: str) -> str:
            try:
                return actions.create_list(owner=ada, name=name).name
            except actions.TooManyLists:
                return "too many"

        answers = at_once(*[lambda name=name: make(name) for name in "abcd"])
        assert sorted(answers)[2:] == ["too many"] * 2
        assert List.objects.count() == 2

    def test_going_takes_members_and_follows_along(self, friends: List, grace: User, alan: User) -> None:
        actions.add_member(to=friends, person=grace)
        actions.follow_list(follower=alan, followed=friends)
        actions.delete_list(deleted=queries.own_list(friends.owner, friends.pk))
        assert rows() == (0, 0, 0)

    def test_a_follow_comes_too_late_for_a_list_that_is_gone(self, friends: List, grace: User) -> None:
        followed = queries.visible_list(grace.pk, friends.pk)
        actions.delete_list(deleted=friends)
        with pytest.raises(List.DoesNotExist):
            actions.follow_list(follower=grace, followed=followed)
        assert rows() == (0, 0, 0)


class TestPutOnLists:
    def test_is_on_these_and_no_others(self, ada: User, grace: User) -> None:
        one, two, three = (actions.create_list(owner=ada, name=name) for name in ("one", "two", "three"))
        actions.put_on_lists(owner=ada, person=grace, list_ids=[one.pk, two.pk])
        actions.put_on_lists(owner=ada, person=grace, list_ids=[two.pk, three.pk])
        assert [(each.name, is_on) for each, is_on in queries.choices(ada, grace)] == [
            ("three", True),
            ("two", True),
            ("one", False),
        ]
        assert [figures(each) for each in (one, two, three)] == [(0, 0), (1, 0), (1, 0)]

    def test_with_somebody_elses_list_nothing_changes(self, friends: List, ada: User, grace: User, alan: User) -> None:
        foreign = actions.create_list(owner=alan, name="Foreign")
        with pytest.raises(List.DoesNotExist):
            actions.put_on_lists(owner=ada, person=grace, list_ids=[friends.pk, foreign.pk])
        assert ListMember.objects.count() == 0

    def test_with_one_that_is_full_nothing_changes(
        self, friends: List, secret: List, ada: User, grace: User, alan: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(actions, "MOST_MEMBERS", 1)
        actions.add_member(to=secret, person=alan)
        with pytest.raises(actions.TooManyMembers):
            actions.put_on_lists(owner=ada, person=grace, list_ids=[friends.pk, secret.pk])
        assert list(ListMember.objects.values_list("list", "person")) == [(secret.pk, alan.pk)]


class TestRest:
    def test_a_list_is_made_shown_changed_and_deleted(self, ada: User) -> None:
        client = rest(ada)
        body = {"name": "  Mathe\n matics ", "description": "People who count", "private": True}
        made = client.post(LISTS, body)
        assert made.status_code == 201
        shown = made.json()
        address = f"{LISTS}{shown['id']}/"
        assert (shown["name"], shown["description"], shown["private"]) == ("Mathe matics", "People who count", True)
        assert shown["owner"]["username"] == "ada"
        assert shown["counts"] == {"members": 0, "followers": 0}
        assert shown["viewer"] == {"following": False, "member": False}
        changed = client.patch(address, {"name": "Numbers"}).json()
        assert changed == shown | {"name": "Numbers"} == client.get(address).json()
        assert (client.delete(address).status_code, client.get(address).status_code) == (204, 404)
        assert rows() == (0, 0, 0)

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({}, error("required", "name")),
            ({"name": " \n "}, error("blank", "name")),
            ({"name": "x" * 26}, error("max_length", "name")),
            ({"name": 5}, error("invalid", "name")),
            ({"name": None}, error("null", "name")),
            ({"name": "x", "description": "x" * 101}, error("max_length", "description")),
            ({"name": "x", "private": "yes"}, error("invalid", "private")),
            ({"name": "x", "private": None}, error("null", "private")),
            ({"name": "x", "owner": "grace"}, error("unknown", "owner")),
            (["x"], error("invalid", "non_field_errors")),
        ],
    )
    def test_nonsense_is_refused(self, ada: User, friends: List, body: object, expected: tuple[str, str, str]) -> None:
        response = rest(ada).post(LISTS, body)
        assert (response.status_code, only_error(response)) == (400, expected)
        if body != {}:
            response = rest(ada).patch(f"{LISTS}{friends.pk}/", body)
            assert (response.status_code, only_error(response)) == (400, expected)
        assert list(List.objects.values_list("name", "description", "private")) == [("Friends", "", False)]

    def test_one_too_many_is_refused(
        self, ada: User, friends: List, grace: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(actions, "MOST_LISTS", 1)
        monkeypatch.setattr(actions, "MOST_MEMBERS", 0)
        response = rest(ada).post(LISTS, {"name": "Another"})
        assert (response.status_code, only_error(response)) == (400, error("too_many_lists", "non_field_errors"))
        response = rest(ada).post(f"{LISTS}{friends.pk}/members/grace/")
        assert (response.status_code, only_error(response)) == (400, error("too_many_members", "non_field_errors"))
        assert rows() == (1, 0, 0)

    def test_people_are_put_on_and_taken_off(self, ada: User, friends: List, grace: User, alan: User) -> None:
        client, members = rest(ada), f"{LISTS}{friends.pk}/members/"
        for _ in range(2):
            assert client.post(f"{members}GRACE/").json()["counts"]["members"] == 1
        client.post(f"{members}ada/")
        client.post(f"{members}alan/")
        assert [each["username"] for each in walk(client, f"{members}?limit=1")] == ["alan", "ada", "grace"]
        for _ in range(2):
            assert client.delete(f"{members}alan/").json()["counts"]["members"] == 2
        assert only_error(client.post(f"{members}nobody/")) == UNKNOWN
        assert rows() == (1, 2, 0)

    def test_a_public_one_is_followed_and_stands_among_the_followers(self, friends: List, grace: User) -> None:
        client, follow = rest(grace), f"{LISTS}{friends.pk}/follow/"
        for _ in range(2):
            answer = client.post(follow).json()
            assert (answer["viewer"]["following"], answer["counts"]["followers"]) == (True, 1)
        assert names(walk(client, f"{LISTS}followed/")) == ["Friends"]
        assert [each["username"] for each in walk(rest(), f"{LISTS}{friends.pk}/followers/")] == ["grace"]
        for _ in range(2):
            answer = client.delete(follow).json()
            assert (answer["viewer"]["following"], answer["counts"]["followers"]) == (False, 0)
        assert names(walk(client, f"{LISTS}followed/")) == []

    def test_ones_own_is_not_followed(self, ada: User, friends: List) -> None:
        response = rest(ada).post(f"{LISTS}{friends.pk}/follow/")
        assert (response.status_code, only_error(response)) == (400, error("own_list", "non_field_errors"))
        assert rows() == (1, 0, 0)

    def test_what_becomes_private_is_gone_for_its_followers_and_back_when_it_is_public(
        self, ada: User, friends: List, grace: User
    ) -> None:
        client, address = rest(grace), f"{LISTS}{friends.pk}/"
        client.post(f"{address}follow/")
        rest(ada).patch(address, {"private": True})
        assert (client.get(address).status_code, walk(client, f"{LISTS}followed/")) == (404, [])
        rest(ada).patch(address, {"private": False})
        assert (client.get(address).status_code, names(walk(client, f"{LISTS}followed/"))) == (200, ["Friends"])

    def test_people_see_which_lists_they_are_on_but_private_ones(
        self, ada: User, friends: List, secret: List, grace: User
    ) -> None:
        for each in (friends, secret, actions.create_list(owner=grace, name="Me")):
            actions.add_member(to=each, person=grace)
        memberships = "/api/users/grace/memberships/"
        assert names(walk(rest(grace), memberships)) == ["Me", "Friends"]
        assert names(walk(rest(ada), memberships)) == ["Me", "Secret", "Friends"]
        assert names(walk(rest(ada), f"{memberships}?owned=true")) == ["Secret", "Friends"]
        assert names(walk(rest(), memberships)) == ["Me", "Friends"]
        assert rest(grace).get(f"{LISTS}{friends.pk}/").json()["viewer"] == {"following": False, "member": True}

    def test_a_persons_lists_are_the_public_ones_but_for_himself(
        self, ada: User, friends: List, secret: List, grace: User
    ) -> None:
        assert names(walk(rest(grace), "/api/users/ada/lists/")) == ["Friends"]
        assert names(walk(rest(ada), "/api/users/ada/lists/?limit=1")) == ["Secret", "Friends"]
        assert names(walk(rest(ada), LISTS)) == ["Secret", "Friends"]
        assert names(walk(rest(grace), LISTS)) == []

    def test_a_suspended_owners_lists_are_gone(self, ada: User, friends: List, grace: User) -> None:
        actions.follow_list(follower=grace, followed=friends)
        actions.add_member(to=friends, person=grace)
        people.suspend(user=ada)
        client = rest(grace)
        assert only_error(client.get(f"{LISTS}{friends.pk}/")) == UNKNOWN
        assert walk(client, f"{LISTS}followed/") == walk(client, "/api/users/grace/memberships/") == []

    @pytest.mark.parametrize("viewer", ["anonymous", "grace", "follower"])
    def test_a_private_one_is_unknown_to_others_in_every_verb(self, secret: List, grace: User, viewer: str) -> None:
        if viewer == "follower":
            ListFollow.objects.create(list=secret, follower=grace)
        before, client = rows(), rest(None if viewer == "anonymous" else grace)
        for method, path in (
            ("get", ""),
            ("patch", ""),
            ("delete", ""),
            ("get", "members/"),
            ("post", "members/grace/"),
            ("delete", "members/grace/"),
            ("get", "followers/"),
            ("post", "follow/"),
            ("delete", "follow/"),
            ("get", "tweets/"),
        ):
            response = getattr(client, method)(f"{LISTS}{secret.pk}/{path}")
            expected = UNKNOWN if client.get(LISTS).status_code == 200 or method == "get" else ANONYMOUS
            assert only_error(response) == expected, (method, path)
        assert rows() == before

    def test_a_public_one_is_changed_by_its_owner_only(self, friends: List, grace: User) -> None:
        client, address = rest(grace), f"{LISTS}{friends.pk}/"
        for send in (
            lambda: client.patch(address, {"name": "Mine"}),
            lambda: client.delete(address),
            lambda: client.post(f"{address}members/grace/"),
        ):
            assert only_error(send()) == UNKNOWN
        assert list(List.objects.values_list("name")) == [("Friends",)]
        assert rows() == (1, 0, 0)

    @pytest.mark.parametrize("list_id", ["0", "9" * 19, "9" * 20, "x", "-1"])
    def test_an_unknown_one_is_not_found(self, ada: User, list_id: str) -> None:
        assert only_error(rest(ada).get(f"{LISTS}{list_id}/")) == UNKNOWN
