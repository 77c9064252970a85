"""Rows for tests. What an action can set up is set up by the action; these make people and the odd past."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from django.db import connection

from accounts import actions
from accounts.models import User
from tweets.actions import post_tweet
from tweets.composing import NewPoll
from tweets.models import Tweet

_numbers = count(1)


def person(username: str | None = None, **fields: Any) -> User:
    """Somebody with an account; without a username he gets one of his own. The password is "correct horse"."""
    name = username or f"person_{next(_numbers)}"
    user = User(username=name, email=f"{name.lower()}@example.com", **fields)
    user.set_password("correct horse")
    user.save()
    return user


def people(number: int) -> list[User]:
    """So many at once, who can't log in."""
    return User.objects.bulk_create([User(username=f"person_{next(_numbers)}") for _ in range(number)])


def tweet(author: User, text: str | None = None, **fields: Any) -> Tweet:
    """A tweet, posted the normal way."""
    return post_tweet(author=author, text=text or f"tweet {next(_numbers)}", **fields)


def poll(*choices: str, minutes: int = 60) -> NewPoll:
    return NewPoll(choices or ("Yes", "No"), minutes)


def follow(follower: User, *followees: User) -> None:
    for followee in followees:
        actions.follow(follower=follower, followee=followee)


def past_tweets(authors: Sequence[User], number: int) -> list[int]:
    """The ids, oldest first, of so many tweets by these authors in turn; a past of which no event tells."""
    newest = Tweet.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    Tweet.objects.bulk_create([Tweet(author=authors[n % len(authors)], text=f"past {n}") for n in range(number)])
    with connection.cursor() as cursor:  # PostgreSQL knows a past by now; planned as few, thousands take minutes
        cursor.execute("ANALYZE tweets_tweet, accounts_follow, accounts_user")
    return list(Tweet.objects.filter(pk__gt=newest).order_by("pk").values_list("pk", flat=True))
