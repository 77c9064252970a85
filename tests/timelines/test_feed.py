"""The pipeline of every feed: pages, cursors, refills and repeats, over ids that a test makes up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from accounts import actions
from accounts.models import User
from tests import factories
from timelines import explore, profile
from timelines.feed import REPEAT_WINDOW, Feed, FeedPage, what_is_wanted
from tweets.actions import delete_tweet, retweet
from tweets.presenting import Material

pytestmark = pytest.mark.django_db


@dataclass
class Listed:
    """A skeleton that is a list of ids, and remembers how many it was asked for.

    Attributes:
        spare: how many more it gives, unasked.
    """

    ids: Sequence[int]
    spare: int = 0
    asked: list[int] = field(default_factory=list)

    def older(self, before: int | None, count: int) -> Sequence[int]:
        self.asked.append(count)
        count += self.spare
        return [each for each in sorted(self.ids, reverse=True) if before is None or each < before][:count]

    def newer(self, since: int, count: int) -> Sequence[int]:
        return [each for each in sorted(self.ids) if each > since][:count]


def ids_of(page: FeedPage) -> list[int]:
    return [int(tweet["id"]) for tweet in page.shown()]


def tweets(author: User, number: int) -> list[int]:
    return factories.past_tweets([author], number)


def all_down(feed: Feed, limit: int) -> list[list[int]]:
    pages, page = [], feed.page(limit=limit)
    while page.older is not None:
        pages.append(ids_of(page))
        page = feed.page(before=page.older, limit=limit)
    return [*pages, ids_of(page)]


def all_up(feed: Feed, limit: int, since: int = 0) -> list[list[int]]:
    pages = []
    while (page := feed.page(since=since, limit=limit)).tweets:
        pages.append(ids_of(page))
        since = page.newer
    return pages


def hiding(hidden: Sequence[int]) -> Callable[[Material, Sequence[int]], Sequence[int]]:
    return lambda material, ids: [each for each in what_is_wanted(material, ids) if each not in hidden]


def test_an_empty_feed_is_an_empty_page_with_a_place_to_ask_for_newer_ones(ada: User) -> None:
    page = Feed(Listed([]), ada.pk).page()
    assert (page.tweets, page.older, page.newer) == ([], None, 0)
    page = Feed(Listed([]), ada.pk).page(since=7)
    assert (page.tweets, page.older, page.newer) == ([], None, 7)
    page = Feed(Listed([]), ada.pk).page(before=7)
    assert (page.tweets, page.older, page.newer) == ([], None, 6)


def test_pages_go_down_without_gap_or_repetition_and_end_when_nothing_older_exists(ada: User) -> None:
    ids = tweets(ada, 7)[::-1]
    feed = Feed(Listed(ids), ada.pk)
    assert all_down(feed, 3) == [ids[:3], ids[3:6], ids[6:]]
    assert all_down(feed, 7) == [ids]
    assert all_down(feed, 8) == [ids]


def test_newer_pages_come_nearest_first_and_newest_first_within(ada: User) -> None:
    ids = tweets(ada, 7)
    feed = Feed(Listed(ids), ada.pk)
    assert all_up(feed, 3) == [ids[2::-1], ids[5:2:-1], ids[6:]]
    page = feed.page(since=ids[3], limit=2)
    assert (ids_of(page), page.newer, page.older) == ([ids[5], ids[4]], ids[5], ids[4])


def test_every_page_says_where_to_ask_for_newer_ones(ada: User) -> None:
    ids = tweets(ada, 5)
    feed = Feed(Listed(ids), ada.pk)
    assert feed.page(limit=2).newer == ids[4]
    assert feed.page(before=ids[2], limit=1).newer == ids[1]
    assert feed.page(since=ids[4]).newer == ids[4]


@pytest.mark.parametrize("cursor", [0, 1, 2**63 - 1])
def test_any_id_is_a_cursor(ada: User, cursor: int) -> None:
    ids = tweets(ada, 3)
    feed = Feed(Listed(ids), ada.pk)
    assert ids_of(feed.page(before=cursor)) == (ids[::-1] if cursor > ids[-1] else [])
    assert ids_of(feed.page(since=cursor)) == ([] if cursor > ids[-1] else ids[::-1])


def test_a_page_shortened_by_the_rules_is_refilled(ada: User) -> None:
    ids = tweets(ada, 60)[::-1]
    hidden = ids[1:50]
    feed = Feed(Listed(ids), ada.pk, hiding(hidden))
    assert all_down(feed, 4) == [[ids[0], *ids[50:53]], ids[53:57], ids[57:]]
    assert [each for page in all_up(feed, 4)[::-1] for each in page] == [ids[0], *ids[50:]]


def test_a_refill_looks_at_few_more_at_first_and_at_many_if_they_are_hidden_too(ada: User) -> None:
    ids = tweets(ada, 30)[::-1]
    feed = Feed(skeleton := Listed(ids), ada.pk, hiding(ids[2:4]))
    assert ids_of(feed.page(limit=5)) == [*ids[:2], *ids[4:7]]
    assert skeleton.asked == [6, 3]
    feed = Feed(skeleton := Listed(ids), ada.pk, hiding(ids[2:25]))
    assert ids_of(feed.page(limit=4)) == [*ids[:2], *ids[25:27]]
    assert skeleton.asked == [5, 7, 28]


@pytest.mark.parametrize("limit", [3, 6, 7, 8])
def test_a_skeleton_may_give_more_than_it_was_asked_for(ada: User, limit: int) -> None:
    ids = tweets(ada, 7)[::-1]
    feed = Feed(Listed(ids, spare=2), ada.pk)
    assert all_down(feed, limit) == [ids[start : start + limit] for start in range(0, 7, limit)]


def test_a_feed_of_nothing_but_hidden_tweets_is_one_empty_page(ada: User) -> None:
    ids = tweets(ada, 900)
    feed = Feed(Listed(ids), ada.pk, hiding(ids))
    page = feed.page(limit=20)
    assert (page.tweets, page.older, page.newer) == ([], None, ids[-1])
    page = feed.page(since=ids[0], limit=20)
    assert (page.tweets, page.newer) == ([], ids[-1])


def test_cursors_come_from_ids_not_from_what_is_seen(ada: User) -> None:
    ids = tweets(ada, 5)
    feed = Feed(Listed(ids), ada.pk, hiding([ids[4]]))
    page = feed.page(limit=2)
    assert (ids_of(page), page.older, page.newer) == ([ids[3], ids[2]], ids[2], ids[4])


def test_a_deleted_tweet_and_its_retweets_leave_no_trace_but_their_ids(ada: User, grace: User) -> None:
    kept, gone = factories.tweet(ada), factories.tweet(ada)
    again = retweet(user=grace, tweet_id=gone.pk)
    delete_tweet(tweet=gone)
    feed = Feed(Listed([kept.pk, gone.pk, again.pk]), ada.pk)
    assert ids_of(feed.page()) == [kept.pk]


def test_a_suspended_author_is_hidden_and_comes_back(ada: User, grace: User, alan: User) -> None:
    by_grace, by_ada = factories.tweet(grace), factories.tweet(ada)
    retweeted = retweet(user=alan, tweet_id=by_grace.pk)
    feed = Feed(Listed([by_grace.pk, by_ada.pk, retweeted.pk]), ada.pk)
    assert ids_of(feed.page()) == [retweeted.pk, by_ada.pk]
    from django.test import TestCase

    with TestCase.captureOnCommitCallbacks(execute=True):
        actions.suspend(user=grace)
    assert ids_of(feed.page()) == [by_ada.pk]
    from stores import redis

    redis.timelines().flushall()  # within 15 seconds of a change its card is not kept; nobody need wait for it here
    with TestCase.captureOnCommitCallbacks(execute=True):
        actions.unsuspend(user=grace)
    assert ids_of(feed.page()) == [retweeted.pk, by_ada.pk]


# Repeats


@dataclass(frozen=True)
class Repeated:
    """A tweet, so many others, and a retweet of it on top of them."""

    original: int
    between: list[int]
    retweet: int

    def feed(self, viewer: User) -> Feed:
        return Feed(Listed([self.original, *self.between, self.retweet]), viewer.pk)


def repeated(author: User, retweeter: User, between: int) -> Repeated:
    original = factories.tweet(author)
    others = tweets(author, between)
    return Repeated(original.pk, others, retweet(user=retweeter, tweet_id=original.pk).pk)


@pytest.mark.parametrize("limit", [1, 2, 7, 20, 39, 40, 41, 42, 100])
@pytest.mark.parametrize(("between", "is_dropped"), [(0, True), (REPEAT_WINDOW - 1, True), (REPEAT_WINDOW, False)])
def test_what_one_of_the_40_before_showed_is_dropped_wherever_pages_end(
    ada: User, grace: User, between: int, is_dropped: bool, limit: int
) -> None:
    found = repeated(ada, grace, between)
    expected = [found.retweet, *found.between[::-1], *([] if is_dropped else [found.original])]
    assert [each for page in all_down(found.feed(ada), limit) for each in page] == expected
    assert [each for page in all_up(found.feed(ada), limit)[::-1] for each in page] == expected


def test_of_two_retweets_the_newer_is_shown(ada: User, grace: User, alan: User) -> None:
    original = factories.tweet(ada)
    first, second = (retweet(user=each, tweet_id=original.pk).pk for each in (grace, alan))
    assert ids_of(Feed(Listed([original.pk, first, second]), ada.pk).page()) == [second]


def test_a_quote_repeats_nothing(ada: User, grace: User) -> None:
    original = factories.tweet(ada)
    quote = factories.tweet(grace, quote_of_id=original.pk)
    assert ids_of(Feed(Listed([original.pk, quote.pk]), ada.pk).page()) == [quote.pk, original.pk]


@pytest.mark.parametrize("limit", [1, 2, 20])
def test_what_the_rule_hides_repeats_nothing(ada: User, grace: User, limit: int) -> None:
    found = repeated(ada, grace, 5)
    feed = Feed(found.feed(ada).skeleton, ada.pk, hiding([found.retweet]))
    expected = [*found.between[::-1], found.original]
    assert [each for page in all_down(feed, limit) for each in page] == expected
    assert [each for page in all_up(feed, limit)[::-1] for each in page] == expected


# Other feeds


def test_a_profile_shows_tweets_threads_and_retweets_and_answers_only_when_asked(ada: User, grace: User) -> None:
    own = factories.tweet(ada)
    thread = factories.tweet(ada, in_reply_to_id=own.pk)
    other = factories.tweet(grace)
    answer = factories.tweet(ada, in_reply_to_id=other.pk)
    again = retweet(user=ada, tweet_id=factories.tweet(grace).pk)
    assert ids_of(profile.page(ada, grace)) == [again.pk, thread.pk, own.pk]
    assert ids_of(profile.page(ada, None, with_replies=True)) == [again.pk, answer.pk, thread.pk, own.pk]
    page = profile.page(ada, grace, limit=1)
    assert ids_of(profile.page(ada, grace, before=page.older)) == [thread.pk, own.pk]
    assert ids_of(profile.page(ada, grace, since=own.pk)) == [again.pk, thread.pk]


def test_explore_shows_what_anybody_begins(ada: User, grace: User) -> None:
    own = factories.tweet(ada)
    factories.tweet(grace, in_reply_to_id=own.pk)
    retweet(user=grace, tweet_id=own.pk)
    other = factories.tweet(grace)
    assert ids_of(explore.page(None)) == [other.pk, own.pk]
    assert ids_of(explore.page(ada, since=own.pk)) == [other.pk]
