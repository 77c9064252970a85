"""Reads about tweets. What a viewer may not see is not found, by the same query that fetches."""

from collections.abc import Sequence

from django.db.models import Q

from accounts.models import User
from tweets.models import Tweet


def visible_tweet(tweet_id: int) -> Tweet:
    """The tweet itself.

    Raises:
        Tweet.DoesNotExist: it is gone, or may not be seen.
    """
    return Tweet.objects.alive().select_related("author").get(_original_is_alive(), pk=tweet_id)


def visible_original(tweet_id: int) -> Tweet:
    """The tweet, or what it retweets: whoever likes, answers or quotes a retweet means the original.

    Raises:
        Tweet.DoesNotExist: it is gone, or may not be seen.
    """
    tweet = visible_tweet(tweet_id)
    return visible_tweet(tweet.retweet_of_id) if tweet.retweet_of_id else tweet


def _original_is_alive() -> Q:
    return Q(retweet_of=None) | Q(retweet_of__deleted_at=None, retweet_of__author__is_active=True)


def own_tweet(author: User, tweet_id: int) -> Tweet:
    """
    Raises:
        Tweet.DoesNotExist: the author has no such tweet (any more).
    """
    return Tweet.objects.get(pk=tweet_id, author=author, deleted_at=None)


def ancestor_ids(tweet: Tweet, most: int = 50) -> list[int]:
    """The tweets answered, from the conversation's first down to the one this tweet answers."""
    sql = """
        WITH RECURSIVE up AS (
            SELECT id, in_reply_to_id, 1 AS depth FROM tweets_tweet WHERE id = %s
            UNION ALL
            SELECT t.id, t.in_reply_to_id, up.depth + 1 FROM tweets_tweet t JOIN up ON t.id = up.in_reply_to_id
            WHERE up.depth <= %s)
        SELECT id FROM up WHERE depth > 1 ORDER BY depth DESC"""
    return [row.pk for row in Tweet.objects.raw(sql, [tweet.pk, most])]


def reply_ids(tweet_id: int, after: int = 0, limit: int = 20) -> list[int]:
    """Direct replies, oldest first, above an id."""
    rows = Tweet.objects.filter(in_reply_to=tweet_id, pk__gt=after, deleted_at=None)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def existing(tweet_ids: Sequence[int]) -> dict[int, Tweet]:
    """Those of these tweets that are not deleted, by id."""
    return {tweet.pk: tweet for tweet in Tweet.objects.filter(pk__in=tweet_ids, deleted_at=None)}
