"""Who sees what of whom: in Material, in every rule, and in what can be done with a tweet."""

from collections.abc import Callable, Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import actions as people
from accounts.models import User
from accounts.relations import actions, sight
from stores import redis
from tests import factories
from timelines import explore, feed, home, profile, replies, walks
from timelines.feed import FeedPage
from tweets.actions import (
    NothingToAnswer,
    NothingToQuote,
    QuoteOfProtected,
    RetweetOfProtected,
    bookmark,
    like,
    post_tweet,
    retweet,
)
from tweets.models import Bookmark, Like, Tweet
from tweets.presenting import gather

pytestmark = pytest.mark.django_db


def seen(viewer: User | None, *tweets: Tweet) -> list[bool]:
    material = gather([each.pk for each in tweets], viewer.pk if viewer else None)
    return [material.may_be_seen(each.pk) for each in tweets]


def wanted(viewer: User | None, *tweets: Tweet) -> list[bool]:
    material = gather([each.pk for each in tweets], viewer.pk if viewer else None)
    return [material.is_wanted(each.pk) for each in tweets]


def ids(page: FeedPage) -> list[int]:
    return [int(each["id"]) for each in page.shown()]


def protect(user: User) -> None:
    people.edit_profile(user=user, changes={"is_protected": True})
    redis.timelines().flushall()  # a test's transaction never commits, and so nothing is dropped


class TestBlocked:
    @pytest.mark.parametrize("by_me", [True, False])
    def test_nothing_by_the_other_is_seen_wherever_he_appears(
        self, ada: User, grace: User, alan: User, by_me: bool
    ) -> None:
        tweet = factories.tweet(grace)
        quote = factories.tweet(alan, quote_of_id=tweet.pk)
        again = retweet(user=alan, tweet_id=tweet.pk)
        answer = factories.tweet(alan, in_reply_to_id=tweet.pk)
        shared = [tweet, quote, again, answer]
        assert seen(ada, *shared) == [True] * 4
        actions.block(blocker=ada if by_me else grace, blocked=grace if by_me else ada)
        assert seen(ada, *shared) == [False, True, False, True]
        material = gather([each.pk for each in shared], ada.pk)
        assert (material.shown(quote.pk)["quote_of"], material.shown(quote.pk)["quote_of_id"]) == (None, str(tweet.pk))
        assert material.shown(answer.pk)["in_reply_to_user"] is None
        assert seen(alan, *shared) == seen(None, *shared) == [True] * 4

    @pytest.mark.parametrize("by_me", [True, False])
    @pytest.mark.parametrize("do", [like, bookmark, retweet])
    def test_nothing_can_be_done_with_the_others_tweets(
        self, ada: User, grace: User, do: Callable[..., object], by_me: bool
    ) -> None:
        tweet = factories.tweet(grace)
        actions.block(blocker=ada if by_me else grace, blocked=grace if by_me else ada)
        with pytest.raises(Tweet.DoesNotExist):
            do(user=ada, tweet_id=tweet.pk)
        with pytest.raises(NothingToAnswer):
            post_tweet(author=ada, text="but", in_reply_to_id=tweet.pk)
        with pytest.raises(NothingToQuote):
            post_tweet(author=ada, text="look", quote_of_id=tweet.pk)
        assert (Tweet.objects.count(), Like.objects.count(), Bookmark.objects.count()) == (1, 0, 0)

    def test_a_retweet_of_the_other_by_a_friend_is_no_way_around(self, ada: User, grace: User, alan: User) -> None:
        again = retweet(user=alan, tweet_id=factories.tweet(grace).pk)
        actions.block(blocker=grace, blocked=ada)
        with pytest.raises(Tweet.DoesNotExist):
            like(user=ada, tweet_id=again.pk)
        assert Like.objects.count() == 0


class TestProtected:
    def test_is_seen_by_oneself_and_followers_alone(self, ada: User, grace: User, alan: User) -> None:
        factories.follow(grace, ada)
        tweet = factories.tweet(ada)
        quote = factories.tweet(alan, quote_of_id=tweet.pk)
        again = retweet(user=alan, tweet_id=tweet.pk)
        protect(ada)
        assert seen(ada, tweet, quote, again) == seen(grace, tweet, quote, again) == [True, True, True]
        assert seen(alan, tweet, quote, again) == seen(None, tweet, quote, again) == [False, True, False]
        assert gather([quote.pk], alan.pk).shown(quote.pk)["quote_of"] is None
        assert gather([quote.pk], grace.pk).shown(quote.pk)["quote_of"]["author"]["protected"] is True

    def test_is_asked_in_one_query_and_only_where_it_matters(self, ada: User, grace: User) -> None:
        shy, open_hearted = [factories.people(10), factories.people(10)]
        tweets = [factories.tweet(each) for each in (*shy, *open_hearted)]
        factories.follow(grace, *shy[:5])
        User.objects.filter(pk__in=[each.pk for each in shy]).update(is_protected=True)
        expected = [True] * 5 + [False] * 5 + [True] * 10
        for number in (20, 2):
            some = tweets[:number]
            redis.timelines().delete(*sight._keys(grace.pk))
            gather([each.pk for each in some], grace.pk)
            with CaptureQueriesContext(connection) as queries:
                assert seen(grace, *some) == expected[:number]
            assert len(queries) == 1
        with CaptureQueriesContext(connection) as queries:
            assert seen(grace, *tweets[10:]) == [True] * 10
        assert len(queries) == 0

    def test_is_answered_and_liked_by_followers_and_passed_on_by_nobody_else(
        self, ada: User, grace: User, alan: User
    ) -> None:
        factories.follow(grace, ada)
        protect(ada)
        tweet = factories.tweet(ada)
        like(user=grace, tweet_id=tweet.pk)
        post_tweet(author=grace, text="yes", in_reply_to_id=tweet.pk)
        with pytest.raises(RetweetOfProtected):
            retweet(user=grace, tweet_id=tweet.pk)
        with pytest.raises(QuoteOfProtected):
            post_tweet(author=grace, text="look", quote_of_id=tweet.pk)
        with pytest.raises(Tweet.DoesNotExist):
            like(user=alan, tweet_id=tweet.pk)
        with pytest.raises(NothingToAnswer):
            post_tweet(author=alan, text="no", in_reply_to_id=tweet.pk)
        with pytest.raises(NothingToQuote):
            post_tweet(author=alan, text="look", quote_of_id=tweet.pk)
        assert (Tweet.objects.count(), Like.objects.count()) == (2, 1)
        assert retweet(user=ada, tweet_id=tweet.pk).retweet_of_id == tweet.pk

    def test_reaches_no_public_feed_and_followers_have_it_at_home(self, ada: User, grace: User) -> None:
        factories.follow(grace, ada)
        protect(ada)
        tweet = factories.tweet(ada)
        assert ids(explore.page(grace)) == ids(explore.page(None)) == ids(explore.page(ada)) == []
        assert ids(home.page(grace)) == ids(profile.page(ada, grace)) == [tweet.pk]


class TestMuted:
    def test_people_words_conversations_and_retweets(self, ada: User, grace: User, alan: User) -> None:
        factories.follow(ada, alan)
        by_grace, about_cats, thread = factories.tweet(grace), factories.tweet(alan, "Cats!"), factories.tweet(alan)
        in_thread = factories.tweet(alan, in_reply_to_id=thread.pk)
        plain = factories.tweet(alan, "dogs")
        quotes_grace = factories.tweet(alan, "see", quote_of_id=by_grace.pk)
        quotes_cats = factories.tweet(alan, "see", quote_of_id=about_cats.pk)
        carol = factories.person("carol")
        again = [retweet(user=carol, tweet_id=each.pk) for each in (by_grace, about_cats, in_thread, plain)]
        tweets = [by_grace, about_cats, thread, in_thread, plain, quotes_grace, quotes_cats, *again]

        def unwanted() -> list[int]:
            return [place for place, is_wanted in enumerate(wanted(ada, *tweets)) if not is_wanted]

        assert unwanted() == []
        actions.mute(muter=ada, muted=grace)
        assert unwanted() == [0, 5, 7]
        actions.mute_phrase(user=ada, phrase="cats")
        assert unwanted() == [0, 1, 5, 6, 7, 8]
        actions.mute_conversation(user=ada, conversation_id=thread.pk)
        assert unwanted() == [0, 1, 2, 3, 5, 6, 7, 8, 9]
        factories.follow(ada, carol)
        actions.show_retweets(follower=ada, followee=carol, show=False)
        assert unwanted() == [0, 1, 2, 3, 5, 6, 7, 8, 9, 10]
        assert seen(ada, *tweets) == [True] * 11
        assert wanted(alan, *tweets) == wanted(None, *tweets) == [True] * 11

    def test_what_one_wrote_oneself_is_always_wanted(self, ada: User, grace: User) -> None:
        own = factories.tweet(ada, "Cats!")
        again = retweet(user=grace, tweet_id=own.pk)
        actions.mute_phrase(user=ada, phrase="cats")
        actions.mute_conversation(user=ada, conversation_id=own.pk)
        assert wanted(ada, own) == [True]
        actions.unmute_conversation(user=ada, conversation_id=own.pk)
        assert wanted(ada, own, again) == [True, True]

    def test_is_left_out_where_many_write_and_shown_where_one_went_to_see_it(self, ada: User, grace: User) -> None:
        factories.follow(ada, grace)
        tweet = factories.tweet(grace, "cats")
        asked = factories.tweet(ada)
        answer = factories.tweet(grace, in_reply_to_id=asked.pk)
        own = factories.tweet(ada, in_reply_to_id=asked.pk)
        places: Sequence[Callable[[], FeedPage]] = (
            lambda: home.page(ada),
            lambda: explore.page(ada),
            lambda: replies.page(asked.pk, ada.pk),
            lambda: profile.page(grace, ada, with_replies=True),
        )
        everything = [[own.pk, answer.pk, asked.pk, tweet.pk], [asked.pk, tweet.pk], [own.pk, answer.pk]]
        assert [ids(place()) for place in places] == [*everything, [answer.pk, tweet.pk]]
        actions.mute(muter=ada, muted=grace)
        assert [ids(place()) for place in places] == [
            [own.pk, asked.pk],
            [asked.pk],
            [own.pk],
            [answer.pk, tweet.pk],
        ]

    def test_what_somebody_passed_on_unseen_is_seen_where_it_was_written(
        self, ada: User, grace: User, drain: Callable[[], None]
    ) -> None:
        carol, dora = factories.person("carol"), factories.person("dora")
        factories.follow(ada, grace, carol, dora)
        tweet = factories.tweet(grace)
        again = retweet(user=carol, tweet_id=tweet.pk)
        assert ids(home.page(ada)) == [again.pk]
        actions.show_retweets(follower=ada, followee=carol, show=False)
        assert ids(home.page(ada)) == [tweet.pk]
        by_dora = retweet(user=dora, tweet_id=tweet.pk)
        drain()
        assert ids(home.page(ada)) == [by_dora.pk]
        actions.mute(muter=ada, muted=dora)
        assert ids(home.page(ada)) == [tweet.pk]

    def test_of_a_muted_conversation_only_what_one_opens_is_shown(self, ada: User, grace: User, alan: User) -> None:
        factories.follow(ada, grace, alan)
        asked = factories.tweet(grace)
        answer = factories.tweet(alan, in_reply_to_id=asked.pk)
        actions.mute_conversation(user=ada, conversation_id=asked.pk)
        assert ids(home.page(ada)) == []
        assert ids(replies.page(asked.pk, ada.pk)) == [answer.pk]


def test_the_rule_of_a_feed_that_names_none_is_the_strictest_but_one() -> None:
    assert feed.Feed.rule is feed.what_is_wanted


def test_homes_with_everything_hidden_are_what_plain_sql_says(ada: User, grace: User, alan: User) -> None:
    muted, blocker, shy, loud = (factories.person(name) for name in ("muted", "blocker", "shy", "loud"))
    factories.follow(ada, grace, alan, muted, blocker, loud)
    tweets = {each: factories.tweet(each) for each in (ada, grace, alan, muted, blocker, shy, loud)}
    for by in (grace, loud):
        for tweet in tweets.values():
            retweet(user=by, tweet_id=tweet.pk)
            factories.tweet(by, "look", quote_of_id=tweet.pk)
    in_thread = factories.tweet(alan, in_reply_to_id=tweets[alan].pk)
    open_home = ids(home.page(ada, limit=100))
    assert (in_thread.pk in open_home, walks.expected(ada.pk)) == (True, open_home)
    actions.mute(muter=ada, muted=muted)
    actions.block(blocker=blocker, blocked=ada)
    actions.mute_conversation(user=ada, conversation_id=tweets[alan].pk)
    actions.show_retweets(follower=ada, followee=loud, show=False)
    protect(shy)
    found = walks.walk([each.pk for each in tweets])
    assert (found.readers, found.wrong) == (7, {})
    assert (in_thread.pk in ids(home.page(ada)), len(walks.expected(ada.pk)) < len(open_home)) == (False, True)
    actions.mute_phrase(user=ada, phrase="look")
    assert walks.walk([ada.pk]).readers == 0
