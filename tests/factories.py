"""Rows for tests. What an action can set up is set up by the action; these make people and the odd past."""

from itertools import count
from typing import Any

from accounts import actions
from accounts.models import User
from tweets.actions import post_tweet
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


def follow(follower: User, *followees: User) -> None:
    for followee in followees:
        actions.follow(follower=follower, followee=followee)
