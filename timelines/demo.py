"""Loads the demo network of `demo.json`: people, and some days of tweets, as if they had lived here."""

import json
import random
from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts import importing
from accounts.counts import people as people_counts
from accounts.models import PersonCountChange, User
from tweets import entities
from tweets.counts import tags as tag_counts
from tweets.counts import tweets as tweet_counts
from tweets.models import Like, Tweet, TweetCountChange, id_at

NETWORK = Path(__file__).with_name("demo.json")
DICE = 7  # so that likes fall alike everywhere
LIKED = 0.4

Rows = list[dict[str, Any]]


class NotEmpty(Exception):
    """People live here already; the demo network would be in their way."""


@transaction.atomic
def load(logins: Collection[str], password: str | None) -> tuple[int, int]:
    """Load the demo network. Its tweets need no delivery, for nobody's inbox is warm yet.

    Args:
        logins: who of them can log in.

    Returns:
        The number of people and of tweets.

    Raises:
        NotEmpty: nothing was loaded.
    """
    if User.objects.exists():
        raise NotEmpty
    network: dict[str, Rows] = json.loads(NETWORK.read_text())
    people = _load_people(network["people"], logins, password)
    tweets = _load_tweets(network["tweets"], people)
    likes = _load_likes(network["people"], people, tweets)
    _count(tweets, likes)
    return len(people), len(tweets)


def _load_people(rows: Rows, logins: Collection[str], password: str | None) -> dict[str, User]:
    """Everybody by username."""
    hashes = {row["username"]: make_password(password if row["username"] in logins else None) for row in rows}
    fields = ("username", "name", "bio", "location")
    made = (User(password=hashes[row["username"]], **{field: row[field] for field in fields}) for row in rows)
    people = {user.username: user for user in User.objects.bulk_create(made)}
    importing.follow_all([(people[row["username"]].pk, people[each].pk) for row in rows for each in row["follows"]])
    return people


def _load_tweets(rows: Rows, people: dict[str, User]) -> list[Tweet]:
    """What was said and retweeted, oldest first; the ids say when."""
    now, by_key, tweets = timezone.now(), dict[str | None, Tweet](), list[Tweet]()
    for number, row in enumerate(rows):
        answered = by_key.get(row.get("answers"))
        tweet = Tweet(
            id=id_at(now - timedelta(hours=row["hours_ago"])) + number,
            author=people[row["author"]],
            text=row.get("text", ""),
            in_reply_to=answered,
            in_reply_to_user=answered.author if answered else None,
            conversation_id=(answered.conversation_id or answered.pk) if answered else None,
            quote_of=by_key.get(row.get("quotes")),
            retweet_of=by_key.get(row.get("retweets")),
        )
        if "key" in row:
            by_key[row["key"]] = tweet
        tweets.append(tweet)
    Tweet.objects.bulk_create(tweets)
    for tweet in tweets:
        if tweet.text:
            entities.record(tweet)
    return tweets


def _load_likes(rows: Rows, people: dict[str, User], tweets: list[Tweet]) -> list[Like]:
    """Everybody likes some of what those he follows have said."""
    dice = random.Random(DICE)  # noqa: S311
    return Like.objects.bulk_create(
        Like(user=people[row["username"]], tweet=tweet)
        for tweet in tweets
        for row in rows
        if tweet.text and tweet.author.username in row["follows"] and dice.random() < LIKED
    )


def _count(tweets: list[Tweet], likes: list[Like]) -> None:
    """Bring all figures up to date."""
    PersonCountChange.objects.bulk_create(
        PersonCountChange(subject_id=tweet.author_id, kind="tweets", change=1) for tweet in tweets
    )
    TweetCountChange.objects.bulk_create(
        TweetCountChange(subject_id=subject_id, kind=kind, change=1) for subject_id, kind in _counted(tweets, likes)
    )
    for counter in (people_counts, tweet_counts, tag_counts):
        while counter.settle():
            pass


def _counted(tweets: list[Tweet], likes: list[Like]) -> Iterator[tuple[int, str]]:
    yield from ((like.tweet_id, "likes") for like in likes)
    for tweet in tweets:
        counted = {"replies": tweet.in_reply_to_id, "quotes": tweet.quote_of_id, "retweets": tweet.retweet_of_id}
        yield from ((subject_id, kind) for kind, subject_id in counted.items() if subject_id)
