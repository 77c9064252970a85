"""Live hints: one publish per tweet, whoever listens. A hint that is lost loses nothing; the page asks again."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

SEND_SECONDS = 1.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hint:
    """A message to all sockets in a group; `message["type"]` names the consumer's method that takes it."""

    group: str
    message: dict[str, Any]


def author_group(author_id: int) -> str:
    return f"author.{author_id}"


def tag_group(tag_id: int) -> str:
    return f"tag.{tag_id}"


def viewer_group(viewer_id: int) -> str:
    return f"viewer.{viewer_id}"


def posted(tweet_id: int, author_id: int, in_reply_to_user_id: int | None, shown_ids: Sequence[int] = ()) -> Hint:
    """
    Args:
        shown_ids: by whom what the tweet retweets and quotes is.
    """
    by = [author_id, *shown_ids]
    return Hint(
        author_group(author_id), {"type": "tweet.posted", "id": tweet_id, "by": by, "answers": in_reply_to_user_id}
    )


def tagged(tweet_id: int, tag_id: int, author_id: int, shown_ids: Sequence[int] = ()) -> Hint:
    return Hint(tag_group(tag_id), {"type": "tweet.tagged", "id": tweet_id, "by": [author_id, *shown_ids]})


def deleted(tweet_id: int, author_id: int, tag_ids: Iterable[int] = ()) -> list[Hint]:
    groups = [author_group(author_id), *map(tag_group, tag_ids)]
    return [Hint(group, {"type": "tweet.deleted", "id": tweet_id}) for group in groups]


def edited(tweet_id: int, author_id: int) -> Hint:
    return Hint(author_group(author_id), {"type": "tweet.edited", "id": tweet_id})


def ties_changed(viewer_id: int) -> Hint:
    """Whom this person follows, or what he does not want to see, is something else now."""
    return Hint(viewer_group(viewer_id), {"type": "ties.changed"})


def notified(viewer_id: int) -> Hint:
    """This person's notifications are other than before."""
    return Hint(viewer_group(viewer_id), {"type": "notifications.changed"})


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
        _send(listed)
    except RedisError:
        logger.warning("%d live hints were not sent", len(listed), exc_info=True)


def _send(hints: Sequence[Hint]) -> None:
    """All in one write, in the words of channels_redis' pub/sub layer; its own `group_send` opens a connection for each
    batch and waits for each hint, which was half of what a drain cost (bench row 5)."""
    layers: dict[str, Any] = settings.CHANNEL_LAYERS
    prefix, serialize = layers["default"]["CONFIG"]["prefix"], get_channel_layer().serialize
    pipe = _redis(settings.CHANNELS_REDIS_URL, SEND_SECONDS).pipeline(transaction=False)
    for hint in hints:
        pipe.publish(f"{prefix}__group__{hint.group}", serialize(hint.message))
    pipe.execute()


@cache
def _redis(url: str, seconds: float) -> Redis:
    once_more = Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))  # the connection may have gone stale
    return Redis.from_url(url, socket_connect_timeout=seconds, socket_timeout=seconds, retry=once_more)
