"""Nobody is told of what he may not see, or does not want to: neither when it happens nor when he looks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import actions as people
from accounts.models import FollowRequest, Mute, User
from accounts.relations import actions as relations
from notifications import reading, unread
from notifications.actions import mark_read
from notifications.models import Notification
from tests import factories
from tests.notifications.looks import told
from tweets.actions import like, retweet
from tweets.models import Tweet

pytestmark = pytest.mark.django_db

Fold = Callable[[], None]


@pytest.fixture
def tweet(ada: User) -> Tweet:
    return factories.tweet(ada, "On the engine")


def does_everything(user: User, tweet: Tweet) -> None:
    factories.follow(user, tweet.author)
    like(user=user, tweet_id=tweet.pk)
    retweet(user=user, tweet_id=tweet.pk)
    factories.tweet(user, "Indeed", in_reply_to_id=tweet.pk)
    factories.tweet(user, "See", quote_of_id=tweet.pk)
    factories.tweet(user, "Hello @ada")


def block(ada: User, other: User) -> None:
    relations.block(blocker=ada, blocked=other)


def be_blocked(ada: User, other: User) -> None:
    relations.block(blocker=other, blocked=ada)


def mute(ada: User, other: User) -> None:
    relations.mute(muter=ada, muted=other)


HIDE = [block, be_blocked, mute]


@pytest.mark.parametrize("hide", HIDE)
def test_what_was_told_before_is_seen_no_more(
    ada: User, grace: User, alan: User, tweet: Tweet, fold: Fold, hide: Callable[[User, User], None]
) -> None:
    like(user=alan, tweet_id=tweet.pk)
    does_everything(grace, tweet)
    fold()
    assert (len(told(ada)), unread.load(ada.pk)) == (6, 6)
    hide(ada, grace)
    assert told(ada) == [("like", ["alan"], 1)]
    assert unread.load(ada.pk) == 1
    fold()
    assert told(ada) == [("like", ["alan"], 1)]


@pytest.mark.parametrize("hide", HIDE)
def test_what_happened_and_was_not_folded_yet_is_never_told(
    ada: User, grace: User, tweet: Tweet, fold: Fold, hide: Callable[[User, User], None]
) -> None:
    does_everything(grace, tweet)
    hide(ada, grace)
    fold()
    assert told(ada) == []
    assert not Notification.objects.filter(recipient=ada).exists()


def test_a_mute_that_has_ended_hides_nothing(ada: User, grace: User, tweet: Tweet, fold: Fold) -> None:
    relations.mute(muter=ada, muted=grace, until=timezone.now() + timedelta(hours=1))
    Mute.objects.update(until=timezone.now())
    like(user=grace, tweet_id=tweet.pk)
    fold()
    assert Notification.objects.filter(recipient=ada).count() == 1


def test_an_unblocked_person_is_there_again(ada: User, grace: User, tweet: Tweet, fold: Fold) -> None:
    like(user=grace, tweet_id=tweet.pk)
    fold()
    block(ada, grace)
    assert told(ada) == []
    relations.unblock(blocker=ada, blocked=grace)
    assert told(ada) == [("like", ["grace"], 1)]


def test_muted_words_hide_what_others_write_and_not_who_likes_ones_own(
    ada: User, grace: User, tweet: Tweet, fold: Fold
) -> None:
    does_everything(grace, tweet)
    fold()
    relations.mute_phrase(user=ada, phrase="indeed")
    relations.mute_phrase(user=ada, phrase="engine")
    assert [kind for kind, *_ in told(ada)] == ["mention", "quote", "retweet", "like", "follow"]


def test_a_muted_conversation_is_silent(ada: User, grace: User, tweet: Tweet, fold: Fold) -> None:
    does_everything(grace, tweet)
    fold()
    relations.mute_conversation(user=ada, conversation_id=tweet.pk)
    assert [kind for kind, *_ in told(ada)] == ["mention", "quote", "follow"]


def test_a_reply_by_somebody_protected_is_told_to_his_followers_only(
    ada: User, grace: User, tweet: Tweet, fold: Fold
) -> None:
    factories.tweet(grace, "Indeed", in_reply_to_id=tweet.pk)
    fold()
    people.edit_profile(user=grace, changes={"is_protected": True})
    assert told(ada) == []
    FollowRequest.objects.create(requester=ada, target=grace)
    people.accept_request(request=FollowRequest.objects.get())
    assert told(ada) == [("reply", ["grace"], 1)]


def test_who_asks_to_follow_is_told_until_it_is_answered(ada: User, grace: User, alan: User, fold: Fold) -> None:
    people.edit_profile(user=ada, changes={"is_protected": True})
    for each in (grace, alan):
        people.follow(follower=each, followee=ada)
    fold()
    assert told(ada) == [("follow_request", ["alan", "grace"], 2)]
    people.unfollow(follower=alan, followee=ada)
    people.accept_request(request=FollowRequest.objects.get(requester=grace))
    fold()
    assert told(ada) == [("follow", ["grace"], 1)]


@pytest.mark.django_db(transaction=True)
def test_the_count_is_right_on_the_very_next_page(ada: User, grace: User, fold: Fold) -> None:
    like(user=grace, tweet_id=factories.tweet(ada).pk)
    fold()
    assert unread.count(ada.pk) == 1
    mute(ada, grace)
    assert unread.count(ada.pk) == 0


def test_behind_very_many_that_are_hidden_the_count_is_that_of_the_page(
    ada: User, grace: User, alan: User, fold: Fold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "MOST", 9)
    for author, number in ((alan, 3), (grace, 25), (alan, 4), (grace, 25)):
        for _ in range(number):
            factories.tweet(author, "Hello @ada")
    fold()
    assert unread.load(ada.pk) == 10
    mute(ada, grace)
    assert (len(told(ada)), unread.load(ada.pk)) == (7, 7)
    monkeypatch.setattr(unread, "LOOKED_AT", 40)
    assert unread.load(ada.pk) == 4
    mark_read(user=ada, up_to=reading.page(ada, limit=4).entries[-1].notification.position - 1)
    assert (len([entry for entry in reading.page(ada).entries if entry.is_unread]), unread.load(ada.pk)) == (4, 4)
