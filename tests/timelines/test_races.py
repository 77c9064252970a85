"""The races of the inbox: one side is stopped between two of its steps while the other does all of its own.

Each of these rules, left out, loses tweets or shows wrong ones; each has a test here that would fail without it.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import TestCase

from accounts import actions
from accounts.models import User
from stores import redis
from tests import factories
from tests.timelines.lists import Stored, building, companions, shown, stored
from timelines import delivery, fanout, generation, home, inbox, truth
from timelines.inbox import INBOX
from timelines.models import FeedEvent
from tweets.actions import delete_tweet
from tweets.models import Tweet

pytestmark = pytest.mark.django_db

Drain = Callable[[], None]


@pytest.fixture(autouse=True)
def _ada_reads_grace_and_alan(ada: User, grace: User, alan: User, drain: Drain) -> None:
    factories.follow(ada, grace, alan)
    drain()


def before(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, happens: Callable[[], object]) -> None:
    """Stop whoever calls this function next, once, until something else has happened."""
    doing = getattr(module, name)

    def stopped(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(module, name, doing)
        happens()
        return doing(*args, **kwargs)

    monkeypatch.setattr(module, name, stopped)


def after(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, happens: Callable[[], object]) -> None:
    """Stop whoever calls this function next, once, when he has his answer."""
    doing = getattr(module, name)

    def stopped(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(module, name, doing)
        answer = doing(*args, **kwargs)
        happens()
        return answer

    monkeypatch.setattr(module, name, stopped)


def committed(change: Callable[[], Any]) -> Any:
    """A change with all that follows its commit at once."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return change()


def mint() -> int:
    """The id of a tweet whose transaction is still open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT new_tweet_id()")
        return int(cursor.fetchone()[0])


# The floor of infinity


def test_while_an_inbox_is_being_built_postgres_answers_and_nobody_sees_half_of_it(
    ada: User, grace: User, drain: Drain
) -> None:
    older = factories.tweet(grace)
    drain()
    inbox.begin(INBOX, ada.pk)
    newer = factories.tweet(grace)
    drain()
    assert building(ada.pk) == [newer.pk]
    assert shown(ada) == [newer.pk, older.pk]
    assert shown(ada, before=newer.pk) == [older.pk]
    assert shown(ada, since=0) == [newer.pk, older.pk]


# The token


def test_who_loaded_before_a_follow_cannot_finish_the_rebuild_that_somebody_began_after_it(
    ada: User, grace: User, drain: Drain
) -> None:
    linus = factories.person("linus")
    tweet = factories.tweet(linus)
    drain()
    late = inbox.begin(INBOX, ada.pk)
    assert late
    loaded = truth.inbox_contents(ada.pk, inbox.half() + 1)

    committed(lambda: actions.follow(follower=ada, followee=linus))
    assert inbox.begin(INBOX, ada.pk)

    assert not inbox.finish(INBOX, ada.pk, late, loaded)
    assert building(ada.pk) == []
    assert shown(ada) == [tweet.pk]


# The one id more than is kept


def test_a_tweet_that_commits_late_is_not_lost_between_the_oldest_kept_and_the_floor(
    ada: User, grace: User, alan: User, drain: Drain, settings: LazySettings
) -> None:
    settings.INBOX_SIZE = 6
    floor = factories.tweet(grace)
    late_id = mint()
    kept = [factories.tweet(grace).pk for _ in range(3)]
    drain()
    home.rebuild(INBOX, ada.pk)
    assert stored(ada.pk) == Stored(floor.pk, kept)

    Tweet.objects.create(id=late_id, author=alan, text="late")
    drain()

    assert stored(ada.pk) == Stored(floor.pk, [late_id, *kept])
    assert shown(ada) == [*kept[::-1], late_id, floor.pk]


@pytest.mark.parametrize("tweets", [2, 3])
def test_without_one_id_more_nothing_older_exists_and_what_commits_late_is_taken_in(
    ada: User, grace: User, alan: User, drain: Drain, settings: LazySettings, tweets: int
) -> None:
    settings.INBOX_SIZE = 6
    late_id = mint()
    kept = [factories.tweet(grace).pk for _ in range(tweets)]
    drain()
    home.rebuild(INBOX, ada.pk)
    assert stored(ada.pk) == Stored(0, kept)

    Tweet.objects.create(id=late_id, author=alan, text="late")
    drain()

    assert stored(ada.pk) == Stored(0, [late_id, *kept])


# The snapshot begun after the marker


@pytest.mark.parametrize("stop", [before, after])
def test_what_is_delivered_just_before_and_just_after_the_snapshot_is_in_the_inbox(
    ada: User, grace: User, drain: Drain, monkeypatch: pytest.MonkeyPatch, stop: Callable[..., None]
) -> None:
    stop(monkeypatch, truth, "inbox_contents", lambda: (factories.tweet(grace), drain()))
    assert home.rebuild(INBOX, ada.pk)
    assert len(Tweet.objects.all()) == 1
    assert stored(ada.pk) == Stored(0, [Tweet.objects.get().pk])


def test_what_is_delivered_between_snapshot_and_end_is_in_the_inbox(
    ada: User, grace: User, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    before(monkeypatch, inbox, "finish", lambda: (factories.tweet(grace), drain()))
    assert home.rebuild(INBOX, ada.pk)
    assert stored(ada.pk) == Stored(0, [Tweet.objects.get().pk])


# Forgetting also a rebuild in progress


def test_a_follow_during_a_rebuild_makes_it_give_up(ada: User, drain: Drain, monkeypatch: pytest.MonkeyPatch) -> None:
    linus = factories.person("linus")
    tweet = factories.tweet(linus)
    drain()
    before(monkeypatch, inbox, "finish", lambda: committed(lambda: actions.follow(follower=ada, followee=linus)))
    assert not home.rebuild(INBOX, ada.pk)
    assert redis.timelines().exists(*companions(ada.pk)) == 0
    assert shown(ada) == [tweet.pk]
    held = stored(ada.pk)
    assert held
    assert held.ids == [tweet.pk]


def test_an_unfollow_during_a_rebuild_makes_it_give_up(
    ada: User, grace: User, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.tweet(grace)
    drain()
    before(monkeypatch, inbox, "finish", lambda: committed(lambda: actions.unfollow(follower=ada, followee=grace)))
    assert not home.rebuild(INBOX, ada.pk)
    assert shown(ada) == []


# The event's second forget


def test_when_the_process_dies_right_after_a_follow_its_event_makes_the_inbox_cold(ada: User, drain: Drain) -> None:
    linus = factories.person("linus")
    tweet = factories.tweet(linus)
    drain()
    home.rebuild(INBOX, ada.pk)
    actions.follow(follower=ada, followee=linus)  # and what was to follow the commit never happens
    assert stored(ada.pk) == Stored(0, [])
    drain()
    assert stored(ada.pk) is None
    assert shown(ada) == [tweet.pk]


def test_when_the_process_dies_right_after_a_post_its_event_shows_it_to_the_author(ada: User, drain: Drain) -> None:
    home.rebuild(INBOX, ada.pk)
    tweet = factories.tweet(ada)
    assert stored(ada.pk) == Stored(0, [])
    drain()
    assert stored(ada.pk) == Stored(0, [tweet.pk])


def test_when_the_process_dies_right_after_a_delete_its_event_drops_the_card(
    ada: User, grace: User, drain: Drain
) -> None:
    tweet = factories.tweet(grace)
    drain()
    assert shown(ada) == [tweet.pk]
    delete_tweet(tweet=tweet)
    drain()
    assert shown(ada) == []
    held = stored(ada.pk)
    assert held
    assert held.ids == [tweet.pk], "nothing retracts an id; it means nothing any more"


# The rules at read: a drain that asked PostgreSQL before an unfollow, and tells Redis after the next rebuild


def test_a_tweet_on_its_way_while_its_reader_unfollows_and_comes_back_is_not_shown(
    ada: User, grace: User, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unfollows_and_comes_back() -> None:
        committed(lambda: actions.unfollow(follower=ada, followee=grace))
        assert shown(ada) == []

    tweet = factories.tweet(grace)
    before(monkeypatch, inbox, "deliver", unfollows_and_comes_back)
    fanout._next_batch(1)
    assert stored(ada.pk) == Stored(0, [tweet.pk])
    assert shown(ada) == []
    drain()
    assert stored(ada.pk) is None
    assert shown(ada) == []
    assert stored(ada.pk) == Stored(0, [])


def test_a_reply_on_its_way_while_its_reader_unfollows_the_answered_person_is_not_shown(
    ada: User, grace: User, alan: User, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unfollows_and_comes_back() -> None:
        committed(lambda: actions.unfollow(follower=ada, followee=alan))
        assert shown(ada) == []

    tweet = factories.tweet(alan)
    drain()
    reply = factories.tweet(grace, in_reply_to_id=tweet.pk)
    before(monkeypatch, inbox, "deliver", unfollows_and_comes_back)
    fanout._next_batch(1)
    assert stored(ada.pk) == Stored(0, [reply.pk])
    assert shown(ada) == []
    drain()
    assert shown(ada) == []
    assert stored(ada.pk) == Stored(0, [])


# Delivery and forgetting between a drain's steps


def test_a_follower_who_comes_while_his_tweet_is_on_its_way_finds_it(
    grace: User, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    linus = factories.person("linus")
    home.rebuild(INBOX, linus.pk)
    tweet = factories.tweet(grace)

    def follows_and_comes() -> None:
        committed(lambda: actions.follow(follower=linus, followee=grace))
        assert shown(linus) == [tweet.pk]

    before(monkeypatch, inbox, "deliver", follows_and_comes)
    fanout._next_batch(1)
    assert shown(linus) == [tweet.pk]
    drain()
    assert shown(linus) == [tweet.pk]


def test_a_tweet_deleted_while_on_its_way_is_never_shown(
    ada: User, grace: User, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.rebuild(INBOX, ada.pk)
    tweet = factories.tweet(grace)
    before(monkeypatch, inbox, "deliver", lambda: committed(lambda: delete_tweet(tweet=tweet)))
    fanout._next_batch(1)
    assert shown(ada) == []
    drain()
    assert shown(ada) == []


# Generations


def test_a_drain_that_read_the_number_before_it_was_raised_takes_nothing_from_later_readers(
    ada: User, grace: User, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    tweet = factories.tweet(grace)
    before(monkeypatch, inbox, "deliver", lambda: (committed(generation.raise_number), home.rebuild(INBOX, ada.pk)))
    drain()
    assert stored(ada.pk) == Stored(0, [tweet.pk])


def test_a_number_read_before_it_was_raised_is_not_passed_on_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slow one asked PostgreSQL, and tells Redis when another has raised it."""
    redis.timelines().flushall()
    asked = generation.stored()

    def slow() -> int:
        committed(generation.raise_number)
        return asked

    monkeypatch.setattr(generation, "stored", slow)
    assert generation.current() == asked
    monkeypatch.undo()
    generation.forget_kept()
    assert generation.current() == asked + 1


def test_two_ranges_of_followers_with_a_follow_behind_the_cursor_miss_nobody(
    ada: User, grace: User, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "WALKED_AT_ONCE", 1)
    early, late = factories.people(2)
    factories.follow(late, grace)
    drain()
    for each in (ada, early, late):
        home.rebuild(INBOX, each.pk)
    tweet = factories.tweet(grace)
    fanout._next_batch(1)
    fanout._next_batch(1)
    assert FeedEvent.objects.get().cursor >= ada.pk
    committed(lambda: actions.follow(follower=early, followee=grace))
    drain()
    assert [shown(each) for each in (ada, early, late)] == [[tweet.pk]] * 3
