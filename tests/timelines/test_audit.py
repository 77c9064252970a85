"""The audit finds what is wrong, each kind by itself, and nothing that is right or only on its way."""

import time
from collections.abc import Callable

import pytest
from django.conf import LazySettings

from accounts import actions
from accounts.models import User
from stores import redis
from tests import factories
from tests.timelines.lists import companions, deliver, shown
from timelines import audit, crowds, inbox, walks
from timelines.differences import Difference
from timelines.inbox import AUTHORED, INBOX
from timelines.models import Crowd
from tweets.actions import delete_tweet, retweet

pytestmark = pytest.mark.django_db(transaction=True)

Drain = Callable[[], None]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "UNDECIDED_SECONDS", 0.0)


@pytest.fixture
def posted(ada: User, grace: User, alan: User, drain: Drain) -> list[int]:
    """Ada's home is warm and holds what grace posted, newest last; alan is nobody to her."""
    factories.follow(ada, grace)
    drain()
    shown(ada)
    tweets = [factories.tweet(author).pk for _ in range(3) for author in (grace, alan)]
    drain()
    return tweets[::2]


def remove(owner_id: int, tweet_id: int, kind: str = INBOX) -> None:
    """Take an entry out of a list, as no code of ours ever does."""
    key = inbox.key(kind, owner_id)
    stored = redis.timelines().get(key)
    assert isinstance(stored, bytes)
    redis.timelines().set(key, stored.replace(inbox.pack_ids([tweet_id]), b""), keepttl=True)


def difference_of(reader: User) -> Difference:
    return audit.inboxes([reader.pk]).survivors.get(reader.pk, Difference())


class TestWhatIsRight:
    def test_is_counted_and_without_difference(self, ada: User, grace: User, posted: list[int]) -> None:
        found = audit.inboxes(audit.reader_ids())
        assert (found.owners, found.warm, found.entries, found.full) == (3, 1, 3, 1)
        assert (found.survivors, found.undecided, found.seen, found.failed) == ({}, set(), {}, False)
        assert found.bytes_each > 8 * len(posted)

    def test_is_left_as_it_was(self, ada: User, grace: User, posted: list[int]) -> None:
        for key in companions(ada.pk):
            redis.timelines().expire(key, 1000)
        audit.inboxes(audit.reader_ids())
        assert all(redis.timelines().ttl(key) <= 1000 for key in companions(ada.pk))
        assert not redis.timelines().exists(*companions(grace.pk))

    def test_replies_belong_to_those_who_follow_both(
        self, ada: User, grace: User, alan: User, posted: list[int], drain: Drain
    ) -> None:
        stranger, own = factories.tweet(alan), factories.tweet(ada)
        for answered in (stranger, own):
            factories.tweet(grace, in_reply_to_id=answered.pk)
        factories.tweet(ada, in_reply_to_id=stranger.pk)
        drain()
        assert not difference_of(ada)
        assert audit.inboxes([ada.pk]).entries == len(posted) + 3

    def test_an_inbox_below_its_floor_is_full(
        self, ada: User, grace: User, posted: list[int], settings: LazySettings
    ) -> None:
        settings.INBOX_SIZE = 4
        inbox.forget(INBOX, [ada.pk])
        shown(ada)
        found = audit.inboxes([ada.pk])
        assert (found.entries, found.full, found.failed) == (2, 1, False)

    def test_a_sample_is_as_large_as_asked_for(self, posted: list[int]) -> None:
        assert len(audit.reader_ids(2)) == 2


class TestWhatIsOnItsWay:
    def test_is_undecided(self, ada: User, grace: User, posted: list[int], drain: Drain) -> None:
        factories.tweet(grace)
        found = audit.inboxes([ada.pk])
        assert (found.survivors, found.undecided, found.failed) == ({}, {ada.pk}, False)
        drain()
        assert audit.inboxes([ada.pk]).undecided == set()

    def test_is_waited_for(
        self, ada: User, grace: User, posted: list[int], drain: Drain, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(audit, "UNDECIDED_SECONDS", 60.0)
        monkeypatch.setattr(time, "sleep", lambda seconds: drain())
        factories.tweet(grace)
        found = audit.inboxes([ada.pk])
        assert (found.survivors, found.undecided) == ({}, set())

    def test_does_not_hide_what_is_missing_elsewhere(
        self, ada: User, grace: User, alan: User, posted: list[int]
    ) -> None:
        shown(alan)
        remove(ada.pk, posted[1])
        factories.tweet(alan)
        redis.timelines().delete(inbox.key("ties", alan.pk))
        assert audit.inboxes([ada.pk, alan.pk]).survivors == {ada.pk: Difference(missing=frozenset({posted[1]}))}


class TestWhatIsWrong:
    def test_missing(self, ada: User, posted: list[int]) -> None:
        remove(ada.pk, posted[1])
        found = audit.inboxes([ada.pk])
        assert (found.survivors[ada.pk], found.missing) == (Difference(missing=frozenset({posted[1]})), 1)
        assert found.failed

    def test_stale_and_hidden(self, ada: User, grace: User, posted: list[int], drain: Drain) -> None:
        delete_tweet(tweet=grace.tweets.get(pk=posted[0]))
        drain()
        found = audit.inboxes([ada.pk])
        assert (found.survivors[ada.pk], found.seen) == (Difference(stale=frozenset({posted[0]})), {})
        assert not found.failed

    def test_by_a_stranger_is_hidden(self, ada: User, alan: User, posted: list[int]) -> None:
        strange = alan.tweets.latest("pk").pk
        deliver(ada.pk, strange)
        found = audit.inboxes([ada.pk])
        assert (found.survivors[ada.pk], found.seen) == (Difference(stale=frozenset({strange})), {})
        assert not found.failed

    def test_stale_and_seen(self, ada: User, alan: User, posted: list[int]) -> None:
        strange = alan.tweets.latest("pk").pk
        deliver(ada.pk, strange)
        redis.timelines().sadd(inbox.key("ties", ada.pk), alan.pk)
        found = audit.inboxes([ada.pk])
        assert found.survivors[ada.pk] == Difference(stale=frozenset({strange}), ties=frozenset({alan.pk}))
        assert (found.seen, found.failed) == ({ada.pk: [strange]}, True)

    def test_ties(self, ada: User, grace: User, posted: list[int]) -> None:
        redis.timelines().srem(inbox.key("ties", ada.pk), grace.pk)
        found = audit.inboxes([ada.pk])
        assert (found.survivors[ada.pk], found.failed) == (Difference(ties=frozenset({grace.pk})), True)

    def test_twice(self, ada: User, posted: list[int]) -> None:
        redis.timelines().append(inbox.key(INBOX, ada.pk), inbox.pack_ids([posted[2]]))
        found = audit.inboxes([ada.pk])
        assert (found.survivors[ada.pk], found.failed) == (Difference(disordered=True), True)

    def test_is_forgotten_when_repaired(self, ada: User, posted: list[int]) -> None:
        remove(ada.pk, posted[1])
        assert audit.forget(audit.inboxes([ada.pk])) == 1
        assert shown(ada) == posted[::-1]
        assert not difference_of(ada)


class TestCrowds:
    @pytest.fixture
    def pulled(self, ada: User, grace: User, posted: list[int], drain: Drain) -> list[int]:
        """Grace is a crowd; ada's home is warm again and unites both lists."""
        crowds.begin(grace.pk)
        drain()
        shown(ada)
        tweets = [factories.tweet(grace).pk for _ in range(2)]
        drain()
        assert Crowd.objects.get(author=grace).state == Crowd.State.PULL
        return tweets

    def test_all_right(self, ada: User, pulled: list[int]) -> None:
        assert not difference_of(ada)
        found = audit.authored_lists()
        assert (found.owners, found.warm, found.survivors) == (1, 1, {})

    def test_missing_from_the_authored_list(self, grace: User, pulled: list[int]) -> None:
        remove(grace.pk, pulled[0], AUTHORED)
        found = audit.authored_lists()
        assert (found.survivors, found.failed) == ({grace.pk: Difference(missing=frozenset({pulled[0]}))}, True)
        audit.forget(found)
        assert audit.authored_lists().warm == 0

    def test_not_among_the_pulls(self, ada: User, grace: User, pulled: list[int]) -> None:
        redis.timelines().set(inbox.key("pulls", ada.pk), inbox.pack_ids([inbox.SENTINEL]))
        found = audit.inboxes([ada.pk])
        assert (found.survivors[ada.pk], found.failed) == (Difference(pulls=frozenset({grace.pk})), True)


class TestWalks:
    def test_right_down_and_up(
        self, ada: User, grace: User, alan: User, posted: list[int], drain: Drain, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(walks, "PAGE", 2)
        factories.follow(grace, alan)
        retweet(user=grace, tweet_id=alan.tweets.latest("pk").pk)
        retweet(user=grace, tweet_id=posted[0])
        drain()
        found = walks.walk([ada.pk, grace.pk])
        assert (found.readers, found.wrong) == (2, {})
        assert walks.expected(ada.pk)[2:] == posted[:0:-1]  # under two retweets, one of which is of the oldest

    def test_the_suspended_are_hidden(self, ada: User, grace: User, posted: list[int], drain: Drain) -> None:
        actions.suspend(user=grace)
        drain()
        assert walks.expected(ada.pk) == []
        assert walks.walk([ada.pk]).wrong == {}

    def test_a_hole_is_found(self, ada: User, posted: list[int]) -> None:
        remove(ada.pk, posted[1])
        assert walks.walk([ada.pk]).wrong == {
            ada.pk: f"down, entry 1 of 3: {posted[0]} instead of {posted[1]}",
        }
