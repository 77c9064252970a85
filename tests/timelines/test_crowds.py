"""From push over promoting to pull: at every moment an inbox holds the tweet or knows that it must be pulled."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings

from accounts import actions
from accounts.models import Follow, User
from tests import factories
from tests.timelines.lists import shown, stored
from tests.timelines.world import belonging
from timelines import crowds, delivery, fanout, home, tasks
from timelines.inbox import AUTHORED, INBOX
from timelines.models import Crowd, FeedEvent
from tweets.models import Tweet

pytestmark = pytest.mark.django_db

Drain = Callable[[], None]


@pytest.fixture
def readers(grace: User, monkeypatch: pytest.MonkeyPatch) -> list[User]:
    """Five followers of Grace, with warm inboxes; two are walked at once."""
    monkeypatch.setattr(fanout, "WALKED_AT_ONCE", 2)
    monkeypatch.setattr(delivery, "WALKED_AT_ONCE", 2)
    people = factories.people(5)
    Follow.objects.bulk_create([Follow(follower=each, followee=grace) for each in people])
    for each in (*people, grace):
        home.rebuild(INBOX, each.pk)
    return people


def test_only_who_outgrew_the_limit_is_promoted_and_only_once(grace: User, alan: User, settings: LazySettings) -> None:
    settings.FANOUT_LIMIT = 10
    User.objects.filter(pk=grace.pk).update(followers_count=11)
    User.objects.filter(pk=alan.pk).update(followers_count=10)
    assert crowds.promote() == 1
    assert crowds.promote() == 0
    assert not crowds.begin(grace.pk)
    assert list(Crowd.objects.values_list("author", "state")) == [(grace.pk, Crowd.State.PROMOTING)]
    assert FeedEvent.objects.filter(kind=FeedEvent.Kind.PROMOTED, subject_id=grace.pk).count() == 1


def test_beat_promotes_and_wakes_the_drain(grace: User, settings: LazySettings, drain: Drain) -> None:
    from stores import redis

    settings.FANOUT_LIMIT = 10
    User.objects.filter(pk=grace.pk).update(followers_count=11)
    tasks.promote_crowds()
    assert redis.timelines().exists(tasks.WAKE_KEY)
    drain()
    assert Crowd.objects.get().state == Crowd.State.PULL


def test_there_is_no_way_back(grace: User, readers: list[User], drain: Drain, settings: LazySettings) -> None:
    settings.FANOUT_LIMIT = 10
    crowds.begin(grace.pk)
    drain()
    crowds.promote()
    crowds.begin(grace.pk)
    drain()
    assert Crowd.objects.get().state == Crowd.State.PULL


def test_the_walk_makes_all_followers_and_the_author_cold_range_by_range(grace: User, readers: list[User]) -> None:
    crowds.begin(grace.pk)
    cold = []
    while FeedEvent.objects.exists():
        assert Crowd.objects.get().state == Crowd.State.PROMOTING
        fanout._next_batch(1)
        cold.append([stored(each.pk) is None for each in (*readers, grace)].count(True))
    assert cold == [2, 4, 5, 6]
    assert Crowd.objects.get().state == Crowd.State.PULL


def test_tweets_are_pushed_until_the_walk_is_over_and_pulled_after(
    grace: User, readers: list[User], drain: Drain
) -> None:
    assert factories.tweet(grace).reach == Tweet.Reach.PUSH
    crowds.begin(grace.pk)
    assert factories.tweet(grace).reach == Tweet.Reach.PUSH
    drain()
    newest = factories.tweet(grace)
    newest.refresh_from_db()
    assert newest.reach == Tweet.Reach.PULL
    drain()
    for each in readers:
        held = stored(each.pk)
        assert held is None or newest.pk not in held.ids
        assert shown(each) == belonging(each)


@pytest.mark.parametrize("steps", range(9))
def test_whenever_a_reader_comes_and_whatever_is_posted_meanwhile_he_sees_it_all(
    grace: User, readers: list[User], drain: Drain, steps: int
) -> None:
    """One event at a time; after `steps` of them, three readers come, and Grace posts."""
    factories.tweet(grace)
    crowds.begin(grace.pk)
    for step in range(10):
        if step == steps:
            for each in readers[::2]:
                shown(each)
            factories.tweet(grace)
        fanout._next_batch(1)
    factories.tweet(grace)
    drain()
    for each in (*readers, grace):
        assert shown(each) == belonging(each)
        assert shown(each) == belonging(each)
        assert len(belonging(each)) == 3


def test_a_rebuild_while_promoting_counts_the_author_among_the_pulled(grace: User, readers: list[User]) -> None:
    from tests.timelines.lists import read

    crowds.begin(grace.pk)
    fanout._next_batch(1)
    home.rebuild(INBOX, readers[0].pk)
    held = read(readers[0].pk)
    assert held
    assert held.pulls == (grace.pk,)


def test_who_follows_behind_the_walk_pulls_too(ada: User, grace: User, readers: list[User], drain: Drain) -> None:
    early = ada
    assert early.pk < readers[0].pk
    crowds.begin(grace.pk)
    for _ in range(3):
        fanout._next_batch(1)
    home.rebuild(INBOX, early.pk)
    actions.follow(follower=early, followee=grace)
    drain()
    factories.tweet(grace)
    drain()
    assert shown(early) == belonging(early)
    assert len(shown(early)) == 1


def test_a_tweet_decided_to_be_pushed_is_pushed_though_its_author_is_pulled_by_now(
    grace: User, readers: list[User], drain: Drain
) -> None:
    """Its transaction began before the walk was over."""
    crowds.begin(grace.pk)
    drain()
    for each in readers:
        assert shown(each) == []
    late = factories.tweet(grace)
    Tweet.objects.filter(pk=late.pk).update(reach=Tweet.Reach.PUSH)
    drain()
    assert [shown(each) for each in readers] == [[late.pk]] * 5
    authored = stored(grace.pk, AUTHORED)
    assert authored
    assert authored.ids == []
