"""Ids minted by PostgreSQL: unique, never stepping back, whoever mints, whatever the clock does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import OperationalError
from django.utils import timezone

from accounts.models import User
from tests import factories
from tests.threads import at_once
from tweets.models import EPOCH, ID_SHIFT, id_at, posted_at

TURN = 7310579611


def mint() -> int:
    minted: Any = ask("SELECT new_tweet_id()")
    return int(minted)


def ask(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_ids_and_moments_are_two_names_for_one_thing() -> None:
    moment = datetime(2026, 3, 4, 5, 6, 7, 89_000, tzinfo=UTC)
    assert posted_at(id_at(moment)) == moment
    assert posted_at(id_at(moment) + 2**ID_SHIFT - 1) == moment
    assert id_at(EPOCH) == 0
    assert id_at(EPOCH + timedelta(days=365 * 69)) < 2**63


@pytest.mark.django_db
def test_a_tweet_knows_when_it_was_posted(ada: User) -> None:
    before = timezone.now() - timedelta(milliseconds=2)
    tweet = factories.tweet(ada)
    assert before <= tweet.created_at <= timezone.now() + timedelta(milliseconds=2)


@pytest.mark.django_db(transaction=True)
def test_ids_minted_by_eight_at_once_are_unique_and_increase_for_each() -> None:
    def mint_many() -> list[int]:
        return [mint() for _ in range(100)]

    by_thread = at_once(*[mint_many] * 8)
    assert all(ids == sorted(ids) for ids in by_thread)
    assert len({each for ids in by_thread for each in ids}) == 800


@pytest.mark.django_db(transaction=True)
def test_who_mints_after_another_has_the_higher_id() -> None:
    """Also across connections: nobody's id lies below one that was handed out before he asked."""
    for _ in range(20):
        first = at_once(mint)[0]
        assert mint() > first


@pytest.fixture
def clock_an_hour_back() -> Iterator[int]:
    """The sequence is where it was before the clock stepped back; the id it is at."""
    ahead = id_at(timezone.now() + timedelta(hours=1))
    ask(f"SELECT setval('tweet_id_seq', {ahead})")
    yield ahead
    ask("SELECT setval('tweet_id_seq', 1)")


@pytest.mark.django_db
def test_when_the_clock_steps_back_ids_go_on_by_one(clock_an_hour_back: int) -> None:
    assert [mint() for _ in range(3)] == [clock_an_hour_back + 1, clock_an_hour_back + 2, clock_an_hour_back + 3]


@pytest.mark.django_db
def test_when_the_sequence_lags_it_is_pushed_up_to_the_clock() -> None:
    ask("SELECT setval('tweet_id_seq', 5)")
    assert posted_at(mint()) > timezone.now() - timedelta(seconds=5)


@pytest.mark.django_db(transaction=True)
def test_minting_does_not_wait_for_transactions_that_minted_before(ada: User) -> None:
    with transaction.atomic():
        tweet = factories.tweet(ada)
        assert at_once(mint)[0] > tweet.pk


@pytest.mark.django_db(transaction=True)
def test_who_is_cancelled_while_minting_keeps_nobody_from_it() -> None:
    ask(f"SELECT pg_advisory_lock({TURN})::text")

    def cancelled() -> int:
        ask("SELECT set_config('statement_timeout', '100', false)")
        with pytest.raises(OperationalError):
            mint()
        return int(str(ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")))

    assert at_once(cancelled) == [0]
    ask(f"SELECT pg_advisory_unlock({TURN})")
    assert at_once(mint, mint)
