"""Live hints, from the change to an open socket, through a real Redis."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from socket import create_server
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.conf import LazySettings
from django.test import Client

from accounts import actions
from accounts.access.sockets import BySession
from accounts.models import User
from accounts.relations import actions as relations
from stores import redis
from tests import factories
from tests.sockets import Socket
from timelines import consumers, fanout, live
from timelines.consumers import CLOSED, NOT_LOGGED_IN, LiveConsumer
from tweets import hashtags
from tweets.actions import delete_tweet, retweet
from tweets.editing import edit_tweet
from tweets.models import Tweet
from twitterclone.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)

Open = Callable[[User], Any]


@sync_to_async
def session_of(user: User) -> BySession:
    """A browser in which somebody is logged in, as a socket sees it."""
    client = Client()
    client.force_login(user)
    return BySession(client.session.session_key)


@pytest.fixture
async def open_socket() -> AsyncIterator[Open]:
    opened: list[Socket] = []

    async def opens(user: User) -> Socket:
        socket = Socket(LiveConsumer.as_asgi(), credentials=await session_of(user))
        assert await socket.is_let_in()
        opened.append(socket)
        await asyncio.sleep(0.2)  # until it has joined its groups
        return socket

    yield opens
    for each in opened:
        await each.leaves()


@sync_to_async
def happens(*changes: Callable[[], object]) -> None:
    """Changes, and the drain that tells of them."""
    for change in changes:
        change()
    while not fanout.drain():
        pass


async def test_a_follower_and_the_author_hear_of_a_tweet_and_a_stranger_does_not(
    ada: User, grace: User, alan: User, open_socket: Open
) -> None:
    await happens(lambda: factories.follow(ada, grace))
    follower, author, stranger = [await open_socket(each) for each in (ada, grace, alan)]
    posted: list[Any] = []
    await happens(lambda: posted.append(factories.tweet(grace)))
    expected = {"type": "tweet", "id": str(posted[0].pk)}
    assert await follower.heard() == expected
    assert await author.heard() == expected
    assert await stranger.receive_nothing(0.3)


async def test_a_reply_is_heard_of_only_where_it_belongs(ada: User, grace: User, alan: User, open_socket: Open) -> None:
    linus = await sync_to_async(factories.person)("linus")
    await happens(lambda: factories.follow(ada, grace), lambda: factories.follow(linus, grace, alan))
    one, both = [await open_socket(each) for each in (ada, linus)]
    asked = await sync_to_async(factories.tweet)(alan)
    await happens()
    assert (await both.heard())["id"] == str(asked.pk)
    answer = await sync_to_async(lambda: factories.tweet(grace, in_reply_to_id=asked.pk))()
    await happens()
    assert await both.heard() == {"type": "tweet", "id": str(answer.pk)}
    assert await one.receive_nothing(0.3)


async def test_a_delete_arrives(ada: User, grace: User, open_socket: Open) -> None:
    await happens(lambda: factories.follow(ada, grace))
    tweet = await sync_to_async(factories.tweet)(grace)
    await happens()
    socket = await open_socket(ada)
    await happens(lambda: delete_tweet(tweet=tweet))
    assert await socket.heard() == {"type": "deleted", "id": str(tweet.pk)}


async def test_an_edit_arrives(ada: User, grace: User, alan: User, open_socket: Open) -> None:
    await happens(lambda: factories.follow(ada, grace))
    tweet = await sync_to_async(factories.tweet)(grace)
    await happens()
    follower, author, stranger = [await open_socket(each) for each in (ada, grace, alan)]
    await happens(lambda: edit_tweet(author=grace, tweet_id=tweet.pk, text="Second", version=0))
    expected = {"type": "edited", "id": str(tweet.pk)}
    assert [await each.heard() for each in (follower, author)] == [expected, expected]
    assert await stranger.receive_nothing(0.3)


async def test_follow_and_unfollow_reach_an_open_socket(ada: User, grace: User, open_socket: Open) -> None:
    socket = await open_socket(ada)
    await happens(lambda: factories.follow(ada, grace))
    assert await socket.heard() == {"type": "ties"}
    await happens(lambda: factories.tweet(grace))
    assert (await socket.heard())["type"] == "tweet"
    await happens(lambda: actions.unfollow(follower=ada, followee=grace))
    assert await socket.heard() == {"type": "ties"}
    await happens(lambda: factories.tweet(grace))
    assert await socket.receive_nothing(0.3)


async def test_nobody_hears_of_whom_he_keeps_away_nor_of_the_protected(
    ada: User, grace: User, alan: User, open_socket: Open
) -> None:
    carol, dora = [await sync_to_async(factories.person)(name) for name in ("carol", "dora")]
    await happens(
        lambda: factories.follow(ada, grace, alan),
        lambda: hashtags.follow(user=ada, written="tea"),
        lambda: relations.mute(muter=ada, muted=alan),
        lambda: relations.block(blocker=carol, blocked=ada),
        lambda: actions.edit_profile(user=dora, changes={"is_protected": True}),
    )
    socket = await open_socket(ada)

    def says() -> Tweet:
        for each in (alan, carol, dora):
            kept_away = factories.tweet(each, "#tea")
            if each != dora:
                retweet(user=grace, tweet_id=kept_away.pk)
                factories.tweet(grace, "#tea", quote_of_id=kept_away.pk)
        return factories.tweet(grace, "That is all")

    last = await sync_to_async(says)()
    await happens()
    assert await socket.heard() == {"type": "tweet", "id": str(last.pk)}
    await happens(lambda: relations.unmute(muter=ada, muted=alan))
    assert [(await socket.heard())["type"] for _ in range(2)] == ["notifications", "ties"]
    tweet = await sync_to_async(factories.tweet)(alan)
    await happens()
    assert await socket.heard() == {"type": "tweet", "id": str(tweet.pk)}
    await happens(lambda: relations.mute(muter=ada, muted=alan))
    assert [(await socket.heard())["type"] for _ in range(2)] == ["notifications", "ties"]
    await happens(lambda: factories.tweet(alan))
    assert await socket.receive_nothing(0.3)


async def test_who_is_suspended_is_closed_for_good(ada: User, open_socket: Open) -> None:
    socket = await open_socket(ada)
    await happens(lambda: actions.suspend(user=ada))
    assert await socket.heard() == {"type": "closed"}
    assert await socket.closed() == CLOSED


async def test_who_deletes_his_account_is_closed_too(ada: User, open_socket: Open) -> None:
    socket = await open_socket(ada)
    await happens(ada.delete)
    assert await socket.heard() == {"type": "closed"}


async def test_an_anonymous_visitor_is_refused() -> None:
    socket = Socket(LiveConsumer.as_asgi(), credentials=BySession(None))
    await socket.is_let_in()
    assert await socket.closed() == NOT_LOGGED_IN


async def test_what_a_page_sends_is_ignored(ada: User, open_socket: Open) -> None:
    socket = await open_socket(ada)
    await socket.says(text="{not json")
    await socket.says(bytes=b"\x00")
    await happens(lambda: factories.tweet(ada))
    assert (await socket.heard())["type"] == "tweet"


async def test_a_message_larger_than_its_channel_is_one_publish_for_all_sockets(
    ada: User, grace: User, open_socket: Open
) -> None:
    await happens(lambda: factories.follow(ada, grace))
    sockets = [await open_socket(ada) for _ in range(5)]
    await happens(lambda: factories.tweet(grace))
    assert len({str(await each.heard()) for each in sockets}) == 1


# The whole stack


def socket_of(user: User | None, origin: str) -> Socket:
    headers = [(b"origin", origin.encode()), (b"host", b"localhost")]
    if user:
        client = Client()
        client.force_login(user)
        headers.append((b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()))
    return Socket(application, headers)


async def test_a_logged_in_page_of_this_site_is_let_in(ada: User) -> None:
    socket = await sync_to_async(socket_of)(ada, "http://localhost")
    assert await socket.is_let_in()
    assert await socket.receive_nothing(0.2)
    await socket.leaves()


async def test_a_foreign_page_is_refused_though_the_browser_sends_the_cookie(ada: User) -> None:
    socket = await sync_to_async(socket_of)(ada, "https://evil.example")
    assert not await socket.is_let_in()


async def test_without_or_with_a_dead_session_nobody_is_let_in(ada: User) -> None:
    suspended = await sync_to_async(socket_of)(ada, "http://localhost")
    await sync_to_async(actions.suspend)(user=ada)
    for socket in (suspended, await sync_to_async(socket_of)(None, "http://localhost")):
        await socket.is_let_in()
        assert await socket.closed() == NOT_LOGGED_IN


# The sender


def test_nobody_fails_because_nobody_could_be_told(settings: LazySettings, tmp_path: Path) -> None:
    settings.CHANNELS_REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    live.publish([live.posted(1, 2, None)])
    live.publish([])


def test_a_redis_that_does_not_answer_is_left_alone_soon(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SEND_SECONDS", 0.1)
    with create_server(("127.0.0.1", 0)) as deaf:
        settings.CHANNELS_REDIS_URL = "redis://{}:{}".format(*deaf.getsockname())
        began = time.monotonic()
        live.publish([live.posted(1, 2, None)])
    assert time.monotonic() - began < 2


def test_codes_are_those_that_the_page_knows() -> None:
    assert (consumers.NOT_LOGGED_IN, consumers.CLOSED) == (4401, 4403)


async def test_many_groups_are_joined_and_left_by_one_command(
    redis_commands: Callable[[], Counter[str]],
) -> None:
    layer = get_channel_layer()
    channel, groups = await layer.new_channel(), [f"author.{each}" for each in range(5_000)]
    before = await sync_to_async(redis_commands)()
    await layer.join(groups, channel)
    await layer.group_send("author.4999", {"type": "hello"})
    assert await layer.receive(channel) == {"type": "hello"}
    await layer.leave(groups, channel)
    after = await sync_to_async(redis_commands)()
    assert {name: after[name] - before[name] for name in ("subscribe", "unsubscribe")} == {
        "subscribe": 1,
        "unsubscribe": 1,
    }
    await layer.flush()


async def test_who_leaves_a_group_takes_nobody_else_along() -> None:
    layer = get_channel_layer()
    stays, goes = await layer.new_channel(), await layer.new_channel()
    for each in (stays, goes):
        await layer.join(["author.1", "author.2"], each)
    await layer.leave(["author.1"], goes)
    await layer.group_send("author.1", {"type": "hello"})
    assert await layer.receive(stays) == {"type": "hello"}
    await layer.group_send("author.2", {"type": "to both"})
    assert [await layer.receive(each) for each in (stays, goes)] == [{"type": "to both"}] * 2
    await layer.flush()


@pytest.fixture
def redis_commands() -> Callable[[], Counter[str]]:
    """How often each command has been given to Redis, by the server's own count."""

    def counted() -> Counter[str]:
        stats = redis.timelines().info("commandstats")
        return Counter({name.removeprefix("cmdstat_"): each["calls"] for name, each in stats.items()})

    return counted
