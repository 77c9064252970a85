"""Everything at once: people who like and take back, tweets that go, several who fold, and one of them killed."""

import random
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import actions as people
from accounts.models import User
from notifications import draining, folding, queries
from notifications.actions import mark_read
from notifications.audit import Audit
from notifications.models import PARTITIONS, Notification, NotificationActor, NotificationEvent
from tests import factories
from tests.threads import at_once
from tweets.actions import delete_tweet, like, retweet, undo_retweet, unlike
from tweets.models import Tweet
from tweets.rejections import Rejected

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """The process ends here; nothing catches it."""


def quietly(doing: Callable[[], object]) -> None:
    try:
        doing()
    except (Tweet.DoesNotExist, Rejected):
        pass  # somebody has deleted it meanwhile


def acts(user: User, authors: list[User], tweets: list[Tweet], seed: int) -> None:
    """One person does and takes back, at random."""
    dice = random.Random(seed)
    for _ in range(25):
        tweet, author = dice.choice(tweets), dice.choice(authors)
        deed = dice.choice([like, like, unlike, retweet, undo_retweet])
        quietly(partial(deed, user=user, tweet_id=tweet.pk))
        if author != user:
            dice.choice([people.follow, people.unfollow])(follower=user, followee=author)
        if dice.random() < 0.2:
            quietly(lambda: factories.tweet(user, "Hello @ada", in_reply_to_id=tweet.pk))  # noqa: B023


def reads_and_deletes(author: User, tweets: list[Tweet]) -> None:
    for tweet in tweets[:2]:
        mark_read(user=author, up_to=queries.newest_position(author.pk))
        delete_tweet(tweet=tweet)


def dying(seed: int) -> Callable[[list[NotificationEvent]], set[int]]:
    """The real fold, after which the process is sometimes killed before it has committed."""
    dice, fold = random.Random(seed), folding.fold

    def dies(events: list[NotificationEvent]) -> set[int]:
        told = fold(events)
        if dice.random() < 0.3:
            raise Killed
        return told

    return dies


def drains() -> None:
    """Folds small batches; another process begins where one was killed."""
    for _ in range(12):
        try:
            draining.drain(seconds=0.2, batch=7)
        except Killed:
            connection.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_groups_are_what_is_the_case_whatever_raced_whatever(
    ada: User, grace: User, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    fans = [factories.person(f"fan_{number}") for number in range(4)]
    authors = [ada, grace]
    since = timezone.now()
    tweets = [factories.tweet(author) for author in authors for _ in range(4)]
    monkeypatch.setattr(folding, "fold", dying(seed))
    at_once(
        *(partial(acts, fan, authors, tweets, seed * 10 + number) for number, fan in enumerate(fans)),
        partial(reads_and_deletes, ada, tweets),
        drains,
        drains,
    )
    monkeypatch.undo()
    while not draining.drain():
        pass
    assert NotificationEvent.objects.count() == 0
    found = Audit()
    found.look([user.pk for user in (*authors, *fans)], since)
    assert (found.wrong, found.pending) == ({}, set())
    assert found.groups > 0


def test_a_fold_that_dies_has_changed_nothing(ada: User, grace: User, monkeypatch: pytest.MonkeyPatch) -> None:
    like(user=grace, tweet_id=factories.tweet(ada).pk)
    fold = folding.fold

    def dies(events: list[NotificationEvent]) -> set[int]:
        fold(events)
        raise Killed

    monkeypatch.setattr(folding, "fold", dies)
    with pytest.raises(Killed):
        draining.drain()
    assert (Notification.objects.count(), NotificationActor.objects.count()) == (0, 0)
    assert NotificationEvent.objects.count() == 1


def test_a_like_taken_back_while_it_is_folded_is_not_told(ada: User, grace: User) -> None:
    """The second drain waits for the first, and so sees what that one has committed."""
    tweet = factories.tweet(ada)
    like(user=grace, tweet_id=tweet.pk)
    with transaction.atomic():
        draining.lock(ada.pk % PARTITIONS)
        folding.fold(list(NotificationEvent.objects.all()))
        at_once(lambda: unlike(user=grace, tweet_id=tweet.pk))
    while not draining.drain():
        pass
    assert (Notification.objects.count(), NotificationActor.objects.count()) == (0, 0)


def test_a_thousand_likes_at_once_wait_for_nobody_who_folds(ada: User, grace: User, alan: User) -> None:
    """With the partition locked by a fold that is under way, likes are made and taken back."""
    tweet = factories.tweet(ada)
    like(user=grace, tweet_id=tweet.pk)
    with transaction.atomic():
        draining.lock(ada.pk % PARTITIONS)
        folding.fold(list(NotificationEvent.objects.all()))
        doings = [partial(like, user=fan, tweet_id=tweet.pk) for fan in (alan, *factories_people(7))]
        assert len(at_once(*doings)) == 8
    assert NotificationEvent.objects.count() == 9


def factories_people(number: int) -> list[User]:
    """People whom other connections see, too."""
    return at_once(lambda: factories.people(number))[0]
