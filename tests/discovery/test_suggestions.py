"""Whom to follow: friends of friends with their reason, and nobody who must not be suggested."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts import actions as people
from accounts.models import FollowRequest, User
from accounts.relations import actions as relations
from discovery import actions, suggestions
from discovery.models import Dismissal
from tests import factories
from tests.rest import ANONYMOUS, UNKNOWN, error, only_error, rest

pytestmark = pytest.mark.django_db

SUGGESTIONS = "/api/suggestions/"
AS_USER = Callable[[User], Client]


@pytest.fixture
def circle(ada: User, grace: User, alan: User) -> dict[str, User]:
    """Ada follows Grace and Alan; both follow common, Alan follows single, and nobody follows stranger."""
    found = {name: factories.person(name) for name in ("common", "single", "stranger")}
    factories.follow(ada, grace, alan)
    factories.follow(grace, found["common"], ada)
    factories.follow(alan, found["common"], found["single"], grace)
    return found


def suggested(viewer: User, limit: int = 10) -> list[tuple[str, str]]:
    return [(each.person.username, each.reason) for each in suggestions.of(viewer.pk, limit)]


def test_the_most_common_friends_of_friends_come_first_with_their_reason(ada: User, circle: dict[str, User]) -> None:
    assert suggested(ada) == [
        ("common", "Followed by Grace Hopper and 1 other you follow"),
        ("single", "Followed by Alan Turing"),
        ("stranger", "Many people follow this account"),
    ]
    assert suggested(ada, 1) == [("common", "Followed by Grace Hopper and 1 other you follow")]


def test_who_is_followed_dismissed_or_suspended_is_gone_at_once(ada: User, circle: dict[str, User]) -> None:
    suggested(ada)  # the order is kept from here on
    people.follow(follower=ada, followee=circle["common"])
    assert "common" not in dict(suggested(ada))
    people.suspend(user=circle["single"])
    assert actions.dismiss(viewer=ada, person=circle["stranger"]) is True
    assert actions.dismiss(viewer=ada, person=circle["stranger"]) is False
    assert suggested(ada) == []


def test_nobody_avoided_asked_or_protected_is_suggested(ada: User, circle: dict[str, User]) -> None:
    common, single, stranger = circle.values()
    suggested(ada)
    relations.block(blocker=common, blocked=ada)
    relations.mute(muter=ada, muted=single)
    User.objects.filter(pk=stranger.pk).update(is_protected=True)
    assert suggested(ada) == []
    relations.unblock(blocker=common, blocked=ada)
    relations.block(blocker=ada, blocked=common)
    assert suggested(ada) == []
    relations.unblock(blocker=ada, blocked=common)
    FollowRequest.objects.create(requester=ada, target=common)
    assert suggested(ada) == []


def test_a_reason_names_who_is_still_followed(ada: User, grace: User, circle: dict[str, User]) -> None:
    suggested(ada)
    people.unfollow(follower=ada, followee=grace)
    assert dict(suggested(ada))["common"] == "Followed by Alan Turing"


def test_the_work_is_bounded_whatever_is_followed(
    ada: User, circle: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "SAMPLED", 1)
    assert [via for _, via in suggestions._candidates(ada.pk)] == [[User.objects.get(username="alan").pk]]


class TestRest:
    def test_gives_people_with_their_reason(self, ada: User, circle: dict[str, User]) -> None:
        [first] = rest(ada).get(f"{SUGGESTIONS}?limit=1").json()["results"]
        assert (first["user"]["username"], first["followed_by"]) == ("common", 2)
        assert first["reason"] == "Followed by Grace Hopper and 1 other you follow"

    def test_somebody_is_dismissed(self, ada: User, circle: dict[str, User]) -> None:
        client = rest(ada)
        for _ in range(2):
            assert client.delete(f"{SUGGESTIONS}COMMON/").status_code == 204
        assert "common" not in dict(suggested(ada))
        assert list(Dismissal.objects.values_list("viewer", "person")) == [(ada.pk, circle["common"].pk)]

    def test_neither_oneself_nor_nobody_is_dismissed(self, ada: User) -> None:
        client = rest(ada)
        assert only_error(client.delete(f"{SUGGESTIONS}ada/")) == error("yourself")
        assert only_error(client.delete(f"{SUGGESTIONS}nobody/")) == UNKNOWN
        assert Dismissal.objects.count() == 0

    def test_is_for_members(self, ada: User) -> None:
        assert only_error(rest().get(SUGGESTIONS)) == ANONYMOUS


class TestPages:
    def test_on_a_page_and_beside_others(self, ada: User, circle: dict[str, User], as_user: AS_USER) -> None:
        browser = as_user(ada)
        page = browser.get("/explore/people/")
        assert [each.person.username for each in page.context["suggestions"]] == ["common", "single", "stranger"]
        assert "Followed by Grace Hopper and 1 other you follow" in page.content.decode()
        beside = browser.get("/explore/people/", headers={"HX-Request": "true"}).content.decode()
        assert ("@common" in beside, "<html" in beside) == (True, False)

    def test_who_is_not_wanted_goes(self, ada: User, circle: dict[str, User], as_user: AS_USER) -> None:
        browser = as_user(ada)
        answer = browser.post("/explore/people/common/dismiss/")
        assert (answer.status_code, answer["Location"]) == (302, "/explore/people/")
        answer = browser.post("/explore/people/single/dismiss/", headers={"HX-Request": "true"})
        assert (answer.status_code, answer.content) == (200, b"")
        assert [each.person.username for each in browser.get("/explore/people/").context["suggestions"]] == ["stranger"]

    def test_strangers_see_whom_most_follow(self, circle: dict[str, User], client: Client) -> None:
        assert client.get("/explore/people/").status_code == 200
        assert client.post("/explore/people/common/dismiss/").status_code == 302
        assert Dismissal.objects.count() == 0
