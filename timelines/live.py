"""Live hints: one publish per tweet, whoever listens. A hint that is lost loses nothing; the page asks again."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

SEND_SECONDS = 2.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hint:
    """A message to all sockets in a group; `message["type"]` names the consumer's method that takes it."""

    group: str
    message: dict[str, Any]


def author_group(author_id: int) -> str:
    return f"author.{author_id}"


def viewer_group(viewer_id: int) -> str:
    return f"viewer.{viewer_id}"


def posted(tweet_id: int, author_id: int, in_reply_to_user_id: int | None) -> Hint:
    message = {"type": "tweet.posted", "id": tweet_id, "author": author_id, "answers": in_reply_to_user_id}
    return Hint(author_group(author_id), message)


def deleted(tweet_id: int, author_id: int) -> Hint:
    return Hint(author_group(author_id), {"type": "tweet.deleted", "id": tweet_id})


def ties_changed(viewer_id: int) -> Hint:
    return Hint(viewer_group(viewer_id), {"type": "ties.changed"})


def closed(viewer_id: int) -> Hint:
    """All sockets of this person are to be closed."""
    return Hint(viewer_group(viewer_id), {"type": "viewer.closed"})


def access_changed(viewer_id: int) -> Hint:
    """All sockets of this person are to look whether they may go on."""
    return Hint(viewer_group(viewer_id), {"type": "access.changed"})


def publish(hints: Iterable[Hint]) -> None:
    """Send hints, or not: nobody may fail because nobody could be told."""
    listed = list(hints)
    if not listed:
        return
    try:
        async_to_sync(_send)(listed)
    except Exception:
        logger.warning("%d live hints were not sent", len(listed), exc_info=True)


async def _send(hints: Iterable[Hint]) -> None:
    layer = get_channel_layer()
    async with asyncio.timeout(SEND_SECONDS):
        for hint in hints:
            await layer.group_send(hint.group, hint.message)
