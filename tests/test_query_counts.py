"""A page of twenty costs the queries of a page of two: every address that can be read, caches empty and full.

There is a world in which everything that somebody may have is there twice, and one with twenty of each. An address
that shows no more in the second than in the first fails the suite: let the worlds have what it shows, or say that it
shows no list (`SINGLE`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_application_model

from accounts import tokens
from accounts.lists import actions as lists
from accounts.models import User
from accounts.relations import actions as relations
from discovery.models import Term
from drafts import actions as drafts
from notifications import draining
from stores import redis
from tests import factories
from tests.routes import address, readable
from timelines import fanout, generation
from tweets import editing, hashtags
from tweets.actions import bookmark, like, retweet
from tweets.composing import NewTweet
from tweets.models import Tweet

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 20
REFILLED = 6
"""Queries that empty caches may cost a longer page more: where it is refilled, or says what lies beyond it, they are
filled in several goes. One for each entry would be 18."""
MARK = re.compile(r"entry\d+x|2001:db8::\w+")

SINGLE = (
    "/.well-known/",
    "/api/docs/",
    "/api/drafts/<",
    "/api/hashtags/<hashtag:tag>/$",
    "/api/lists/<list_id:list_id>/$",
    "/api/markers/",
    "/api/notifications/unread/",
    "/api/schema/",
    "/api/tweets/<tweet_id:tweet_id>/$",
    "/api/users/<username:username>/$",
    "/api/users/<username:username>/pinned/",
    "/api/users/me/$",
    "/<username:username>/mute/",
    "/avatars/",
    "/compose/",
    "/confirm-email/",
    "/drafts/<",
    "/healthz",
    "/i/lists/<list_id:list_id>/delete/",
    "/i/lists/<list_id:list_id>/edit/",
    "/i/lists/new/",
    "/login/",
    "/logout/",
    "/media/",
    "/oauth/",
    "/password/",
    "/settings/$",
    "/settings/apps/<",
    "/settings/apps/new/",
    "/settings/email/",
    "/settings/password/",
    "/settings/privacy/",
    "/settings/recovery-codes/",
    "/settings/second-factor/",
    "/signup/",
    "/tweets/<tweet_id:tweet_id>/",
)
QUERIES = {
    "/": ("", "around={own_id}"),
    "/api/complete/hashtags/": ("q=entry",),
    "/api/complete/people/": ("q=entry",),
    "/api/notifications/": ("", "filter=mentions", "filter=following"),
    "/api/search/people/": ("q=entry",),
    "/api/search/tweets/": ("q=hello", "q=hello&order=top"),
    "/api/timelines/catch_up/": ("span=1w", "span=1w&by=author"),
    "/api/users/<username:username>/tweets/": ("", "replies=true"),
    "/home/newer/": ("since={own_id}",),
    "/i/catch-up/": ("span=1w", "span=1w&by=author"),
    "/search/": ("q=hello&tab=latest", "q=hello&tab=top", "q=entry&tab=people"),
    "/tweets/entries/": ("ids={ids}",),
}
OF_A_FRIEND = {
    "/<username:username>/followers_you_know/",
    "/api/users/<username:username>/followers-you-know/",
    "/i/lists/put/<username:username>/",
}
OF_A_COLLECTOR = {
    "/api/users/me/follow-requests/",
    "/api/users/me/hashtags/",
    "/hashtags/",
    "/settings/follow-requests/",
}


class Cost(NamedTuple):
    """Queries of an answer, and how many of the world's entries it shows.

    Attributes:
        short: queries of an answer of the API that is asked for two entries only; of others as `warm`.
    """

    cold: int
    warm: int
    short: int
    entries: int


class World:
    """Ada, with so many of everything; what each of them is called says which one it is.

    The plain tweets come last, so that nothing on a first page repeats or hides another: a page that rules have
    shortened is refilled, which is more questions, but not by its size.
    """

    def __init__(self, size: int) -> None:
        names = [f"entry{number}x" for number in range(size)]
        self.ada, self.friend = factories.person("ada"), factories.person("friend")
        self.collector = factories.person("collector", is_protected=True)
        self.others = [factories.person(name, name=name) for name in names]
        self.root = self.last = factories.tweet(self.ada, "root")
        self.edited = factories.tweet(self.ada, "edited")
        self.list = lists.create_list(owner=self.ada, name="list")
        for add in (self._relate, self._talk, self._list, self._keep, self._allow):
            for other in self.others:
                add(other, other.username)
        self._edit(names[: editing.MOST_EDITS])
        self.own = [factories.tweet(self.ada, name) for name in names]
        self.tweets = [self._tweet(other) for other in self.others]
        while not (fanout.drain() and draining.drain()):
            pass

    def _relate(self, other: User, name: str) -> None:
        factories.follow(self.ada, other)
        factories.follow(other, self.ada, self.friend, self.collector, factories.person(f"s_{name}"))
        relations.mute(muter=self.ada, muted=factories.person(f"m_{name}"))
        relations.block(blocker=self.ada, blocked=factories.person(f"b_{name}"))
        relations.mute_phrase(user=self.ada, phrase=f"muted{name}")
        hashtags.follow(user=self.collector, written=name)

    def _talk(self, other: User, name: str) -> None:
        answer = factories.tweet(other, f"{name} answers", in_reply_to_id=self.root.pk)
        factories.tweet(self.ada, f"{name} is answered", in_reply_to_id=answer.pk)
        factories.tweet(other, f"{name} quotes", quote_of_id=self.root.pk)
        self.last = factories.tweet(self.ada, f"{name} on", in_reply_to_id=self.last.pk)
        like(user=other, tweet_id=self.root.pk)
        retweet(user=other, tweet_id=self.root.pk)

    def _list(self, other: User, name: str) -> None:
        lists.add_member(to=self.list, person=other)
        lists.follow_list(follower=other, followed=self.list)
        lists.create_list(owner=self.ada, name=name)
        with_ada = lists.create_list(owner=other, name=name)
        lists.add_member(to=with_ada, person=self.ada)
        lists.follow_list(follower=self.ada, followed=with_ada)

    def _keep(self, other: User, name: str) -> None:
        for scheduled_at in (None, timezone.now() + timedelta(days=1)):
            drafts.save(author=self.ada, content={"tweets": [NewTweet(name)]}, scheduled_at=scheduled_at)
        Term.objects.create(kind=Term.Kind.WORD, text=name, shown=name, score=5, counted_at=timezone.now())

    def _allow(self, other: User, name: str) -> None:
        browser = Client()
        browser.force_login(self.ada)
        key, ip = browser.session.session_key or "", f"2001:db8::{other.pk}"
        UserSession.objects.create(user=self.ada, ip=ip, session_key=key, user_agent="Firefox/1 Linux")
        tokens.issue(user=self.ada, name=name)
        app = get_application_model().objects.create(
            user=self.ada, name=name, client_type="public", authorization_grant_type="authorization-code"
        )
        later = timezone.now() + timedelta(days=1)
        get_access_token_model().objects.create(user=self.ada, application=app, token=name, expires=later, scope="read")

    def _edit(self, names: Sequence[str]) -> None:
        for version, name in enumerate(names):
            editing.edit_tweet(author=self.ada, tweet_id=self.edited.pk, text=f"{name} edited", version=version)

    def _tweet(self, other: User) -> Tweet:
        tweet = factories.tweet(other, f"{other.username} hello #tag @ada", poll=factories.poll())
        like(user=self.ada, tweet_id=tweet.pk)
        bookmark(user=self.ada, tweet_id=tweet.pk)
        return tweet

    def addresses(self, path: str) -> Iterator[tuple[str, str]]:
        """Each query of the path, and the address, with something of Ada's, or a friend's, for each argument."""
        values: dict[str, Any] = {
            "username": "friend" if path in OF_A_FRIEND else "ada",
            "tweet_id": self.edited.pk if path.endswith("/history/") else self.root.pk,
            "list_id": self.list.pk,
            "tag": "tag",
            "ids": ",".join(str(each.pk) for each in self.tweets),
            "own_id": self.own[-1].pk,
        }
        for query in QUERIES.get(path, ("",)):
            yield query, f"{address(path, values)}?{query.format(**values)}".rstrip("?")


def begins(path: str, beginning: str) -> bool:
    return path == beginning.removesuffix("$") if beginning.endswith("$") else path.startswith(beginning)


def is_single(path: str) -> bool:
    return any(begins(path, each) for each in SINGLE)


def costs(size: int, as_user: Callable[[User], Client]) -> dict[str, Cost]:
    """By path and query, in a world of this size, which is gone afterwards."""
    with transaction.atomic():
        world, found = World(size), {}
        ada, collector = as_user(world.ada), as_user(world.collector)
        for path in sorted({each for each in readable() if not is_single(each)}):
            for query, each in world.addresses(path):
                if cost := cost_of(collector if path in OF_A_COLLECTOR else ada, each):
                    found[f"{path} {query}".rstrip()] = cost
        transaction.set_rollback(True)
    return found


def cost_of(client: Client, each: str) -> Cost | None:
    """None where only changes are taken."""
    redis.timelines().flushall()
    cache.clear()
    generation.forget_kept()
    cold, status, _ = asked(client, each)
    if status == 405:
        return None
    assert status == 200, each
    warm, _, body = asked(client, each)
    short = asked(client, f"{each}{'&' if '?' in each else '?'}limit=2")[0] if each.startswith("/api/") else warm
    return Cost(cold, warm, short, len(set(MARK.findall(body))))


def asked(client: Client, each: str) -> tuple[int, int, str]:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(each)
    return len(queries), response.status_code, "" if response.streaming else response.content.decode(errors="replace")


def test_what_shows_no_list_is_an_address() -> None:
    assert [each for each in SINGLE if not any(begins(path, each) for path in readable())] == []


def test_every_page_costs_the_same_queries_for_2_and_20_entries(as_user: Callable[[User], Client]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_timeout = 0")  # all of this is one
    few, many = costs(FEW, as_user), costs(MANY, as_user)
    assert few.keys() == many.keys()
    assert {each for each in many if many[each].entries <= few[each].entries} == set()
    assert {each: (few[each], many[each]) for each in many if is_dearer(few[each], many[each])} == {}


def is_dearer(few: Cost, many: Cost) -> bool:
    return many.warm > min(few.warm, many.short) or many.cold > few.cold + REFILLED
