"""What may be done to tweets: once, whoever repeats it; exactly, however many do it at once; or not at all."""

import random
from collections.abc import Callable

import pytest
from django.db import transaction

from accounts import actions as people
from accounts.counts import people as person_counts
from accounts.models import User
from stores import redis
from tests import factories
from tests.threads import at_once
from timelines.models import FeedEvent
from tweets.actions import (
    Empty,
    NothingToAnswer,
    NothingToQuote,
    TooLong,
    bookmark,
    delete_tweet,
    like,
    post_tweet,
    retweet,
    undo_retweet,
    unlike,
)
from tweets.counts import tweets as tweet_counts
from tweets.models import Bookmark, Like, Tweet, TweetCountChange


def state() -> tuple[int, ...]:
    """How many rows there are of everything that a refused action must not have touched."""
    return tuple(model.objects.count() for model in (Tweet, Like, Bookmark, FeedEvent, TweetCountChange))


def settled(tweet: Tweet) -> Tweet:
    while tweet_counts.settle() or person_counts.settle():
        pass
    tweet.refresh_from_db()
    return tweet


# Posting


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "   ", "\n\u200b\u202e\n", "\x00"])
def test_nothing_is_not_posted(ada: User, text: str) -> None:
    before = state()
    with pytest.raises(Empty):
        post_tweet(author=ada, text=text)
    assert state() == before


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "over"), [("a" * 281, 1), ("日" * 141, 2), ("a" * 258 + " example.com", 2)])
def test_too_much_is_not_posted_and_the_author_told_by_how_much(ada: User, text: str, over: int) -> None:
    before = state()
    with pytest.raises(TooLong) as refused:
        post_tweet(author=ada, text=text)
    assert refused.value.over == over
    assert state() == before


@pytest.mark.django_db
def test_280_are_posted_as_cleaned(ada: User) -> None:
    assert post_tweet(author=ada, text=f"  {'a' * 280}\r\n").text == "a" * 280


@pytest.mark.django_db
def test_a_reply_belongs_to_the_conversation_and_to_the_person_answered(ada: User, grace: User) -> None:
    first = factories.tweet(ada)
    answer = factories.tweet(grace, in_reply_to_id=first.pk)
    last = factories.tweet(ada, in_reply_to_id=answer.pk)
    assert (answer.in_reply_to_id, answer.in_reply_to_user_id, answer.conversation_id) == (first.pk, ada.pk, first.pk)
    assert (last.in_reply_to_id, last.in_reply_to_user_id, last.conversation_id) == (answer.pk, grace.pk, first.pk)


@pytest.mark.django_db
def test_whoever_answers_quotes_likes_or_retweets_a_retweet_means_the_original(
    ada: User, grace: User, alan: User
) -> None:
    original = factories.tweet(ada)
    again = retweet(user=grace, tweet_id=original.pk)
    assert factories.tweet(alan, in_reply_to_id=again.pk).in_reply_to_id == original.pk
    assert factories.tweet(alan, quote_of_id=again.pk).quote_of_id == original.pk
    assert like(user=alan, tweet_id=again.pk).pk == original.pk
    assert retweet(user=alan, tweet_id=again.pk).retweet_of_id == original.pk


def deleted(tweet: Tweet) -> None:
    delete_tweet(tweet=tweet)


def gone(tweet: Tweet) -> None:
    Tweet.objects.filter(pk=tweet.pk).delete()


def by_somebody_suspended(tweet: Tweet) -> None:
    people.suspend(user=tweet.author)


@pytest.mark.django_db
@pytest.mark.parametrize("make_unavailable", [deleted, gone, by_somebody_suspended])
def test_what_is_not_available_cannot_be_answered_quoted_liked_or_retweeted(
    ada: User, grace: User, make_unavailable: Callable[[Tweet], None]
) -> None:
    tweet = factories.tweet(grace)
    again = retweet(user=ada, tweet_id=tweet.pk)
    make_unavailable(tweet)
    before = state()
    for tweet_id in (tweet.pk, again.pk):
        with pytest.raises(NothingToAnswer):
            post_tweet(author=ada, text="hello?", in_reply_to_id=tweet_id)
        with pytest.raises(NothingToQuote):
            post_tweet(author=ada, text="look", quote_of_id=tweet_id)
        for action in (like, unlike, bookmark, retweet, undo_retweet):
            with pytest.raises(Tweet.DoesNotExist):
                action(user=ada, tweet_id=tweet_id)
    assert state() == before


# The same again


@pytest.mark.django_db
def test_a_repeated_key_posts_once_and_answers_the_same(ada: User, grace: User) -> None:
    first = post_tweet(author=ada, text="once", idempotency_key="k")
    before = state()
    assert post_tweet(author=ada, text="once", idempotency_key="k") == first
    assert post_tweet(author=ada, text="edited meanwhile", idempotency_key="k").text == "once"
    assert state() == before
    assert post_tweet(author=grace, text="once", idempotency_key="k") != first
    assert post_tweet(author=ada, text="once", idempotency_key="l") != first
    assert post_tweet(author=ada, text="once") != post_tweet(author=ada, text="once")


@pytest.mark.django_db(transaction=True)
def test_the_same_post_from_eight_threads_makes_one_tweet(ada: User) -> None:
    tweets = at_once(*[lambda: post_tweet(author=ada, text="once", idempotency_key="k")] * 8)
    assert len({tweet.pk for tweet in tweets}) == 1
    assert (Tweet.objects.count(), FeedEvent.objects.count()) == (1, 1)
    settled(tweets[0])
    ada.refresh_from_db()
    assert ada.tweets_count == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("act", "kind"), [(like, "likes"), (retweet, "retweets")])
def test_the_same_like_or_retweet_from_eight_threads_counts_once(
    ada: User, grace: User, act: Callable[..., Tweet], kind: str
) -> None:
    tweet = factories.tweet(grace)
    at_once(*[lambda: act(user=ada, tweet_id=tweet.pk)] * 8)
    assert (Like.objects.count(), Tweet.objects.filter(retweet_of=tweet).count()) == (
        (1, 0) if kind == "likes" else (0, 1)
    )
    assert getattr(settled(tweet), f"{kind}_count") == 1


@pytest.mark.django_db(transaction=True)
def test_counts_are_exact_when_many_like_unlike_and_retweet_at_once_while_they_are_settled(ada: User) -> None:
    tweet = factories.tweet(ada)
    users = factories.people(4)

    def change(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(15):
            chance.choice([like, unlike, retweet, undo_retweet])(user=chance.choice(users), tweet_id=tweet.pk)

    def settle() -> None:
        for _ in range(20):
            tweet_counts.settle(limit=3)

    at_once(*[lambda seed=seed: change(seed) for seed in range(6)], settle, settle)
    found = settled(tweet)
    assert found.likes_count == Like.objects.filter(tweet=tweet).count()
    assert found.retweets_count == Tweet.objects.filter(retweet_of=tweet, deleted_at=None).count()
    assert TweetCountChange.objects.count() == 0
    redis.timelines().flushall()
    shown = tweet_counts.shown([tweet.pk])[tweet.pk]
    assert (shown["likes"], shown["retweets"]) == (found.likes_count, found.retweets_count)


@pytest.mark.django_db(transaction=True)
def test_likes_and_retweets_wait_for_no_other(ada: User, grace: User, alan: User) -> None:
    """One whose transaction is still open holds up nobody."""
    tweet = factories.tweet(grace)
    with transaction.atomic():
        for act in (like, retweet):
            act(user=ada, tweet_id=tweet.pk)
        at_once(lambda: like(user=alan, tweet_id=tweet.pk), lambda: retweet(user=alan, tweet_id=tweet.pk))
        assert tweet_counts.load([tweet.pk])[tweet.pk] == b'{"replies":0,"retweets":2,"quotes":0,"likes":2}'


@pytest.mark.django_db(transaction=True)
def test_the_same_done_and_undone_from_eight_threads_is_done_or_undone(ada: User, grace: User) -> None:
    """Nobody is told of a row that another added and a third removed."""
    tweet = factories.tweet(grace)

    def change(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(20):
            change_follow = chance.choice([people.follow, people.unfollow])
            change_follow(follower=ada, followee=grace)
            chance.choice([like, unlike, retweet, undo_retweet])(user=ada, tweet_id=tweet.pk)

    at_once(*[lambda seed=seed: change(seed) for seed in range(8)])
    found = settled(tweet)
    ada.refresh_from_db()
    grace.refresh_from_db()
    follows = ada.followee_rows.count()
    assert (ada.following_count, grace.followers_count) == (follows, follows)
    assert found.likes_count == Like.objects.count()
    assert found.retweets_count == Tweet.objects.filter(retweet_of=tweet, deleted_at=None).count()


@pytest.mark.django_db(transaction=True)
def test_a_tweet_deleted_by_eight_threads_is_deleted_once(ada: User, grace: User) -> None:
    asked = factories.tweet(grace)
    tweet = factories.tweet(ada, in_reply_to_id=asked.pk)
    assert sorted(at_once(*[lambda: delete_tweet(tweet=tweet)] * 8)) == [False] * 7 + [True]
    assert FeedEvent.objects.filter(kind=FeedEvent.Kind.DELETED).count() == 1
    assert settled(asked).replies_count == 0
    ada.refresh_from_db()
    assert ada.tweets_count == 0


@pytest.mark.django_db
def test_likes_and_bookmarks_twice_are_once_and_taking_back_nothing_is_nothing(ada: User, grace: User) -> None:
    tweet = factories.tweet(grace)
    like(user=ada, tweet_id=tweet.pk)
    bookmark(user=ada, tweet_id=tweet.pk)
    before = state()
    like(user=ada, tweet_id=tweet.pk)
    bookmark(user=ada, tweet_id=tweet.pk)
    unlike(user=grace, tweet_id=tweet.pk)
    undo_retweet(user=grace, tweet_id=tweet.pk)
    assert state() == before


@pytest.mark.django_db
def test_after_undoing_a_retweet_one_may_retweet_again(ada: User, grace: User) -> None:
    tweet = factories.tweet(grace)
    first = retweet(user=ada, tweet_id=tweet.pk)
    undo_retweet(user=ada, tweet_id=tweet.pk)
    second = retweet(user=ada, tweet_id=tweet.pk)
    assert first.pk != second.pk
    assert settled(tweet).retweets_count == 1


@pytest.mark.django_db
def test_replies_quotes_and_own_tweets_are_counted_and_uncounted(ada: User, grace: User) -> None:
    tweet = factories.tweet(grace)
    both = factories.tweet(ada, in_reply_to_id=tweet.pk, quote_of_id=tweet.pk)
    found = settled(tweet)
    ada.refresh_from_db()
    assert (found.replies_count, found.quotes_count, ada.tweets_count) == (1, 1, 1)
    delete_tweet(tweet=both)
    found = settled(tweet)
    ada.refresh_from_db()
    assert (found.replies_count, found.quotes_count, ada.tweets_count) == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_with_redis_away_everything_can_be_done(ada: User, grace: User, settings: object) -> None:
    caches = settings.CACHES  # type: ignore[attr-defined]  # pytest-django's settings
    away = {**caches["timelines"], "LOCATION": "unix:///nowhere/redis.sock"}
    settings.CACHES = {**caches, "timelines": away}  # type: ignore[attr-defined]
    people.follow(follower=ada, followee=grace)
    tweet = factories.tweet(grace)
    like(user=ada, tweet_id=tweet.pk)
    again = retweet(user=ada, tweet_id=tweet.pk)
    delete_tweet(tweet=again)
    people.unfollow(follower=ada, followee=grace)
    people.suspend(user=grace)
    found = settled(tweet)
    assert (found.likes_count, found.retweets_count) == (1, 0)
    assert FeedEvent.objects.count() == 6
