"""What a viewer must not see is right on the very next page, and needs no SQL on those after."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Mute, MutedWord, User
from accounts.relations import actions, sight
from accounts.relations.sight import CLEAR, Hidden, Sight
from stores import redis
from tests import factories

pytestmark = pytest.mark.django_db


def warm(viewer: User) -> None:
    """As 15 seconds after the last change, and a page later."""
    redis.timelines().delete(*sight._keys(viewer.pk))
    sight.of(viewer.pk, [])


def from_redis(viewer: User, *people: User) -> Sight:
    def refuse(*args: object) -> object:
        raise AssertionError("PostgreSQL was asked")

    with connection.execute_wrapper(refuse):
        return sight.of(viewer.pk, [each.pk for each in people])


def test_who_hides_nothing_is_told_so_by_redis_alone(ada: User, grace: User) -> None:
    warm(ada)
    assert from_redis(ada, grace) is CLEAR
    assert sight.of(None, [grace.pk]) is CLEAR
    assert redis.timelines().keys("sight:*") == [f"sight:{{{ada.pk}}}".encode()]


def hide_retweets(ada: User, grace: User) -> None:
    factories.follow(ada, grace)
    actions.show_retweets(follower=ada, followee=grace, show=False)


@pytest.mark.parametrize(
    ("do", "undo", "why"),
    [
        (
            lambda ada, grace: actions.block(blocker=ada, blocked=grace),
            lambda ada, grace: actions.unblock(blocker=ada, blocked=grace),
            Hidden.BLOCKED,
        ),
        (
            lambda ada, grace: actions.block(blocker=grace, blocked=ada),
            lambda ada, grace: actions.unblock(blocker=grace, blocked=ada),
            Hidden.BLOCKED,
        ),
        (
            lambda ada, grace: actions.mute(muter=ada, muted=grace),
            lambda ada, grace: actions.unmute(muter=ada, muted=grace),
            Hidden.MUTED,
        ),
        (
            hide_retweets,
            lambda ada, grace: actions.show_retweets(follower=ada, followee=grace, show=True),
            Hidden.RETWEETS,
        ),
        (
            hide_retweets,
            lambda ada, grace: actions.remove_follower(followee=grace, follower=ada),
            Hidden.RETWEETS,
        ),
    ],
)
def test_every_reason_shows_at_once_and_from_redis_later(
    ada: User,
    grace: User,
    alan: User,
    do: Callable[[User, User], object],
    undo: Callable[[User, User], object],
    why: Hidden,
) -> None:
    people = [grace.pk, alan.pk]
    warm(ada)
    do(ada, grace)
    assert sight.of(ada.pk, people) == Sight({grace.pk: why})
    warm(ada)
    assert from_redis(ada, grace, alan) == Sight({grace.pk: why})
    undo(ada, grace)
    assert sight.of(ada.pk, people) == CLEAR
    warm(ada)
    assert from_redis(ada, grace, alan) is CLEAR


def test_reasons_add_up_and_words_and_conversations_come_along(ada: User, grace: User) -> None:
    factories.follow(ada, grace)
    actions.show_retweets(follower=ada, followee=grace, show=False)
    actions.mute(muter=ada, muted=grace)
    actions.mute_phrase(user=ada, phrase="Cats")
    actions.mute_conversation(user=ada, conversation_id=7)
    expected = Sight({grace.pk: Hidden.MUTED | Hidden.RETWEETS}, ("cats",), frozenset([7]))
    assert sight.of(ada.pk, [grace.pk]) == expected
    warm(ada)
    assert from_redis(ada, grace) == expected
    assert from_redis(ada) == Sight({}, ("cats",), frozenset([7]))


def test_a_timed_mute_ends_by_itself_wherever_it_is_asked_for(ada: User, grace: User) -> None:
    soon = timezone.now() + timedelta(seconds=100)
    actions.mute(muter=ada, muted=grace, until=soon)
    actions.mute_phrase(user=ada, phrase="cats", until=soon + timedelta(days=1))
    warm(ada)
    assert from_redis(ada, grace) == Sight({grace.pk: Hidden.MUTED}, ("cats",))
    assert [90 < redis.timelines().ttl(key) <= 100 for key in sight._keys(ada.pk)] == [True, True]
    Mute.objects.update(until=timezone.now())
    MutedWord.objects.update(until=timezone.now())
    assert sight.load(ada.pk, [grace.pk]) == CLEAR
    warm(ada)
    assert from_redis(ada, grace) is CLEAR


def test_what_is_kept_is_asked_for_anew_within_an_hour(ada: User) -> None:
    warm(ada)
    assert 3500 < redis.timelines().ttl(f"sight:{{{ada.pk}}}") <= 3600


def test_for_who_hides_very_many_postgres_answers_about_the_page(
    ada: User, grace: User, alan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sight, "_ALL", sight._ALL.replace("4001", "3"))
    monkeypatch.setattr(sight, "MOST_KEPT", 2)
    actions.block(blocker=grace, blocked=ada)
    actions.mute(muter=ada, muted=alan)
    actions.mute_phrase(user=ada, phrase="cats")
    warm(ada)
    assert redis.timelines().get(f"sight:{{{ada.pk}}}") == b"2"
    assert not redis.timelines().exists(f"sight:{{{ada.pk}}}:people")
    assert sight.of(ada.pk, [grace.pk]) == Sight({grace.pk: Hidden.BLOCKED}, ("cats",))


@pytest.mark.parametrize("lost", [0, 1])
def test_any_key_lost_costs_a_rebuild_and_hides_no_less(ada: User, grace: User, lost: int) -> None:
    actions.block(blocker=grace, blocked=ada)
    warm(ada)
    redis.timelines().delete(sight._keys(ada.pk)[lost])
    assert sight.of(ada.pk, [grace.pk]) == Sight({grace.pk: Hidden.BLOCKED})
    assert from_redis(ada, grace) == Sight({grace.pk: Hidden.BLOCKED})


def test_who_read_before_a_change_cannot_keep_what_he_read(
    ada: User, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = sight._rows

    def slow(sql: str, **values: object) -> list[sight.Row]:
        found = rows(sql, **values)
        monkeypatch.setattr(sight, "_rows", rows)
        actions.block(blocker=grace, blocked=ada)
        return found

    monkeypatch.setattr(sight, "_rows", slow)
    sight.rebuild(ada.pk)
    assert redis.timelines().get(f"sight:{{{ada.pk}}}") == b""
    assert sight.of(ada.pk, [grace.pk]) == Sight({grace.pk: Hidden.BLOCKED})


def test_without_redis_postgres_answers(ada: User, grace: User, monkeypatch: pytest.MonkeyPatch) -> None:
    actions.block(blocker=grace, blocked=ada)
    monkeypatch.setattr(redis.timelines().breaker, "check", away)
    assert sight.of(ada.pk, [grace.pk]) == Sight({grace.pk: Hidden.BLOCKED})


def away() -> None:
    raise redis.Away


def test_a_redis_that_was_away_during_the_change_is_told_by_the_event(
    ada: User, grace: User, monkeypatch: pytest.MonkeyPatch, drain: Callable[[], None]
) -> None:
    warm(ada)
    with monkeypatch.context() as patch:
        patch.setattr(redis.timelines().breaker, "check", away)
        actions.block(blocker=grace, blocked=ada)
    assert redis.timelines().get(f"sight:{{{ada.pk}}}") == b"0"
    drain()
    assert redis.timelines().get(f"sight:{{{ada.pk}}}") == b""
    assert sight.of(ada.pk, [grace.pk]) == Sight({grace.pk: Hidden.BLOCKED})
