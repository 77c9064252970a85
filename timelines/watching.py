"""Open sockets are looked at again now and then: a process asks about all that are due in one visit of a thread.

One by one, each with a task and a visit of its own, this was most of what an idle socket cost.
"""

import asyncio
import logging
import secrets
import time
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from accounts.access import sockets

LOOK_AGAIN_SECONDS = 30
TICK_SECONDS = 0.5
AT_ONCE = 100  # sockets that are just being opened wait for the same thread

logger = logging.getLogger(__name__)


class Watched(Protocol):
    """
    Attributes:
        until: when what it was opened with ends by itself, in seconds of the clock.
    """

    scope: dict[str, Any]
    until: float

    def refused(self) -> None:
        """What it was opened with is no longer good. Not to be waited for: who reads slowly closes slowly."""


class Watch:
    """Over the open sockets of one event loop."""

    def __init__(self) -> None:
        self._due: dict[Watched, float] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, socket: Watched) -> None:
        """It is looked at at the next tick, for what ended while it was let in, and then again and again."""
        self._due[socket] = time.time()
        if self._task is None:
            self._task = asyncio.create_task(self._look_again_and_again())

    def remove(self, socket: Watched) -> None:
        self._due.pop(socket, None)
        if self._task and not self._due:
            self._task.cancel()
            self._task = None

    async def _look_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = time.time()
            due = [socket for socket, at in self._due.items() if at <= now]
            for start in range(0, len(due), AT_ONCE):
                await self._look(due[start : start + AT_ONCE])

    async def _look(self, some: list[Watched]) -> None:
        """Hints may flow while PostgreSQL is away: what they lead to is asked for over HTTP."""
        try:
            passes = await sockets.check_all([socket.scope["credentials"] for socket in some])
        except Exception:  # whatever it was, the next look must come
            logger.warning("%d open sockets could not be looked at again", len(some), exc_info=True)
            passes = [sockets.Pass(0, socket.until) for socket in some]
        for socket, found in zip(some, passes, strict=True):
            if socket in self._due:  # it may have left meanwhile
                self._note(socket, found)

    def _note(self, socket: Watched, found: sockets.Pass | None) -> None:
        if found is None:
            self.remove(socket)
            socket.refused()
            return
        socket.until = found.until
        pause = LOOK_AGAIN_SECONDS * (0.75 + secrets.randbelow(500) / 1000)
        self._due[socket] = min(time.time() + pause, found.until)


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()


def watch() -> Watch:
    """The running loop's own."""
    return _watches.setdefault(asyncio.get_running_loop(), Watch())
