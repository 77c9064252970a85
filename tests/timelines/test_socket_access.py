"""Who may open a socket, and when it is closed: through the whole stack, by what other processes do."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts import actions, tokens
from accounts.access import endings, lookup, sockets
from accounts.access.sockets import BySession, ByToken, Credentials, Pass, check_all
from accounts.models import PersonalToken, User
from stores import redis, wire
from stores.wire import Command
from tests import factories
from tests.sockets import Socket
from timelines import fanout, watching
from timelines.consumers import CLOSED, ENDED, NOT_LOGGED_IN, LiveConsumer
from twitterclone.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)

Opens = Callable[..., Any]
HOST = (b"host", b"localhost")
OURS = (b"origin", b"http://localhost")
FOREIGN = (b"origin", b"https://evil.example")


def by_header(token: str, *more: tuple[bytes, bytes]) -> Socket:
    return Socket(application, [HOST, (b"authorization", f"Bearer {token}".encode()), *more])


def by_protocol(token: str, *more: tuple[bytes, bytes]) -> Socket:
    return Socket(application, [HOST, *more], subprotocols=["bearer", token])


def by_session(browser: Client) -> Socket:
    cookie = f"sessionid={browser.cookies['sessionid'].value}"
    return Socket(application, [HOST, OURS, (b"cookie", cookie.encode())])


@sync_to_async
def token_of(user: User, **options: Any) -> str:
    return tokens.issue(user=user, **options)


@sync_to_async
def browser_of(user: User) -> Client:
    client = Client()
    client.post("/login/", {"login": user.username, "password": "correct horse"})
    return client


@pytest.fixture
async def opened() -> AsyncIterator[Opens]:
    """Opens a socket, and waits until it has joined its groups."""
    sockets: list[Socket] = []

    async def opens(socket: Socket) -> Socket:
        assert await socket.is_let_in()
        sockets.append(socket)
        await asyncio.sleep(0.3)
        return socket

    yield opens
    for each in sockets:
        await each.leaves()


async def refusal(socket: Socket) -> int:
    await socket.is_let_in()
    return await socket.closed()


class TestATokenOpensASocket:
    @pytest.mark.parametrize("shown", [by_header, by_protocol])
    async def test_in_a_header_or_as_a_protocol(self, ada: User, opened: Opens, shown: Callable[..., Socket]) -> None:
        socket = await opened(shown(await token_of(ada)))
        await sync_to_async(factories.follow)(ada, await sync_to_async(factories.person)())
        await sync_to_async(fanout.drain)()
        assert await socket.heard() == {"type": "ties"}

    async def test_but_not_in_the_address(self, ada: User) -> None:
        token = await token_of(ada)
        socket = Socket(application, [HOST, OURS], query_string=f"token={token}&access_token={token}".encode())
        assert await refusal(socket) == NOT_LOGGED_IN

    async def test_from_a_page_of_ours_only_if_a_page_shows_it(self, ada: User, opened: Opens) -> None:
        token = await token_of(ada)
        assert not await by_protocol(token, FOREIGN).is_let_in()
        await opened(by_protocol(token, OURS))

    async def test_only_with_the_scope_to_read(self, ada: User) -> None:
        assert await refusal(by_header(await token_of(ada, scope=["write", "read:profile"]))) == CLOSED

    @pytest.mark.parametrize("token", ["", "pat_nonsense", "nonsense"])
    async def test_only_if_it_is_one(self, token: str) -> None:
        assert await refusal(by_header(token)) == NOT_LOGGED_IN

    async def test_not_when_it_has_expired(self, ada: User) -> None:
        expired = await token_of(ada, until=timezone.now() - timedelta(seconds=1))
        assert await refusal(by_header(expired)) == NOT_LOGGED_IN


@pytest.mark.parametrize(
    "end",
    [
        lambda user: endings.end_all(user=user),
        lambda user: actions.change_password(user=user, password="battery staple"),
        lambda user: endings.end_personal(pk=PersonalToken.objects.get().pk, user=user),
    ],
    ids=["log out everywhere", "new password", "revoked"],
)
async def test_the_end_of_a_token_closes_its_socket(ada: User, opened: Opens, end: Callable[[User], object]) -> None:
    socket = await opened(by_header(await token_of(ada)))
    await sync_to_async(end)(ada)
    assert await socket.closed() == ENDED


async def test_suspension_closes_all_sockets_for_good(ada: User, opened: Opens) -> None:
    both = [await opened(by_header(await token_of(ada))), await opened(by_session(await browser_of(ada)))]
    await sync_to_async(actions.suspend)(user=ada)
    for socket in both:
        assert await socket.heard() == {"type": "closed"}
        assert await socket.closed() == CLOSED


async def test_a_socket_ends_when_its_token_expires(ada: User, opened: Opens) -> None:
    soon = await token_of(ada, until=timezone.now() + timedelta(seconds=1.5))
    assert await (await opened(by_header(soon))).closed() == ENDED


async def test_one_session_s_end_closes_its_socket_and_no_other(ada: User, opened: Opens) -> None:
    here, there = await browser_of(ada), await browser_of(ada)
    socket_here, socket_there = await opened(by_session(here)), await opened(by_session(there))
    key = there.cookies["sessionid"].value
    ended = await UserSession.objects.aget(session_key=key)
    await sync_to_async(endings.end_session)(user=ada, session_id=ended.pk)
    assert await socket_there.closed() == ENDED
    assert await socket_here.receive_nothing(0.3)


async def test_logging_out_closes_the_socket(ada: User, opened: Opens) -> None:
    browser = await browser_of(ada)
    socket = await opened(by_session(browser))
    await sync_to_async(browser.post)("/logout/")
    assert await socket.closed() == ENDED


async def test_log_out_everywhere_closes_the_sockets_of_other_sessions(ada: User, opened: Opens) -> None:
    here, there = await browser_of(ada), await browser_of(ada)
    socket = await opened(by_session(there))
    await sync_to_async(here.post)("/settings/sessions/end/")
    assert await socket.closed() == ENDED
    assert await refusal(by_session(there)) == NOT_LOGGED_IN
    await opened(by_session(here))


async def test_what_nobody_was_told_is_found_before_long(
    ada: User, opened: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message was lost, and the row went without any of the house's actions."""
    monkeypatch.setattr(watching, "LOOK_AGAIN_SECONDS", 0.5)
    token = await token_of(ada)
    socket = await opened(by_header(token))
    await sync_to_async(PersonalToken.objects.all()._raw_delete)("default")
    await sync_to_async(redis.timelines().delete)(lookup._key(lookup.digest(token)))
    assert await socket.closed() == ENDED


async def test_all_sockets_are_looked_at_in_one_conversation(
    ada: User, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = [ByToken(await token_of(user)) for user in (ada, grace)]
    browser = await browser_of(ada)
    everybody: list[Credentials] = [
        *shown,
        ByToken("pat_nonsense"),
        ByToken(await token_of(ada, scope=["write"])),
        BySession(None),
    ]
    everybody.append(BySession(browser.cookies["sessionid"].value))
    asked: list[int] = []
    ask = wire.ask

    def listening(commands: Sequence[Command]) -> list[Any]:
        asked.append(len(commands))
        return ask(commands)

    await check_all(everybody)
    monkeypatch.setattr(wire, "ask", listening)
    passes = await check_all([*everybody, *everybody])
    assert [each and each.user_id for each in passes] == [ada.pk, grace.pk, None, None, None, ada.pk] * 2
    assert asked == [4]


async def test_a_look_that_fails_ends_no_socket_and_is_not_the_last(
    ada: User, opened: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = asyncio.Event()

    async def fails_once(credentials: Sequence[Credentials]) -> list[Pass | None]:
        if failed.is_set():
            return await check_all(credentials)
        failed.set()
        raise OperationalError

    monkeypatch.setattr(watching, "LOOK_AGAIN_SECONDS", 0.5)
    monkeypatch.setattr(sockets, "check_all", fails_once)
    socket = await opened(by_header(await token_of(ada)))
    await asyncio.wait_for(failed.wait(), 3)
    assert await socket.receive_nothing(0.1)
    await sync_to_async(PersonalToken.objects.all()._raw_delete)("default")
    await sync_to_async(redis.timelines().flushdb)()
    assert await socket.closed() == ENDED


async def test_a_socket_that_is_cut_off_leaves_all_its_groups(ada: User) -> None:
    """Its server says nothing of an end; it fails."""
    cut, heard = asyncio.Event(), asyncio.Queue[Any]()
    said = iter([{"type": "websocket.connect"}])

    async def receive() -> Any:
        for message in said:
            return message
        await cut.wait()
        raise ConnectionError

    scope = {"subprotocols": [], "credentials": ByToken(await token_of(ada))}
    running = asyncio.create_task(LiveConsumer()(scope, receive, heard.put))
    assert (await heard.get())["type"] == "websocket.accept"
    await asyncio.sleep(0.3)
    groups = sync_to_async(lambda: redis.timelines().pubsub_channels("live__group__*"))
    assert sorted(await groups()) == [f"live__group__{kind}.{ada.pk}".encode() for kind in ("author", "viewer")]
    cut.set()
    with pytest.raises(ConnectionError):
        await running
    assert await groups() == []
