from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import actions as people
from accounts.models import Block, Follow, FollowRequest, Mute, MutedConversation, MutedWord, User
from accounts.relations import actions
from tests import factories
from tests.rest import ANONYMOUS, UNKNOWN, error, only_error, rest, walk

pytestmark = pytest.mark.django_db

RELATION = ("following", "followed_by", "requested", "requested_by", "blocking", "muting", "hiding_retweets")
CLOSED = error("protected", kind="client_error")


def relation(*true: str) -> dict[str, bool]:
    return {each: each in true for each in RELATION}


def names(page: list[Any]) -> list[str]:
    return [each["username"] for each in page]


def protect(user: User) -> None:
    people.edit_profile(user=user, changes={"is_protected": True})


@pytest.mark.parametrize(
    ("what", "flag", "rows"), [("block", "blocking", Block), ("mute", "muting", Mute)], ids=["block", "mute"]
)
def test_made_and_taken_back_whether_or_not_it_held(
    ada: User, grace: User, what: str, flag: str, rows: type[Block] | type[Mute]
) -> None:
    client, address = rest(ada), f"/api/users/grace/{what}/"
    made = [client.post(address) for _ in range(2)]
    assert [(each.status_code, each.json()) for each in made] == [(200, relation(flag))] * 2
    assert rows.objects.count() == 1
    assert names(walk(client, f"/api/users/me/{what}s/")) == ["grace"]
    ended = [client.delete(address) for _ in range(2)]
    assert [(each.status_code, each.json()) for each in ended] == [(200, relation())] * 2
    assert rows.objects.count() == 0
    assert walk(client, f"/api/users/me/{what}s/") == []


@pytest.mark.parametrize("what", ["block", "mute"])
def test_neither_oneself_nor_nobody_nor_without_a_caller(ada: User, what: str) -> None:
    assert only_error(rest(ada).post(f"/api/users/ada/{what}/")) == error("yourself")
    assert only_error(rest(ada).post(f"/api/users/nobody/{what}/")) == UNKNOWN
    assert only_error(rest().post(f"/api/users/ada/{what}/")) == ANONYMOUS
    assert (Block.objects.count(), Mute.objects.count()) == (0, 0)


def test_who_blocks_is_not_there_and_can_be_blocked_in_turn(ada: User, grace: User) -> None:
    actions.block(blocker=grace, blocked=ada)
    client = rest(ada)
    for address in ("", "follow/", "followers/", "following/", "tweets/"):
        response = client.get(f"/api/users/grace/{address}")
        assert response.status_code in (404, 405), address
    assert only_error(client.post("/api/users/grace/follow/")) == UNKNOWN
    assert client.post("/api/users/grace/block/").json() == relation("blocking")
    assert (Follow.objects.count(), Block.objects.count()) == (0, 2)


def test_whom_one_blocks_is_shown_without_tweets(ada: User, grace: User) -> None:
    actions.block(blocker=ada, blocked=grace)
    client = rest(ada)
    assert client.get("/api/users/grace/").json()["viewer"] == relation("blocking")
    for address in ("tweets/", "followers/", "following/"):
        response = client.get(f"/api/users/grace/{address}")
        assert (response.status_code, only_error(response)) == (403, error("blocking", kind="client_error"))
    assert only_error(client.post("/api/users/grace/follow/")) == error("blocking")


def test_a_mute_may_end(ada: User, grace: User) -> None:
    client = rest(ada)
    assert client.post("/api/users/grace/mute/", {"seconds": 60}).status_code == 200
    until = Mute.objects.get().until
    assert until is not None
    assert timedelta(seconds=50) < until - timezone.now() <= timedelta(seconds=60)
    for seconds in (0, -1, "x", 10**10, 1.5):
        assert client.post("/api/users/grace/mute/", {"seconds": seconds}).status_code == 400, seconds
    assert Mute.objects.get().until == until
    Mute.objects.update(until=timezone.now())
    assert walk(client, "/api/users/me/mutes/") == []
    assert actions.sweep_mutes() == 1
    assert actions.sweep_mutes() == 0
    assert Mute.objects.count() == 0


class TestRequests:
    def test_are_made_shown_accepted_and_refused(self, ada: User, grace: User, alan: User) -> None:
        protect(ada)
        owner = rest(ada)
        for each in (grace, alan):
            answer = rest(each).post("/api/users/ada/follow/")
            assert (answer.status_code, answer.json()) == (200, relation("requested"))
        assert names(walk(owner, "/api/users/me/follow-requests/")) == ["alan", "grace"]
        assert owner.post("/api/users/me/follow-requests/Grace/").json() == relation("followed_by")
        assert owner.delete("/api/users/me/follow-requests/alan/").json() == relation()
        assert list(Follow.objects.values_list("follower", "followee")) == [(grace.pk, ada.pk)]
        for method in (owner.post, owner.delete):
            assert only_error(method("/api/users/me/follow-requests/alan/")) == UNKNOWN
        assert FollowRequest.objects.count() == 0

    def test_are_withdrawn_by_unfollowing(self, ada: User, grace: User) -> None:
        protect(ada)
        client = rest(grace)
        client.post("/api/users/ada/follow/")
        assert client.delete("/api/users/ada/follow/").json() == relation()
        assert FollowRequest.objects.count() == 0

    def test_nobody_answers_those_to_others(self, ada: User, grace: User, alan: User) -> None:
        protect(ada)
        people.follow(follower=grace, followee=ada)
        assert only_error(rest(alan).post("/api/users/me/follow-requests/grace/")) == UNKNOWN
        assert (FollowRequest.objects.count(), Follow.objects.count()) == (1, 0)


def test_protection_is_switched_by_its_owner_and_closes_pages(ada: User, grace: User) -> None:
    factories.tweet(ada)
    shown = rest(ada).patch("/api/users/me/", {"protected": True}).json()
    assert shown["protected"] is True
    for viewer in (None, grace):
        for address in ("tweets/", "followers/", "following/"):
            response = rest(viewer).get(f"/api/users/ada/{address}")
            assert (response.status_code, only_error(response)) == (403, CLOSED)
    assert len(walk(rest(ada), "/api/users/ada/tweets/")) == 1
    assert rest(ada).patch("/api/users/me/", {"protected": "perhaps"}).status_code == 400
    assert User.objects.get(pk=ada.pk).is_protected is True
    assert rest(ada).patch("/api/users/me/", {"protected": False}).json()["protected"] is False


def test_followers_are_removed(ada: User, grace: User) -> None:
    factories.follow(grace, ada)
    answers = [rest(ada).delete("/api/users/me/followers/grace/") for _ in range(2)]
    assert [(each.status_code, each.json()) for each in answers] == [(200, relation())] * 2
    assert Follow.objects.count() == 0


def test_retweets_are_hidden_of_whom_one_follows(ada: User, grace: User) -> None:
    client, address = rest(ada), "/api/users/grace/hidden-retweets/"
    assert only_error(client.post(address)) == UNKNOWN
    factories.follow(ada, grace)
    assert client.post(address).json() == relation("following", "hiding_retweets")
    assert client.delete(address).json() == relation("following")


def test_followers_one_knows(ada: User, grace: User, alan: User) -> None:
    star, stranger = factories.people(2)
    factories.follow(ada, grace, alan)
    for each in (grace, stranger, alan):
        factories.follow(each, star)
    address = f"/api/users/{star.username}/followers-you-know/"
    assert names(walk(rest(ada), address)) == ["alan", "grace"]
    assert only_error(rest().get(address)) == ANONYMOUS
    protect(star)
    assert only_error(rest(ada).get(address)) == CLOSED


class TestWords:
    ADDRESS = "/api/users/me/muted-words/"

    def test_are_muted_listed_and_heard_again(self, ada: User) -> None:
        client = rest(ada)
        word = client.post(self.ADDRESS, {"phrase": "Cats"}).json()
        assert (word["phrase"], word["until"]) == ("cats", None)
        assert client.post(self.ADDRESS, {"phrase": "CATS", "seconds": 60}).json()["id"] == word["id"]
        assert [each["phrase"] for each in client.get(self.ADDRESS).json()["results"]] == ["cats"]
        assert only_error(rest(factories.person()).delete(f"{self.ADDRESS}{word['id']}/")) == UNKNOWN
        assert MutedWord.objects.count() == 1
        assert client.delete(f"{self.ADDRESS}{word['id']}/").status_code == 204
        assert client.get(self.ADDRESS).json() == {"results": []}

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({}, error("required", "phrase")),
            ({"phrase": "#"}, error("phrase", "phrase")),
            ({"phrase": "x" * 141}, error("max_length", "phrase")),
            ({"phrase": ["x"]}, error("invalid", "phrase")),
            ({"phrase": "x", "seconds": 0}, error("min_value", "seconds")),
            ({"phrase": "x", "days": 1}, error("unknown", "days")),
        ],
    )
    def test_nonsense_is_refused(self, ada: User, body: dict[str, Any], expected: tuple[str, str, str]) -> None:
        response = rest(ada).post(self.ADDRESS, body)
        assert (response.status_code, only_error(response)) == (400, expected)
        assert MutedWord.objects.count() == 0


def test_conversations_are_muted_by_any_of_their_tweets(ada: User, grace: User, alan: User) -> None:
    first = factories.tweet(grace)
    answer = factories.tweet(alan, in_reply_to_id=first.pk)
    client, address = rest(ada), f"/api/tweets/{answer.pk}/mute/"
    assert client.post(address).json()["id"] == str(answer.pk)
    assert MutedConversation.objects.get().conversation_id == first.pk
    assert client.delete(f"/api/tweets/{first.pk}/mute/").status_code == 200
    assert MutedConversation.objects.count() == 0
    actions.block(blocker=alan, blocked=ada)
    assert only_error(client.post(address)) == UNKNOWN
    assert MutedConversation.objects.count() == 0
