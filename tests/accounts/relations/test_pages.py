"""Pages, as they work without JavaScript."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import actions as people
from accounts.models import Block, Follow, FollowRequest, Mute, MutedConversation, MutedWord, User
from accounts.relations import actions
from tests import factories
from tests.timelines.test_hiding import protect

pytestmark = pytest.mark.django_db

AsUser = Callable[[User], Client]


def test_a_profile_offers_to_block_and_then_shows_nothing_but_the_way_back(
    ada: User, grace: User, as_user: AsUser
) -> None:
    factories.tweet(grace, "a secret")
    client = as_user(ada)
    assert 'formaction="/grace/block/"' in client.get("/grace/").content.decode()
    assert client.post("/grace/block/", headers={"referer": "http://testserver/grace/"})["Location"].endswith("/grace/")
    page = client.get("/grace/").content.decode()
    assert "You blocked @grace" in page
    assert "a secret" not in page
    assert "Unblock" in page
    for address in ("/grace/followers/", "/grace/following/", "/grace/with_replies/"):
        assert "You blocked @grace" in client.get(address).content.decode()
    client.post("/grace/block/", {"undo": "1"})
    assert Block.objects.count() == 0
    assert "a secret" in client.get("/grace/").content.decode()


def test_who_blocks_looks_like_nobody(ada: User, grace: User, as_user: AsUser) -> None:
    actions.block(blocker=grace, blocked=ada)
    client = as_user(ada)
    answers = [client.get(f"/{name}/") for name in ("grace", "nobody")]
    assert [each.status_code for each in answers] == [404, 404]
    assert ["This account isn’t available" in each.content.decode() for each in answers] == [True, True]
    assert "Grace" not in answers[0].content.decode()
    assert client.post("/grace/follow/").status_code == 404
    assert Follow.objects.count() == 0


def test_scripts_get_the_button_anew_or_the_page(ada: User, grace: User, as_user: AsUser) -> None:
    client = as_user(ada)
    button = client.post("/grace/block/", headers={"HX-Request": "true", "HX-Target": "x"})
    assert "Unblock" in button.content.decode()
    whole = client.post("/grace/block/", {"undo": "1"}, headers={"HX-Request": "true", "HX-Target": "profile"})
    assert whole["HX-Redirect"] == "/grace/"


def test_muting_for_good_and_for_a_time(ada: User, grace: User, as_user: AsUser) -> None:
    client = as_user(ada)
    client.post("/grace/mute/")
    assert Mute.objects.get().until is None
    assert "Muted" in client.get("/grace/").content.decode()
    assert "grace" in client.get("/settings/muted/").content.decode()
    assert "7 days" in client.get("/grace/mute/").content.decode()
    client.post("/grace/mute/", {"days": "7"})
    until = Mute.objects.get().until
    assert until is not None
    assert timedelta(days=6.9) < until - timezone.now() < timedelta(days=7)
    client.post("/grace/mute/", {"days": "8"})
    assert Mute.objects.get().until == until
    client.post("/grace/mute/", {"undo": "1"})
    assert Mute.objects.count() == 0


@pytest.mark.parametrize("what", ["block", "mute"])
def test_nobody_does_it_to_himself(ada: User, as_user: AsUser, what: str) -> None:
    assert as_user(ada).post(f"/ada/{what}/")["Location"] == "/ada/"
    assert (Block.objects.count(), Mute.objects.count()) == (0, 0)


def test_a_protected_account_is_asked_and_answers(ada: User, grace: User, alan: User, as_user: AsUser) -> None:
    factories.tweet(ada, "a secret")
    owner, asking = as_user(ada), as_user(grace)
    assert owner.post("/settings/privacy/", {"is_protected": "on"})["Location"] == "/settings/privacy/"
    protect(ada)
    page = asking.get("/ada/").content.decode()
    assert "These tweets are protected" in page
    assert "a secret" not in page
    asking.post("/ada/follow/")
    assert "Requested" in asking.get("/ada/").content.decode()
    people.follow(follower=alan, followee=ada)
    requests = owner.get("/settings/follow-requests/").content.decode()
    assert ["@grace" in requests, "@alan" in requests] == [True, True]
    owner.post("/settings/follow-requests/grace/")
    owner.post("/settings/follow-requests/alan/", {"undo": "1"})
    assert owner.post("/settings/follow-requests/alan/").status_code == 404
    assert list(Follow.objects.values_list("follower", flat=True)) == [grace.pk]
    assert FollowRequest.objects.count() == 0
    assert "a secret" in asking.get("/ada/").content.decode()
    owner.post("/settings/privacy/", {})
    assert User.objects.get(pk=ada.pk).is_protected is False


def test_words(ada: User, as_user: AsUser) -> None:
    client = as_user(ada)
    assert (
        client.post("/settings/muted-words/", {"phrase": "Cats", "days": "1"})["Location"] == "/settings/muted-words/"
    )
    assert "cats" in client.get("/settings/muted-words/").content.decode()
    refused = client.post("/settings/muted-words/", {"phrase": "#", "days": ""})
    assert (refused.status_code, "Type a word" in refused.content.decode()) == (422, True)
    word = MutedWord.objects.get()
    assert as_user(factories.person()).post(f"/settings/muted-words/{word.pk}/end/").status_code == 404
    client.post(f"/settings/muted-words/{word.pk}/end/")
    assert MutedWord.objects.count() == 0


def test_a_conversation_is_muted_from_a_tweet_and_heard_again_from_its_page(
    ada: User, grace: User, as_user: AsUser
) -> None:
    tweet = factories.tweet(grace)
    client = as_user(ada)
    page = f"/grace/status/{tweet.pk}/"
    assert f'formaction="/tweets/{tweet.pk}/mute/"' in client.get(page).content.decode()
    client.post(f"/tweets/{tweet.pk}/mute/")
    assert MutedConversation.objects.get().conversation_id == tweet.pk
    assert "You have muted this conversation" in client.get(page).content.decode()
    client.post(f"/tweets/{tweet.pk}/mute/", {"undo": "1"})
    assert MutedConversation.objects.count() == 0
    assert client.post("/tweets/1/mute/").status_code == 404


def test_followers_are_removed_and_those_one_knows_are_named(
    ada: User, grace: User, alan: User, as_user: AsUser
) -> None:
    factories.follow(grace, ada, alan)
    factories.follow(ada, grace)
    client = as_user(ada)
    assert "Followed by" in client.get("/alan/").content.decode()
    assert "@grace" in client.get("/alan/followers_you_know/").content.decode()
    assert 'action="/grace/remove/"' in client.get("/ada/followers/").content.decode()
    assert client.post("/grace/remove/").status_code == 302
    assert client.post("/grace/remove/").status_code == 404
    assert not Follow.objects.filter(followee=ada).exists()


def test_retweets_are_hidden_from_the_menu_of_a_profile(ada: User, grace: User, as_user: AsUser) -> None:
    client = as_user(ada)
    assert client.post("/grace/retweets/").status_code == 404
    factories.follow(ada, grace)
    client.post("/grace/retweets/")
    assert Follow.objects.get().shows_retweets is False
    assert "Show retweets" in client.get("/grace/").content.decode()
    client.post("/grace/retweets/", {"undo": "1"})
    assert Follow.objects.get().shows_retweets is True


def test_a_protected_tweet_is_not_retweeted_by_a_forged_form(ada: User, grace: User, as_user: AsUser) -> None:
    factories.follow(grace, ada)
    tweet = factories.tweet(ada)
    protect(ada)
    client = as_user(grace)
    assert "stay with its followers" in client.get(f"/ada/status/{tweet.pk}/").content.decode()
    assert client.post(f"/tweets/{tweet.pk}/retweet/").status_code == 403
    assert ada.tweets.count() + grace.tweets.count() == 1
