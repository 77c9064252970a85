"""The socket end of live hints."""

import asyncio
import secrets
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from accounts import queries
from timelines import live

NOT_LOGGED_IN = 4401
CLOSED = 4403
TIES_CHANGED_WITHIN_SECONDS = 1.0


class LiveConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # comes without types
    """One open page. It hears of tweets by everybody its viewer follows, and tells the page what belongs to it.

    The page gets `{"type": "tweet" | "deleted", "id": ...}`, `{"type": "ties"}` when whom the viewer follows has
    changed, and `{"type": "closed"}` before a close that is meant to last. It sends nothing.
    """

    viewer_id: int
    ties: frozenset[int]

    async def connect(self) -> None:
        user = self.scope["user"]
        self.ties = frozenset()
        if not user.is_authenticated:
            await self.accept()
            await self.close(NOT_LOGGED_IN)
            return
        self.viewer_id = user.pk
        await self.accept()
        await self._join(live.viewer_group(self.viewer_id))
        await self._follow_ties()

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "viewer_id"):
            await self._leave(live.viewer_group(self.viewer_id))
            await asyncio.gather(*(self._leave(live.author_group(each)) for each in self.ties))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Whatever a page sends is ignored."""

    async def _follow_ties(self) -> None:
        """Listen to exactly those whom the viewer follows now."""
        followees = await database_sync_to_async(queries.followee_ids)(self.viewer_id)
        ties = frozenset([*followees, self.viewer_id])
        await asyncio.gather(
            *(self._join(live.author_group(each)) for each in ties - self.ties),
            *(self._leave(live.author_group(each)) for each in self.ties - ties),
        )
        self.ties = ties

    async def _join(self, group: str) -> None:
        await self.channel_layer.group_add(group, self.channel_name)

    async def _leave(self, group: str) -> None:
        await self.channel_layer.group_discard(group, self.channel_name)

    async def tweet_posted(self, message: dict[str, Any]) -> None:
        if self._belongs(message["author"], message["answers"]):
            await self.send_json({"type": "tweet", "id": str(message["id"])})

    def _belongs(self, author_id: int, answered_id: int | None) -> bool:
        """The rule of belonging, see `timelines.truth`."""
        if author_id == self.viewer_id:
            return True
        return author_id in self.ties and (answered_id in (None, author_id) or answered_id in self.ties)

    async def tweet_deleted(self, message: dict[str, Any]) -> None:
        await self.send_json({"type": "deleted", "id": str(message["id"])})

    async def ties_changed(self, message: dict[str, Any]) -> None:
        await asyncio.sleep(secrets.randbelow(100) / 1000)
        await self._follow_ties()
        await self.send_json({"type": "ties"})

    async def viewer_closed(self, message: dict[str, Any]) -> None:
        await self.send_json({"type": "closed"})
        await self.close(CLOSED)
