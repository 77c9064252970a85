"""The socket end of live hints."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, NoReturn

import orjson
from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from django.db import DatabaseError

from accounts import queries
from accounts.access import sockets
from timelines import live, watching
from tweets import hashtags

NOT_LOGGED_IN = 4401
ENDED = 4402  # come again: what you hold now may open another
CLOSED = 4403
TIES_CHANGED_WITHIN_SECONDS = 1.0

logger = logging.getLogger(__name__)


class LiveConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # comes without types
    """One open page. It hears of tweets by everybody and with every tag its viewer follows, and tells the page what
    belongs to it.

    The page gets `{"type": "tweet" | "edited" | "deleted", "id": ...}`, `{"type": "ties"}` when whom the viewer
    follows, or what he does not want to see, has changed, `{"type": "notifications"}` when what he is told of has, and
    `{"type": "closed"}` before a close that is meant to last. It sends nothing.

    What it was opened with is looked at again whenever the viewer's access changes, when it expires, and now and then.
    """

    viewer_id: int
    ties: frozenset[int]
    kept_away: frozenset[int]
    groups: frozenset[str]
    until: float
    turn: asyncio.Lock
    is_over = False

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """As Channels does, but with one task for each of the two ends for as long as the socket lasts: Channels makes
        one for every message, and waits for both ends anew after it."""
        self.scope, self.base_send, self.channel_layer = scope, send, get_channel_layer()
        self.channel_name = await self.channel_layer.new_channel()
        self.turn = asyncio.Lock()
        ends = [receive, partial(self.channel_layer.receive, self.channel_name)]
        tasks = [asyncio.create_task(self._take_from(end)) for end in ends]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                with suppress(StopConsumer):
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await self._leave()

    async def _take_from(self, end: Callable[[], Awaitable[dict[str, Any]]]) -> NoReturn:
        while True:
            message = await end()
            async with self.turn:
                await self.dispatch(message)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As Channels does, but without a thread's visit for each message to close old database connections: whoever
        here uses one closes it (`database_sync_to_async`). That was most of what a message cost."""
        await getattr(self, get_handler_name(message))(message)

    @classmethod
    async def encode_json(cls, content: dict[str, str]) -> str:
        return orjson.dumps(content).decode()

    async def connect(self) -> None:
        self.ties = self.kept_away = frozenset()
        self.groups = frozenset()
        offered = self.scope["subprotocols"]
        await self.accept(sockets.PROTOCOL if sockets.PROTOCOL in offered else None)
        try:
            let_in = await sockets.check(self.scope["credentials"])
        except sockets.Refused as refused:
            await self.close(CLOSED if isinstance(refused, sockets.BeyondScope) else NOT_LOGGED_IN)
            return
        self.viewer_id, self.until = let_in.user_id, let_in.until
        await self.channel_layer.join([live.viewer_group(self.viewer_id)], self.channel_name)
        watching.watch().add(self)
        await self._follow_ties()

    def refused(self) -> None:
        self.ending = asyncio.create_task(self._end())

    async def _end(self) -> None:
        if not self.is_over:
            self.is_over = True
            await self.close(ENDED)

    async def access_changed(self, message: dict[str, Any]) -> None:
        """Hints may flow while PostgreSQL is away: what they lead to is asked for over HTTP."""
        try:
            self.until = (await sockets.check(self.scope["credentials"])).until
        except sockets.Refused:
            await self._end()
        except DatabaseError:
            logger.warning("an open socket could not be looked at again", exc_info=True)

    async def _leave(self) -> None:
        watching.watch().remove(self)
        if hasattr(self, "viewer_id"):
            groups = [live.viewer_group(self.viewer_id), *self.groups]
            await self.channel_layer.leave(groups, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Whatever a page sends is ignored."""

    async def _follow_ties(self) -> None:
        """Listen to exactly those people and tags that the viewer follows now, but for people he keeps away."""
        followees, kept_away, tags = await database_sync_to_async(self._followed)()
        self.ties, self.kept_away = frozenset([*followees, self.viewer_id]), frozenset(kept_away)
        groups = frozenset([*map(live.author_group, self.ties - self.kept_away), *map(live.tag_group, tags)])
        before, self.groups = self.groups, self.groups | groups  # so that whoever ends now leaves them all
        await self.channel_layer.join(groups - before, self.channel_name)
        await self.channel_layer.leave(before - groups, self.channel_name)
        self.groups = groups

    def _followed(self) -> tuple[list[int], set[int], list[int]]:
        viewer_id = self.viewer_id
        return queries.followee_ids(viewer_id), queries.kept_away_ids(viewer_id), hashtags.followed_ids(viewer_id)

    async def tweet_posted(self, message: dict[str, Any]) -> None:
        if self._belongs(message["by"][0], message["answers"]):
            await self.tweet_tagged(message)

    async def tweet_tagged(self, message: dict[str, Any]) -> None:
        if self._is_wanted(message["by"]):
            await self.send_json({"type": "tweet", "id": str(message["id"])})

    def _is_wanted(self, by: list[int]) -> bool:
        """Whether neither the author nor whose tweet he passes on is kept away. Words and conversations are left to the
        page, which asks for what there is to see."""
        return by[0] == self.viewer_id or self.kept_away.isdisjoint(by)

    def _belongs(self, author_id: int, answered_id: int | None) -> bool:
        """The rule of belonging, see `timelines.truth`."""
        if author_id == self.viewer_id:
            return True
        return author_id in self.ties and (answered_id in (None, author_id) or answered_id in self.ties)

    async def tweet_deleted(self, message: dict[str, Any]) -> None:
        await self.send_json({"type": "deleted", "id": str(message["id"])})

    async def tweet_edited(self, message: dict[str, Any]) -> None:
        await self.send_json({"type": "edited", "id": str(message["id"])})

    async def ties_changed(self, message: dict[str, Any]) -> None:
        await asyncio.sleep(secrets.randbelow(100) / 1000)
        await self._follow_ties()
        await self.send_json({"type": "ties"})

    async def notifications_changed(self, message: dict[str, Any]) -> None:
        await self.send_json({"type": "notifications"})

    async def viewer_closed(self, message: dict[str, Any]) -> None:
        self.is_over = True
        await self.send_json({"type": "closed"})
        await self.close(CLOSED)
