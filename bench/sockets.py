"""Very many sockets held open by one process that does next to nothing with them."""

import asyncio
import base64
import resource
import secrets
import threading
import time
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

from bench.stage import Stage

T = TypeVar("T")

OPENING_AT_ONCE = 50
PATIENCE_SECONDS = 60
_MARGIN = 500


class Silent(Exception):
    """Somebody was not let in, or did not hear what everybody should have heard."""


def allow_files(count: int) -> None:
    """Let this process, and what it starts from now on, have so many files open, and some more.

    Raises:
        ValueError: the system does not let us; `ulimit -Hn` says how many it does.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, count + _MARGIN), most))
    if most < count + _MARGIN:
        raise ValueError(f"{count + _MARGIN} open files are needed, {most} are allowed")


class Listener(asyncio.Protocol):
    """One socket: shows its token, then looks for one word in all that arrives."""

    def __init__(self, crowd: "Crowd", request: bytes) -> None:
        self._crowd, self._request, self._is_in = crowd, request, False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self._is_in:
            self._is_in = data.startswith(b"HTTP/1.1 101")
            self._crowd.let_in(self._is_in)
        if self._crowd.word in data:
            self._crowd.heard(self)


class Crowd:
    """Open sockets, in a thread of their own."""

    def __init__(self, stage: Stage) -> None:
        self._address = stage.addresses.local, stage.addresses.live
        self._loop = asyncio.new_event_loop()
        self._opened: list[asyncio.BaseTransport] = []
        self._those_who_heard: set[Listener] = set()
        self._room = asyncio.Semaphore(OPENING_AT_ONCE)
        self._refused = 0
        self._everybody = threading.Event()
        self._last_heard_at = 0.0
        self.word = b"\0never"
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def open(self, headers: Sequence[str]) -> None:
        """A socket for each of these credentials.

        Raises:
            Silent: not all were let in.
        """
        self._do(self._open_all(headers))
        until = time.monotonic() + PATIENCE_SECONDS
        while self._room._value < OPENING_AT_ONCE:  # noqa: SLF001  there is no public way to it
            if time.monotonic() > until or self._refused:
                raise Silent(f"{self._refused} of {len(headers)} were refused")
            time.sleep(0.01)

    async def _open_all(self, headers: Sequence[str]) -> None:
        for header in headers:
            await self._room.acquire()
            listener = partial(Listener, self, _upgrade(header))
            transport, _ = await self._loop.create_connection(listener, *self._address)
            self._opened.append(transport)

    def let_in(self, yes: bool) -> None:
        self._refused += not yes
        self._room.release()

    def expect(self, word: str) -> None:
        """From now on this is what everybody should hear."""
        self._everybody.clear()
        self._those_who_heard = set()
        self.word = word.encode()

    def heard(self, listener: Listener) -> None:
        self._those_who_heard.add(listener)
        if len(self._those_who_heard) == len(self._opened):
            self._last_heard_at = time.perf_counter()
            self._everybody.set()

    def wait(self, seconds: float = PATIENCE_SECONDS) -> float:
        """
        Returns:
            When the last one heard it, by the performance counter.

        Raises:
            Silent: not all heard it in time.
        """
        if not self._everybody.wait(seconds):
            raise Silent(f"{len(self._those_who_heard)} of {len(self._opened)} heard it")
        return self._last_heard_at

    def close(self) -> None:
        self._do(self._close_all())
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _close_all(self) -> None:
        for each in self._opened:
            each.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_SECONDS)


def _upgrade(header: str) -> bytes:
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    lines = (
        *("GET /live/ HTTP/1.1", "Host: localhost", "Connection: Upgrade", "Upgrade: websocket"),
        *("Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", header),
    )
    return "\r\n".join([*lines, "", ""]).encode()
