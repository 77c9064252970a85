"""Polls: asked once, voted once each, counted exactly, ended once."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import actions as people
from accounts.models import User
from stores import redis
from tests import factories
from tests.threads import at_once
from timelines import tasks
from timelines.models import FeedEvent
from tweets.actions import delete_tweet, post_tweet, retweet
from tweets.composing import NewPoll
from tweets.counts import polls as counts
from tweets.models import Poll, PollCountChange, PollVote, Tweet
from tweets.polls.actions import close_due, poll_closed, vote
from tweets.purging import purge
from tweets.rejections import (
    AlreadyVoted,
    ChoiceTooLong,
    EmptyChoice,
    NoSuchChoice,
    OwnPoll,
    PollClosed,
    Rejected,
    SameChoice,
    TooFewChoices,
    TooManyChoices,
    WrongDuration,
)

pytestmark = pytest.mark.django_db


def state() -> tuple[int, ...]:
    models = (Tweet, Poll, PollVote, PollCountChange, FeedEvent)
    return tuple(model.objects.count() for model in models)


def asked(author: User, *choices: str, minutes: int = 60) -> Tweet:
    return factories.tweet(author, poll=factories.poll(*choices, minutes=minutes))


def end(tweet: Tweet) -> None:
    Poll.objects.filter(pk=tweet.pk).update(ends_at=timezone.now() - timedelta(hours=3))


@pytest.fixture
def ended() -> Iterator[list[int]]:
    """The polls of which the end was told, in order."""
    told: list[int] = []

    def hear(poll: Poll, **_: object) -> None:
        told.append(poll.pk)

    poll_closed.connect(hear)
    yield told
    poll_closed.disconnect(hear)


class TestAsking:
    @pytest.mark.parametrize("choices", [("Yes", "No"), ("a", "b", "c", "d"), ("x" * 25, "y" * 25)])
    @pytest.mark.parametrize("minutes", [5, 7 * 24 * 60])
    def test_two_to_four_choices_for_five_minutes_to_seven_days(
        self, ada: User, choices: tuple[str, ...], minutes: int
    ) -> None:
        before = timezone.now()
        poll = asked(ada, *choices, minutes=minutes).poll
        assert poll.choices == list(choices)
        assert before + timedelta(minutes=minutes) <= poll.ends_at <= timezone.now() + timedelta(minutes=minutes)
        assert poll.closed_at is None

    def test_choices_are_cleaned(self, ada: User) -> None:
        assert asked(ada, "  Tea \n now ", "Coffee\u200b\u202e").poll.choices == ["Tea now", "Coffee"]

    @pytest.mark.parametrize(
        ("choices", "minutes", "reason"),
        [
            ((), 60, TooFewChoices),
            (("Yes",), 60, TooFewChoices),
            (("a", "b", "c", "d", "e"), 60, TooManyChoices),
            (("Yes", " \u200b "), 60, EmptyChoice),
            (("Yes", "x" * 26), 60, ChoiceTooLong),
            (("Yes", "Yes "), 60, SameChoice),
            (("Yes", "YES"), 60, SameChoice),
            (("Yes", "No"), 4, WrongDuration),
            (("Yes", "No"), 7 * 24 * 60 + 1, WrongDuration),
            (("Yes", "No"), -(10**30), WrongDuration),
        ],
    )
    def test_anything_else_is_not_asked_and_nothing_posted(
        self, ada: User, choices: tuple[str, ...], minutes: int, reason: type[Rejected]
    ) -> None:
        before = state()
        with pytest.raises(reason):
            post_tweet(author=ada, text="well?", poll=NewPoll(choices, minutes))
        assert state() == before


class TestVoting:
    def test_counts_once_however_often_it_is_sent(self, ada: User, grace: User) -> None:
        tweet = asked(grace)
        assert vote(user=ada, tweet_id=tweet.pk, choice=2) == tweet
        before = state()
        assert vote(user=ada, tweet_id=tweet.pk, choice=2) == tweet
        assert state() == before
        assert counts.shown([tweet.pk]) == {tweet.pk: {"choice_1": 0, "choice_2": 1, "choice_3": 0, "choice_4": 0}}

    def test_in_a_retweet_is_in_the_original(self, ada: User, grace: User, alan: User) -> None:
        tweet = asked(grace)
        again = retweet(user=alan, tweet_id=tweet.pk)
        assert vote(user=ada, tweet_id=again.pk, choice=1) == tweet
        assert PollVote.objects.get().poll_id == tweet.pk

    def test_the_same_again_is_no_refusal_after_the_end(self, ada: User, grace: User) -> None:
        tweet = asked(grace)
        vote(user=ada, tweet_id=tweet.pk, choice=2)
        end(tweet)
        assert vote(user=ada, tweet_id=tweet.pk, choice=2) == tweet

    def test_what_does_not_count_changes_nothing(self, ada: User, grace: User, alan: User) -> None:
        tweet, over = asked(grace), asked(grace)
        end(over)
        vote(user=alan, tweet_id=tweet.pk, choice=1)
        before = state()
        for user, about, choice, reason in (
            (alan, tweet, 2, AlreadyVoted),
            (grace, tweet, 1, OwnPoll),
            (ada, over, 1, PollClosed),
            (ada, tweet, 3, NoSuchChoice),
            (ada, tweet, 0, NoSuchChoice),
        ):
            with pytest.raises(reason):
                vote(user=user, tweet_id=about.pk, choice=choice)
        assert state() == before

    @pytest.mark.parametrize("what", ["gone", "suspended", "asks nothing", "never was"])
    def test_what_is_not_there_cannot_be_voted_in(self, ada: User, grace: User, what: str) -> None:
        tweet = factories.tweet(grace) if what == "asks nothing" else asked(grace)
        if what == "gone":
            delete_tweet(tweet=tweet)
        if what == "suspended":
            people.suspend(user=grace)
        before = state()
        with pytest.raises(Tweet.DoesNotExist):
            vote(user=ada, tweet_id=1 if what == "never was" else tweet.pk, choice=1)
        assert state() == before

    def test_with_redis_away_counts_all_the_same(self, ada: User, grace: User) -> None:
        tweet = asked(grace)
        breaker = redis.breaker_of(redis.timelines().connection_pool)
        breaker.trip()
        try:
            vote(user=ada, tweet_id=tweet.pk, choice=1)
        finally:
            breaker.reset()
        assert counts.shown([tweet.pk])[tweet.pk]["choice_1"] == 1


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_one_vote_from_eight_threads_counts_once(self, ada: User, grace: User) -> None:
        tweet = asked(grace)

        def cast(choice: int) -> int:
            try:
                vote(user=ada, tweet_id=tweet.pk, choice=choice)
            except AlreadyVoted:
                return 0
            return choice

        cast_choices = at_once(*[lambda choice=1 + n % 2: cast(choice) for n in range(8)])
        mine = PollVote.objects.get()
        assert set(cast_choices) == {0, mine.choice}
        assert cast_choices.count(mine.choice) == 4
        assert list(PollCountChange.objects.values_list("kind", "change")) == [(f"choice_{mine.choice}", 1)]

    def test_counts_are_exact_while_they_are_settled(self, ada: User) -> None:
        tweet = asked(ada, "a", "b", "c", "d")
        voters = factories.people(64)
        dice = random.Random(7)
        choices = [dice.randint(1, 4) for _ in voters]

        def cast(part: int) -> None:
            for voter, choice in list(zip(voters, choices, strict=True))[part::8]:
                vote(user=voter, tweet_id=tweet.pk, choice=choice)
                vote(user=voter, tweet_id=tweet.pk, choice=choice)

        def settle() -> None:
            for _ in range(20):
                counts.settle(limit=3)

        counts.shown([tweet.pk])
        at_once(*[lambda part=part: cast(part) for part in range(8)], settle, settle)
        expected = {f"choice_{n}": choices.count(n) for n in range(1, 5)}
        assert counts.shown([tweet.pk])[tweet.pk] == expected
        tasks.settle_counts()
        poll = Poll.objects.get()
        assert {name: getattr(poll, f"{name}_count") for name in expected} == expected
        assert PollCountChange.objects.count() == 0
        redis.timelines().flushall()
        assert counts.shown([tweet.pk])[tweet.pk] == expected

    def test_votes_wait_for_no_other_vote(self, ada: User, grace: User, alan: User) -> None:
        """A vote whose transaction is still open holds up nobody."""
        tweet = asked(grace)
        with transaction.atomic():
            vote(user=ada, tweet_id=tweet.pk, choice=1)
            at_once(lambda: vote(user=alan, tweet_id=tweet.pk, choice=1))
            assert counts.load([tweet.pk])[tweet.pk].startswith(b'{"choice_1":2,')

    def test_an_end_is_noticed_once_by_four_schedulers(self, ada: User, ended: list[int]) -> None:
        tweets = [asked(ada) for _ in range(6)]
        for tweet in tweets[:5]:
            end(tweet)
        assert sum(at_once(close_due, close_due, close_due, close_due)) == 5
        assert sorted(ended) == [tweet.pk for tweet in tweets[:5]]
        assert Poll.objects.get(closed_at=None).pk == tweets[5].pk
        assert close_due() == 0


class TestEnding:
    def test_is_noticed_late_after_a_pause_and_not_early(self, ada: User, ended: list[int]) -> None:
        over, running = asked(ada), asked(ada)
        end(over)
        tasks.close_polls()
        tasks.close_polls()
        assert ended == [over.pk]
        assert Poll.objects.get(closed_at=None).pk == running.pk

    def test_that_a_receiver_could_not_take_is_told_again(self, ada: User, ended: list[int]) -> None:
        first, second = asked(ada), asked(ada)
        end(first)
        end(second)
        failing = [first.pk]

        def fail(poll: Poll, **_: object) -> None:
            if poll.pk in failing:
                raise RuntimeError("not now")

        poll_closed.connect(fail)
        try:
            assert close_due() == 1
            assert list(Poll.objects.filter(closed_at=None)) == [first.poll]
            failing.clear()
            assert close_due() == 1
        finally:
            poll_closed.disconnect(fail)
        assert Poll.objects.filter(closed_at=None).count() == 0
        assert ended == [first.pk, second.pk, first.pk]  # what the first time wrote was rolled back

    def test_of_a_deleted_tweet_concerns_nobody(self, ada: User, ended: list[int]) -> None:
        tweet = asked(ada)
        end(tweet)
        delete_tweet(tweet=tweet)
        assert close_due() == 0
        assert ended == []

    def test_is_found_by_an_index(self, ada: User) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(
                "EXPLAIN SELECT id FROM tweets_poll WHERE closed_at IS NULL AND ends_at <= now() ORDER BY ends_at"
            )
            assert "polls_to_close" in str(cursor.fetchall())


def test_what_is_left_of_a_deleted_poll_is_cleared_away(ada: User, grace: User) -> None:
    tweet = asked(ada)
    vote(user=grace, tweet_id=tweet.pk, choice=1)
    delete_tweet(tweet=tweet)
    assert [purge(tweet.pk), purge(tweet.pk)] == [False, True]
    assert (Tweet.objects.count(), Poll.objects.count(), PollVote.objects.count()) == (0, 0, 0)
    assert PollCountChange.objects.count() == 0
