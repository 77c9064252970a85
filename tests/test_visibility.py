"""What must not be seen is seen nowhere: every address that can be read x everybody who may read it.

The world has people of every kind, who all do the same things in the same places; each leaves his mark in every text.
An address without an entry below fails the suite: say whether it shows what many write (`WANTED`: nothing muted), what
the viewer went to see (`SEEN`), or neither tweets nor people (`PLAIN`). All of them are asked, about everybody.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from accounts import actions as people
from accounts.lists import actions as lists
from accounts.models import User
from accounts.relations import actions as relations
from notifications import draining
from stores import redis
from tests import factories
from tests.routes import address, readable
from tweets import hashtags
from tweets.actions import bookmark, delete_tweet, like, retweet
from tweets.models import Tweet
from tweets.pinning import pin

pytestmark = pytest.mark.django_db

WANTED = {
    "/",
    "/<username:username>/status/<tweet_id:tweet_id>/",
    "/<username:username>/status/<tweet_id:tweet_id>/quotes/",
    "/api/hashtags/<hashtag:tag>/tweets/",
    "/api/lists/<list_id:list_id>/tweets/",
    "/api/notifications/",
    "/api/search/tweets/",
    "/api/timelines/catch_up/",
    "/api/timelines/home/",
    "/api/timelines/public/",
    "/api/tweets/<tweet_id:tweet_id>/context/",
    "/api/tweets/<tweet_id:tweet_id>/quotes/",
    "/api/tweets/<tweet_id:tweet_id>/replies/",
    "/explore/",
    "/hashtag/<hashtag:tag>/",
    "/home/newer/",
    "/i/catch-up/",
    "/i/lists/<list_id:list_id>/",
    "/notifications/",
    "/notifications/following/",
    "/notifications/mentions/",
    "/search/",
}
SEEN = {
    "/<username:username>/",
    "/<username:username>/followers/",
    "/<username:username>/followers_you_know/",
    "/<username:username>/following/",
    "/<username:username>/likes/",
    "/<username:username>/status/<tweet_id:tweet_id>/history/",
    "/<username:username>/status/<tweet_id:tweet_id>/likes/",
    "/<username:username>/status/<tweet_id:tweet_id>/retweets/",
    "/<username:username>/with_replies/",
    "/api/lists/<list_id:list_id>/followers/",
    "/api/lists/<list_id:list_id>/members/",
    "/api/complete/people/",
    "/api/search/people/",
    "/api/suggestions/",
    "/api/tweets/<tweet_id:tweet_id>/",
    "/api/tweets/<tweet_id:tweet_id>/history/",
    "/api/tweets/<tweet_id:tweet_id>/likes/",
    "/api/tweets/<tweet_id:tweet_id>/retweets/",
    "/api/users/<username:username>/",
    "/api/users/<username:username>/followers-you-know/",
    "/api/users/<username:username>/followers/",
    "/api/users/<username:username>/following/",
    "/api/users/<username:username>/pinned/",
    "/api/users/<username:username>/tweets/",
    "/api/users/me/bookmarks/",
    "/api/users/me/likes/",
    "/bookmarks/",
    "/compose/",
    "/explore/people/",
    "/i/lists/<list_id:list_id>/followers/",
    "/i/lists/<list_id:list_id>/members/",
    "/tweets/entries/",
}
PLAIN = (
    "/.well-known/",
    "/<username:username>/block/",
    "/<username:username>/follow/",
    "/<username:username>/lists/",
    "/<username:username>/mute/",
    "/<username:username>/remove/",
    "/<username:username>/retweets/",
    "/api/$",
    "/api/complete/hashtags/",
    "/api/docs/",
    "/api/drafts/",
    "/api/hashtags/<hashtag:tag>/$",
    "/api/lists/$",
    "/api/lists/<list_id:list_id>/$",
    "/api/lists/followed/",
    "/api/markers/",
    "/api/notifications/unread/",
    "/api/schema/",
    "/api/suggestions/<username:username>/",
    "/api/trends/",
    "/api/users/<username:username>/lists/",
    "/api/users/<username:username>/memberships/",
    "/api/users/me/$",
    "/api/users/me/blocks/",  # shows whom the viewer himself blocks
    "/api/users/me/follow-requests/",
    "/api/users/me/hashtags/",
    "/api/users/me/muted-words/",
    "/api/users/me/mutes/",
    "/avatars/",
    "/compose/",
    "/confirm-email/",
    "/drafts/",
    "/explore/people/<username:username>/dismiss/",
    "/explore/trends/",
    "/hashtag/<hashtag:tag>/follow/",
    "/hashtags/",
    "/healthz",
    "/home/read/",
    "/i/lists/",
    "/login/",
    "/logout/",
    "/media/",
    "/notifications/read/",
    "/oauth/",
    "/password/",
    "/scheduled/",
    "/settings/",
    "/signup/",
    "/tweets/<tweet_id:tweet_id>/",
)
SHOW_WHOM_ONE_BLOCKS = {"/settings/blocked/", "/api/users/me/blocks/"}

QUERIES = {
    "/": ("around={tweet_id}",),
    "/api/timelines/catch_up/": ("by=author&span=1w",),
    "/i/catch-up/": ("by=author&span=1w",),
    "/compose/": ("in_reply_to_id={tweet_id}", "quote_of_id={tweet_id}"),
    "/tweets/entries/": ("ids={tweet_id}", "main={tweet_id}", "pinned={tweet_id}"),
    "/home/newer/": ("since=0",),
    "/search/": ("q=marker", "q=Name&tab=people"),
    "/api/complete/people/": ("q=Name",),
    "/api/search/people/": ("q=Name",),
    "/api/search/tweets/": ("q=marker&limit=100",),
    "/api/users/<username:username>/tweets/": ("replies=true",),
}
NOT_SHOWN = {
    "/explore/people/",  # nobody is left whom the viewer does not follow
    "/api/suggestions/",
    "/api/users/<username:username>/memberships/",
}

KINDS = ("friend", "blocked", "blocker", "shy", "muted", "wordy", "suspended", "deleted")
CLOSED = {
    "member": {"blocked", "blocker", "shy", "suspended", "deleted"},
    "follower": {"suspended", "deleted"},
    "anonymous": {"shy", "suspended", "deleted"},
}
UNWANTED = {"member": {"muted", "wordy"}, "follower": set[str](), "anonymous": set[str]()}
UNKNOWN = {"member": {"blocked", "blocker", "suspended"}, "follower": {"suspended"}, "anonymous": {"suspended"}}
WITHOUT_PROTECTED = {
    "/api/suggestions/",  # whom one follows is suggested no more
    "/api/tweets/<tweet_id:tweet_id>/context/",  # what the protected one answers or goes on with is not there
    "/explore/people/",
}
"""Where a follower of a protected account sees nothing of it."""

Place = dict[str, Any]
"""A value for each argument of an address."""


def is_plain(path: str) -> bool:
    return any(path == each.removesuffix("$") if each.endswith("$") else path.startswith(each) for each in PLAIN)


def test_every_address_has_an_entry_and_none_is_gone() -> None:
    paths = set(readable())
    assert {path for path in paths if path not in WANTED | SEEN and not is_plain(path)} == set()
    assert (WANTED | SEEN) - paths == set()


class World:
    """Ada, a friend, and one of each kind, who all follow, answer, quote, retweet, like and are on a list; and a fan
    who follows them all, the protected one too, and keeps nobody away."""

    def __init__(self) -> None:
        self.ada, self.fan = factories.person("ada"), factories.person("fan")
        self.people = {kind: factories.person(f"{kind}_p", name=f"Name-{kind}") for kind in KINDS}
        self.friend = self.people["friend"]
        self.root = factories.tweet(self.friend, "marker-friend root")
        self.own = {each: factories.tweet(each) for each in (self.ada, self.fan)}
        self.list = lists.create_list(owner=self.friend, name="everybody")
        hashtags.follow(user=self.ada, written="tag")
        self.originals = {kind: self._do(kind, person) for kind, person in self.people.items()}
        self._hide()
        while not draining.drain():
            pass

    def _do(self, kind: str, person: User) -> Tweet:
        words = f"marker-{kind}" + (" badword" if kind == "wordy" else "")
        original = factories.tweet(person, f"{words} @ada @fan #tag")
        factories.follow(person, self.ada, *({self.friend} - {person}))
        if kind != "shy":
            factories.follow(self.ada, person)
        for about in (self.root, *self.own.values()):
            factories.tweet(person, f"{words} answers", in_reply_to_id=about.pk)
            factories.tweet(person, f"{words} quotes", quote_of_id=about.pk)
            retweet(user=person, tweet_id=about.pk)
            like(user=person, tweet_id=about.pk)
        pin(user=person, tweet_id=original.pk)
        factories.follow(self.fan, person)
        for viewer in (self.ada, self.fan):
            like(user=viewer, tweet_id=original.pk)
            bookmark(user=viewer, tweet_id=original.pk)
        # What one passes on oneself is one's own, and shown although it is muted.
        for user in (self.friend,) if kind in UNWANTED["member"] else (self.friend, self.ada):
            retweet(user=user, tweet_id=original.pk)
            factories.tweet(user, f"marker-friend about {person.pk}", quote_of_id=original.pk)
        if person != self.friend:
            factories.follow(self.friend, person)
            lists.follow_list(follower=person, followed=self.list)
        lists.add_member(to=self.list, person=person)
        lists.add_member(to=lists.create_list(owner=person, name=f"Name-{kind}"), person=self.ada)
        return original

    def _hide(self) -> None:
        relations.block(blocker=self.ada, blocked=self.people["blocked"])
        relations.block(blocker=self.people["blocker"], blocked=self.ada)
        people.edit_profile(user=self.people["shy"], changes={"is_protected": True})
        relations.mute(muter=self.ada, muted=self.people["muted"])
        relations.mute_phrase(user=self.ada, phrase="badword")
        people.suspend(user=self.people["suspended"])
        for tweet in Tweet.objects.filter(author=self.people["deleted"], deleted_at=None):
            delete_tweet(tweet=tweet)
        redis.timelines().flushall()

    def places(self, viewer: User) -> Iterator[Place]:
        """What addresses of everybody may be asked about: a friend's things, and the viewer's own."""
        yield {"username": "friend_p", "tweet_id": self.root.pk, "list_id": self.list.pk}
        yield {"username": viewer.username, "tweet_id": self.own[viewer].pk, "list_id": self.list.pk}

    def place_of(self, kind: str) -> Place:
        """The same of one kind."""
        return {"username": f"{kind}_p", "tweet_id": self.originals[kind].pk, "list_id": self.list.pk}


OTHER_ARGUMENTS = {"letter": "a", "hue": "7", "tag": "tag"}


def addresses(path: str, place: Place) -> list[str]:
    """The path with these arguments, and with each of its queries."""
    plain = address(path, OTHER_ARGUMENTS | place)
    return [plain, *(f"{plain}?{query.format(**place)}" for query in QUERIES.get(path, ()))]


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.django_db(transaction=True)  # one would take longer than a transaction may
@pytest.mark.parametrize("viewer", ["member", "follower", "anonymous"])
def test_nothing_hidden_is_seen_anywhere(world: World, viewer: str, as_user: Callable[[User], Client]) -> None:
    person = world.fan if viewer == "follower" else world.ada
    client = Client() if viewer == "anonymous" else as_user(person)
    leaks: dict[str, set[str]] = {}
    vain, without_protected = set[str](), set[str]()
    for path in sorted(set(readable())):
        redis.timelines().delete(*redis.timelines().keys("{limits}:*") or ["-"])
        if client.get(addresses(path, next(world.places(person)))[0]).status_code == 405:
            continue
        bodies = [body(client, each) for place in world.places(person) for each in addresses(path, place)]
        forbidden = {f"marker-{kind}" for kind in CLOSED[viewer]}
        if path in WANTED:
            forbidden |= {f"marker-{kind}" for kind in UNWANTED[viewer]}
        names = {f"Name-{kind}" for kind in UNKNOWN[viewer]}
        forbidden |= names - {"Name-blocked"} if path in SHOW_WHOM_ONE_BLOCKS else names
        found = {mark for mark in forbidden if any(mark in each for each in bodies)}
        for kind in CLOSED[viewer]:
            about = "".join(body(client, each) for each in addresses(path, world.place_of(kind)))
            found |= {f"marker-{kind} of his own"} if f"marker-{kind}" in about else set()
        if found:
            leaks[path] = found
        if viewer == "member" and path in WANTED | SEEN and not any(shows_somebody(each) for each in bodies):
            vain.add(path)
        if viewer == "follower" and path in WANTED | SEEN:
            bodies += [body(client, each) for each in addresses(path, world.place_of("shy"))]
            if not any("marker-shy" in each or "Name-shy" in each for each in bodies):
                without_protected.add(path)
    assert leaks == {}
    assert vain - NOT_SHOWN == set()
    if viewer == "follower":
        assert without_protected == WITHOUT_PROTECTED


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code < 500, address
    return "" if response.streaming else response.content.decode(errors="replace")


def shows_somebody(text: str) -> bool:
    return "marker-friend" in text or "Name-friend" in text or "Name-muted" in text
