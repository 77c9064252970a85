"""From what people do to what others are told: who joins a group, who leaves it, when a new one begins."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import actions as people
from accounts.models import User
from notifications import draining, folding, queries, unfolding, upkeep
from notifications import groups as rows
from notifications.actions import mark_read
from notifications.models import NAMED, Kind, Notification, NotificationActor, NotificationEvent
from notifications.queries import Filter
from tests import factories
from tests.notifications.looks import groups, told
from tweets import purging
from tweets.actions import delete_tweet, like, retweet, undo_retweet, unlike
from tweets.models import Poll, Tweet, id_at
from tweets.polls import actions as polls

pytestmark = pytest.mark.django_db

Fold = Callable[[], None]


def reads(user: User) -> None:
    mark_read(user=user, up_to=queries.newest_position(user.pk))


def settle_accounts() -> None:
    """As if the 15 seconds had passed for which the end of an account waits."""
    NotificationEvent.objects.update(due_at=timezone.now())


class TestKinds:
    def test_everything_that_concerns_somebody_is_told_once(self, ada: User, grace: User, fold: Fold) -> None:
        tweet = factories.tweet(ada)
        factories.follow(grace, ada)
        like(user=grace, tweet_id=tweet.pk)
        retweet(user=grace, tweet_id=tweet.pk)
        factories.tweet(grace, quote_of_id=tweet.pk)
        factories.tweet(grace, in_reply_to_id=tweet.pk)
        fold()
        assert told(ada) == [(kind, ["grace"], 1) for kind in ("reply", "quote", "retweet", "like", "follow")]
        assert told(grace) == []
        assert not NotificationEvent.objects.exists()

    def test_a_reply_that_quotes_the_same_person_is_a_reply(self, ada: User, grace: User, fold: Fold) -> None:
        tweet = factories.tweet(ada)
        factories.tweet(grace, in_reply_to_id=tweet.pk, quote_of_id=tweet.pk)
        fold()
        assert told(ada) == [("reply", ["grace"], 1)]

    def test_a_reply_that_quotes_somebody_else_tells_both(self, ada: User, grace: User, alan: User, fold: Fold) -> None:
        factories.tweet(alan, in_reply_to_id=factories.tweet(ada).pk, quote_of_id=factories.tweet(grace).pk)
        fold()
        assert (told(ada), told(grace)) == ([("reply", ["alan"], 1)], [("quote", ["alan"], 1)])

    def test_who_is_mentioned_is_told_unless_he_is_answered_or_quoted(
        self, ada: User, grace: User, alan: User, fold: Fold
    ) -> None:
        linus = factories.person("linus")
        asked, quoted = factories.tweet(ada), factories.tweet(grace)
        factories.tweet(linus, "@ada @grace @alan @linus", in_reply_to_id=asked.pk, quote_of_id=quoted.pk)
        fold()
        assert [told(each) for each in (ada, grace, alan, linus)] == [
            [("reply", ["linus"], 1)],
            [("quote", ["linus"], 1)],
            [("mention", ["linus"], 1)],
            [],
        ]

    def test_the_end_of_a_poll_is_told_to_its_author_and_to_whoever_voted(
        self, ada: User, grace: User, alan: User, fold: Fold, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(unfolding, "AT_ONCE", 2)
        tweet, voters = factories.tweet(ada, poll=factories.poll()), factories.people(3)
        for voter in (grace, *voters):
            polls.vote(user=voter, tweet_id=tweet.pk, choice=1)
        Poll.objects.update(ends_at=timezone.now())
        assert polls.close_due() == 1
        fold()
        assert [told(each) for each in (ada, grace, *voters)] == [[("poll", ["ada"], 1)]] * 5
        assert told(alan) == []

    def test_nobody_is_told_of_himself(self, ada: User, fold: Fold) -> None:
        tweet = factories.tweet(ada)
        like(user=ada, tweet_id=tweet.pk)
        retweet(user=ada, tweet_id=tweet.pk)
        factories.tweet(ada, in_reply_to_id=tweet.pk, quote_of_id=tweet.pk)
        assert not NotificationEvent.objects.exists()
        fold()
        assert told(ada) == []

    def test_likes_of_a_retweet_are_told_to_whoever_wrote_it(
        self, ada: User, grace: User, alan: User, fold: Fold
    ) -> None:
        mine = retweet(user=grace, tweet_id=factories.tweet(ada).pk)
        like(user=alan, tweet_id=mine.pk)
        fold()
        assert told(ada) == [("like", ["alan"], 1), ("retweet", ["grace"], 1)]
        assert told(grace) == []


class TestGroups:
    def test_all_who_like_a_tweet_are_one_entry_the_latest_first(self, ada: User, fold: Fold) -> None:
        tweet, fans = factories.tweet(ada), factories.people(12)
        for fan in fans:
            like(user=fan, tweet_id=tweet.pk)
        fold()
        latest = [fan.username for fan in reversed(fans)]
        assert told(ada) == [("like", latest[:NAMED], 12)]
        assert NotificationActor.objects.count() == 12

    def test_whoever_comes_later_joins_it_and_brings_it_to_the_top(
        self, ada: User, grace: User, alan: User, fold: Fold
    ) -> None:
        first, second = factories.tweet(ada), factories.tweet(ada)
        for tweet in (first, second):
            like(user=grace, tweet_id=tweet.pk)
            fold()
        like(user=alan, tweet_id=first.pk)
        fold()
        assert groups(ada) == [(Kind.LIKE, first.pk, [alan.pk, grace.pk]), (Kind.LIKE, second.pk, [grace.pk])]

    def test_followers_are_one_entry(self, ada: User, grace: User, alan: User, fold: Fold) -> None:
        factories.follow(grace, ada)
        factories.follow(alan, ada)
        fold()
        assert told(ada) == [("follow", ["alan", "grace"], 2)]

    def test_one_that_was_seen_is_closed(self, ada: User, grace: User, alan: User, fold: Fold) -> None:
        tweet = factories.tweet(ada)
        like(user=grace, tweet_id=tweet.pk)
        fold()
        reads(ada)
        like(user=alan, tweet_id=tweet.pk)
        fold()
        assert told(ada) == [("like", ["alan"], 1), ("like", ["grace"], 1)]

    def test_one_of_yesterday_is_closed(self, ada: User, grace: User, alan: User, fold: Fold) -> None:
        tweet = factories.tweet(ada)
        like(user=grace, tweet_id=tweet.pk)
        fold()
        Notification.objects.update(opened_at=timezone.now() - timedelta(days=1))
        like(user=alan, tweet_id=tweet.pk)
        fold()
        assert told(ada) == [("like", ["alan"], 1), ("like", ["grace"], 1)]

    def test_whom_one_follows_is_named_first(self, ada: User, grace: User, fold: Fold) -> None:
        tweet, fans = factories.tweet(ada), factories.people(NAMED)
        factories.follow(ada, grace)
        for fan in (grace, *fans):
            like(user=fan, tweet_id=tweet.pk)
        fold()
        expected = ["grace", *[fan.username for fan in fans[:0:-1]]]
        assert told(ada) == [("like", expected, NAMED + 1)]
        assert told(ada, Filter.FOLLOWING) == [("like", ["grace"], NAMED + 1)]


class TestTakingBack:
    def test_who_takes_it_back_leaves_and_the_next_is_named(self, ada: User, fold: Fold) -> None:
        tweet, fans = factories.tweet(ada), factories.people(NAMED + 2)
        for fan in fans:
            like(user=fan, tweet_id=tweet.pk)
        fold()
        unlike(user=fans[-1], tweet_id=tweet.pk)
        fold()
        latest = [fan.username for fan in reversed(fans[:-1])]
        assert told(ada) == [("like", latest[:NAMED], NAMED + 1)]

    def test_a_friend_who_leaves_is_not_named_as_one(self, ada: User, grace: User, alan: User, fold: Fold) -> None:
        tweet = factories.tweet(ada)
        factories.follow(ada, grace)
        for fan in (grace, alan):
            like(user=fan, tweet_id=tweet.pk)
        fold()
        unlike(user=grace, tweet_id=tweet.pk)
        fold()
        assert told(ada) == [("like", ["alan"], 1)]
        assert told(ada, Filter.FOLLOWING) == []

    def test_a_group_that_nobody_is_left_in_goes(self, ada: User, grace: User, fold: Fold) -> None:
        tweet = factories.tweet(ada)
        factories.follow(grace, ada)
        like(user=grace, tweet_id=tweet.pk)
        retweet(user=grace, tweet_id=tweet.pk)
        answer, mention = factories.tweet(grace, in_reply_to_id=tweet.pk), factories.tweet(grace, "Hello @ada")
        fold()
        assert len(told(ada)) == 5
        people.unfollow(follower=grace, followee=ada)
        unlike(user=grace, tweet_id=tweet.pk)
        undo_retweet(user=grace, tweet_id=tweet.pk)
        delete_tweet(tweet=answer)
        delete_tweet(tweet=mention)
        fold()
        assert not Notification.objects.exists()
        assert not NotificationActor.objects.exists()

    def test_it_counts_in_closed_groups_too(self, ada: User, grace: User, alan: User, fold: Fold) -> None:
        tweet = factories.tweet(ada)
        for fan in (grace, alan):
            like(user=fan, tweet_id=tweet.pk)
            fold()
        reads(ada)
        unlike(user=grace, tweet_id=tweet.pk)
        fold()
        assert told(ada) == [("like", ["alan"], 1)]

    def test_what_was_taken_back_before_anybody_looked_is_not_told(self, ada: User, grace: User, fold: Fold) -> None:
        tweet = factories.tweet(ada)
        like(user=grace, tweet_id=tweet.pk)
        unlike(user=grace, tweet_id=tweet.pk)
        fold()
        assert told(ada) == []

    def test_what_is_done_again_is_told_again(self, ada: User, grace: User, fold: Fold) -> None:
        tweet = factories.tweet(ada)
        for change in (like, unlike, like):
            change(user=grace, tweet_id=tweet.pk)
            fold()
        assert told(ada) == [("like", ["grace"], 1)]


class TestTheEndOfThings:
    def test_nobody_is_told_who_liked_a_tweet_that_is_deleted(
        self, ada: User, grace: User, fold: Fold, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tweet = factories.tweet(ada)
        for fan in factories.people(5):
            like(user=fan, tweet_id=tweet.pk)
        retweet(user=grace, tweet_id=tweet.pk)
        fold()
        monkeypatch.setattr(rows.clear, "__defaults__", (2,))
        delete_tweet(tweet=tweet)
        assert told(ada) == []
        while not purging.purge(tweet.pk):
            pass
        fold()
        assert not Notification.objects.exists()
        assert not NotificationActor.objects.exists()

    def test_whose_account_is_deleted_is_in_no_group(
        self, ada: User, grace: User, alan: User, fold: Fold, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(unfolding, "AT_ONCE", 2)
        for tweet in [factories.tweet(ada) for _ in range(5)]:
            for fan in (grace, alan):
                like(user=fan, tweet_id=tweet.pk)
        factories.follow(ada, grace)
        fold()
        grace_id = grace.pk
        grace.delete()
        assert told(ada) == [("like", ["alan"], 1)] * 5
        settle_accounts()
        fold()
        assert told(ada) == [("like", ["alan"], 1)] * 5
        assert not NotificationActor.objects.filter(actor_id=grace_id).exists()
        assert not Notification.objects.filter(recipient_id=grace_id).exists()

    def test_what_is_ninety_days_old_is_purged(self, ada: User, grace: User, fold: Fold) -> None:
        old, new = factories.tweet(ada), factories.tweet(ada)
        for tweet in (old, new):
            like(user=grace, tweet_id=tweet.pk)
        fold()
        then = id_at(timezone.now() - upkeep.KEPT_FOR - timedelta(minutes=1))
        Notification.objects.filter(tweet_id=old.pk).update(position=then)
        while upkeep.purge():
            pass
        assert groups(ada) == [(Kind.LIKE, new.pk, [grace.pk])]
        assert NotificationActor.objects.count() == 1


class TestDraining:
    def test_folding_anything_twice_changes_nothing(self, ada: User, grace: User, alan: User) -> None:
        tweet = factories.tweet(ada)
        for fan in (grace, alan):
            like(user=fan, tweet_id=tweet.pk)
        unlike(user=alan, tweet_id=tweet.pk)
        events = list(NotificationEvent.objects.order_by("pk"))
        assert [folding.fold(events), folding.fold(events), folding.fold(events[::-1])] == [{ada.pk}, set(), set()]
        assert groups(ada) == [(Kind.LIKE, tweet.pk, [grace.pk])]
        assert NotificationActor.objects.count() == 1

    def test_an_event_that_raises_is_put_off_alone(
        self, ada: User, grace: User, fold: Fold, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tweet, other = factories.tweet(ada), factories.tweet(ada)
        like(user=grace, tweet_id=tweet.pk)
        like(user=grace, tweet_id=other.pk)
        real = folding.fold

        def raises(events: list[NotificationEvent]) -> set[int]:
            if any(event.tweet_id == tweet.pk for event in events):
                raise ValueError("no")
            return real(events)

        monkeypatch.setattr(folding, "fold", raises)
        fold()
        [left] = NotificationEvent.objects.all()
        assert (left.tweet_id, left.attempts, left.error) == (tweet.pk, 1, "ValueError: no")
        assert left.due_at > timezone.now()
        assert groups(ada) == [(Kind.LIKE, other.pk, [grace.pk])]
        monkeypatch.undo()
        upkeep.retry(event_ids=[left.pk])
        fold()
        assert len(groups(ada)) == 2

    def test_a_batch_costs_the_same_queries_for_2_and_200_likes(self, ada: User, fold: Fold) -> None:
        tweet, fans = factories.tweet(ada), factories.people(202)
        costs = []
        for some in (fans[:2], fans[2:]):
            for fan in some:
                like(user=fan, tweet_id=tweet.pk)
            with CaptureQueriesContext(connection) as asked:
                assert draining.drain()
            costs.append(len(asked))
        assert costs[0] == costs[1], asked.captured_queries
        assert told(ada)[0][2] == 202

    def test_a_like_waits_for_no_row(self, ada: User, grace: User, alan: User) -> None:
        tweet = factories.tweet(ada)
        with CaptureQueriesContext(connection) as asked:
            like(user=grace, tweet_id=tweet.pk)
        written = [each["sql"] for each in asked if "notifications_" in each["sql"]]
        assert len(written) == 1
        assert written[0].split()[:3] == ["INSERT", "INTO", "notifications_notificationevent"]


def test_a_tweet_that_is_gone_with_its_row_is_nobodys(ada: User, grace: User, fold: Fold) -> None:
    quoted = factories.tweet(ada)
    quote = factories.tweet(grace, quote_of_id=quoted.pk)
    fold()
    delete_tweet(tweet=quoted)
    while not purging.purge(quoted.pk):
        pass
    assert not Tweet.objects.filter(pk=quoted.pk).exists()
    delete_tweet(tweet=Tweet.objects.get(pk=quote.pk))
    fold()
    assert told(ada) == []
