"""Clearing away what is left of a deleted tweet, in steps small enough for one transaction each."""

from django.db import connection

from tweets import actions
from tweets.models import Edit, Pin, PollCountChange, Tweet, TweetCountChange

MARKS_A_STEP = 5000
RETWEETS_A_STEP = 200
MARKS = (
    ("tweets_like", "tweet_id"),
    ("tweets_bookmark", "tweet_id"),
    ("tweets_mention", "tweet_id"),
    ("tweets_tweettag", "tweet_id"),
    ("tweets_pollvote", "poll_id"),
)


def purge(tweet_id: int) -> bool:
    """One step; call it again until it says that nothing is left.

    Returns:
        Whether the row itself is gone now.
    """
    if _delete_marks(tweet_id) or _delete_retweets(tweet_id):
        return False
    for changes in (TweetCountChange, PollCountChange):
        changes.objects.filter(subject_id=tweet_id).delete()
    for rows in (Edit, Pin):
        rows.objects.filter(tweet=tweet_id).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tweets_poll WHERE id = %s", [tweet_id])
        cursor.execute("DELETE FROM tweets_tweetwords WHERE tweet_id = %s", [tweet_id])
        cursor.execute("DELETE FROM tweets_tweet WHERE id = %s AND deleted_at IS NOT NULL", [tweet_id])
    return True


def _delete_marks(tweet_id: int) -> int:
    deleted = 0
    with connection.cursor() as cursor:
        for table, column in MARKS:
            cursor.execute(
                f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {column} = %s LIMIT %s)",
                [tweet_id, MARKS_A_STEP],
            )
            deleted += cursor.rowcount
    return deleted


def _delete_retweets(tweet_id: int) -> int:
    retweets = Tweet.objects.filter(retweet_of=tweet_id, deleted_at=None)[:RETWEETS_A_STEP]
    return sum(actions.delete_tweet(tweet=each) for each in retweets)
