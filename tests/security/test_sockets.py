"""Sockets as a program of somebody else opens them, to a server in a process of its own; what ends them happens here,
in another.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from accounts import actions, tokens
from accounts.access import endings
from accounts.models import PersonalToken, User
from tests import factories
from tests.site import Site
from timelines import fanout
from timelines.consumers import CLOSED, ENDED, NOT_LOGGED_IN

pytestmark = pytest.mark.django_db(transaction=True)

Opens = Callable[..., Any]


@pytest.fixture(scope="module")
def running(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("live") / "log")
    site.start()
    yield site
    site.stop()


@pytest.fixture
async def opens(running: Site, transactional_db: None) -> AsyncIterator[Opens]:
    """Opens a socket to the other process; those that are still open at the end are closed."""
    sockets: list[ClientConnection] = []

    async def opened(query: str = "", **options: Any) -> ClientConnection:
        address = f"ws://127.0.0.1:{running.port}/live/{query}"
        sockets.append(await connect(address, open_timeout=20, proxy=None, **options))
        return sockets[-1]

    yield opened
    for each in sockets:
        await each.close()


def shown(token: str) -> dict[str, Any]:
    return {"additional_headers": {"Authorization": f"Bearer {token}"}}


@sync_to_async
def token_of(user: User, **options: Any) -> str:
    return tokens.issue(user=user, **options)


@sync_to_async
def session_of(user: User) -> dict[str, Any]:
    """The cookie of a logged-in browser."""
    browser = Client()
    browser.post("/login/", {"login": user.username, "password": "correct horse"})
    return {"additional_headers": {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"}}


async def closed(socket: ClientConnection) -> int | None:
    """The code with which the server closed it; whatever it said before is passed over."""
    async with asyncio.timeout(20):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None


async def is_heard_of(user: User, socket: ClientConnection) -> None:
    """The socket has joined its groups: it hears of its owner's own tweet, after others that it may have heard of."""
    for _ in range(10):
        tweet = await sync_to_async(factories.tweet)(user)
        await sync_to_async(fanout.drain)()
        with suppress(TimeoutError):
            async with asyncio.timeout(3):
                while json.loads(await socket.recv()) != {"type": "tweet", "id": str(tweet.pk)}:
                    pass
                return
    pytest.fail("the socket hears of nothing")


async def test_asvs_4_4_2_only_pages_of_ours_open_a_socket_by_session(ada: User, opens: Opens, running: Site) -> None:
    cookie = await session_of(ada)
    for foreign in ("https://evil.example", f"http://127.0.0.1.evil.example:{running.port}", "null"):
        with pytest.raises(InvalidStatus) as refused:
            await opens(origin=foreign, **cookie)
        assert refused.value.response.status_code == 403
    await is_heard_of(ada, await opens(origin=running.address, **cookie))


async def test_asvs_4_4_3_a_program_opens_one_with_a_token_of_its_own_and_nobody_without(
    ada: User, opens: Opens, running: Site
) -> None:
    token = await token_of(ada)
    assert await closed(await opens(origin=running.address)) == NOT_LOGGED_IN
    with pytest.raises(InvalidStatus):
        await opens()
    assert await closed(await opens(**shown("nonsense"))) == NOT_LOGGED_IN
    by_protocol = await opens(subprotocols=["bearer", token])
    assert by_protocol.subprotocol == "bearer"  # the token is not said back
    await is_heard_of(ada, by_protocol)
    await is_heard_of(ada, await opens(**shown(token)))


async def test_asvs_14_2_1_a_token_in_the_address_opens_nothing(
    ada: User, opens: Opens, running: Site, client: Client
) -> None:
    token = await token_of(ada)
    for name in ("token", "access_token", "bearer"):
        assert await closed(await opens(f"?{name}={token}", origin=running.address)) == NOT_LOGGED_IN
        response = await sync_to_async(client.get)(f"/api/users/me/?{name}={token}")
        assert response.status_code == 401


async def test_ghsa_7gwh_mw97_qjgp_a_socket_needs_the_scope_to_read(ada: User, opens: Opens) -> None:
    for scope in (["write", "follow"], ["read:profile"]):
        assert await closed(await opens(**shown(await token_of(ada, scope=scope)))) == CLOSED


async def test_ghsa_r2fh_jr9c_9pxh_suspension_closes_every_open_socket(ada: User, opens: Opens, running: Site) -> None:
    token, session = shown(await token_of(ada)), await session_of(ada)
    both = [await opens(**token), await opens(origin=running.address, **session)]
    for socket in both:
        await is_heard_of(ada, socket)
    await sync_to_async(actions.suspend)(user=ada)
    assert [await closed(socket) for socket in both] == [CLOSED, CLOSED]
    assert await closed(await opens(**token)) == NOT_LOGGED_IN
    assert await closed(await opens(origin=running.address, **session)) == NOT_LOGGED_IN


@pytest.mark.parametrize(
    "end",
    [
        lambda user: actions.change_password(user=user, password="battery staple 9"),
        lambda user: endings.end_all(user=user),
        lambda user: PersonalToken.objects.get(user=user).delete(),
    ],
    ids=["new password", "log out everywhere", "revoked"],
)
async def test_ghsa_f3q3_rmf7_9655_what_ends_access_closes_sockets_that_another_process_holds(
    ada: User, opens: Opens, end: Callable[[User], object]
) -> None:
    token = await token_of(ada)
    socket = await opens(**shown(token))
    await is_heard_of(ada, socket)
    await sync_to_async(end)(ada)
    assert await closed(socket) == ENDED
    assert await closed(await opens(**shown(token))) == NOT_LOGGED_IN


async def test_a_socket_ends_with_the_life_of_its_token(ada: User, opens: Opens) -> None:
    socket = await opens(**shown(await token_of(ada, until=timezone.now() + timedelta(seconds=4))))
    await is_heard_of(ada, socket)
    assert await closed(socket) == ENDED
