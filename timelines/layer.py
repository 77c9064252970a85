"""The channel layer: channels_redis' pub/sub, and many groups joined or left in one command.

Somebody who follows 5,000 people opens a socket: one by one that is 5,000 SUBSCRIBEs, each with an answer to wait for.
"""

from collections.abc import Iterable
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer


class Layer(RedisPubSubChannelLayer):  # type: ignore[misc]  # comes without types
    # What is reached into below is private, and the version pinned.
    # ruff: noqa: SLF001

    async def join(self, groups: Iterable[str], channel: str) -> None:
        """As `group_add` for each of the groups."""
        layer = self._get_layer()
        by_shard: dict[Any, list[str]] = {}
        for group in groups:
            name = layer._get_group_channel_name(group)
            layer.groups.setdefault(name, set()).add(channel)
            by_shard.setdefault(layer._get_shard(name), []).append(name)
        for shard, names in by_shard.items():
            await _subscribe(shard, names)

    async def leave(self, groups: Iterable[str], channel: str) -> None:
        """As `group_discard` for each of the groups."""
        layer = self._get_layer()
        by_shard: dict[Any, list[str]] = {}
        for group in groups:
            name = layer._get_group_channel_name(group)
            listening = layer.groups.get(name, set())
            listening.discard(channel)
            if not listening and layer.groups.pop(name, None) is not None:
                by_shard.setdefault(layer._get_shard(name), []).append(name)
        for shard, names in by_shard.items():
            await _unsubscribe(shard, names, layer.groups)


async def _subscribe(shard: Any, names: list[str]) -> None:
    async with shard._lock:
        new = [name for name in names if name not in shard._subscribed_to]
        if new:
            shard._ensure_redis()
            shard._ensure_receiver()
            await shard._pubsub.subscribe(*new)
            shard._subscribed_to.update(new)


async def _unsubscribe(shard: Any, names: list[str], wanted: dict[str, set[str]]) -> None:
    """Whatever somebody joined while this waited for its turn stays."""
    async with shard._lock:
        old = [name for name in names if name in shard._subscribed_to and name not in wanted]
        if old:
            shard._ensure_redis()
            shard._ensure_receiver()
            await shard._pubsub.unsubscribe(*old)
            shard._subscribed_to.difference_update(old)
