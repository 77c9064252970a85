"""How work gets to the broker: as Celery and kombu send it, without what they would do anew for every message.

Whoever posts or likes waits until a drain is woken, which cost a quarter of the CPU that a POST cost web (bench row 6).
A message without arguments cost 1.1 ms before, 0.6 now (medians of turns, on a busy machine).
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as kombu_redis

BARE: dict[str, Any] = {"declare": [], "argsrepr": "()", "kwargsrepr": "{}"}
"""Options of `apply_async` for a task without arguments. A list in Redis needs no declaration, and the worker makes its
own for each of its queues; how no arguments look in logs need not be found out."""


class Channel(kombu_redis.Channel):
    """Kombu makes a client for every message, and redis-py a table of 170 commands for every client: a quarter of what
    it takes to send one. This one keeps its client, which takes a connection from the pool for each command as
    kombu's do."""

    _kept: Any = None

    def _create_client(self, asynchronous: bool = False) -> Any:
        if asynchronous:
            return super()._create_client(asynchronous)  # type: ignore[misc]  # kombu's types leave it out
        if self._kept is None or self._kept.connection_pool is not self.pool:
            self._kept = super()._create_client()  # type: ignore[misc]
        return self._kept


class Transport(kombu_redis.Transport):
    Channel = Channel


def use() -> None:
    """Have `redis://` mean this transport: the address of a socket can't name another."""
    TRANSPORT_ALIASES["redis"] = f"{__name__}:Transport"
