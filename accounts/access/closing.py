"""A socket that is closed by us closes at once.

Granian does not send a close for as long as the application waits for what the other side says, and a consumer always
waits for that: whoever was let go would stay. So the waiting ends first.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

CLOSE, CLOSED = "websocket.close", "websocket.disconnect"


class Line:
    """The `receive` and `send` of a connection, as ASGI has them, between a server and an application."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._waiting: asyncio.Future[Message] | None = None
        self._code: int | None = None
        self._is_sent = asyncio.Event()

    async def receive(self) -> Message:
        if self._code is None:
            self._waiting = asyncio.ensure_future(self._receive())
            try:
                await asyncio.wait({self._waiting})
            finally:
                self._waiting.cancel()
            if not self._waiting.cancelled():
                return self._waiting.result()
        await self._is_sent.wait()
        return {"type": CLOSED, "code": self._code}

    async def send(self, message: Message) -> None:
        if message["type"] != CLOSE:
            await self._send(message)
            return
        self._code = message.get("code", 1000)
        if self._waiting and not self._waiting.done():
            self._waiting.cancel()
            await asyncio.wait({self._waiting})
        try:
            await self._send(message)
        finally:
            self._is_sent.set()
