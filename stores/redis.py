"""The Redis client of the house: like redis-py's, but a server that is away is asked once, not at every step.

After a connection error or a time-out every call to that server fails at once, with `Away`, for
`REDIS_BREAK_SECONDS`; then one call tries again. So the absence of Redis costs a page one time-out at most.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django_redis import get_redis_connection
from redis import Redis
from redis.client import Pipeline
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

__all__ = ["AWAY", "Away", "GuardedRedis", "RedisError", "timelines"]

AWAY = (RedisConnectionError, RedisTimeoutError)


class Away(RedisConnectionError):
    """Redis failed a moment ago and is left alone for now."""


class Breaker:
    """Remembers until when one server is left alone. Shared by all threads: when the pause is over one of them tries,
    and the others wait for what comes of it."""

    def __init__(self) -> None:
        self._left_alone_until = 0.0  # 0 for a server that answers
        self._lock = threading.Lock()

    def check(self) -> None:
        """
        Raises:
            Away: the server is left alone.
        """
        if self._left_alone_until and not self._may_try():
            raise Away("Redis did not answer a moment ago")

    def _may_try(self) -> bool:
        with self._lock:
            if time.monotonic() < self._left_alone_until:
                return False
            self.trip()
            return True

    def trip(self) -> None:
        self._left_alone_until = time.monotonic() + settings.REDIS_BREAK_SECONDS

    def reset(self) -> None:
        """To be called when the server has answered."""
        self._left_alone_until = 0.0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """
        Raises:
            Away: the server is left alone; what was to be watched is not even begun.
        """
        self.check()
        try:
            yield
        except AWAY:
            self.trip()
            raise
        self.reset()


_breakers: WeakKeyDictionary[Any, Breaker] = WeakKeyDictionary()


def breaker_of(pool: Any) -> Breaker:
    """The breaker of the server behind a connection pool."""
    return _breakers.setdefault(pool, Breaker())


class GuardedPipeline(Pipeline):
    breaker: Breaker

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        with self.breaker.watching():
            return super().execute(raise_on_error)


class GuardedRedis(Redis):
    """`redis.Redis` behind a breaker. Named in CACHES, so that django-redis hands it out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.breaker = breaker_of(self.connection_pool)

    def execute_command(self, *args: Any, **options: Any) -> Any:
        with self.breaker.watching():
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> GuardedPipeline:
        pipe = GuardedPipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)
        pipe.breaker = self.breaker
        return pipe


_timelines: tuple[object, GuardedRedis | None] = (None, None)
"""The settings that the client was made by, and the client; all threads share it."""


def timelines() -> GuardedRedis:
    """The Redis of inboxes, cards and counts.

    Raises:
        RedisError: by the commands sent through it, also when the server is away.
    """
    global _timelines  # noqa: PLW0603  the way to it through Django's caches costs a tenth of a conversation
    settled, client = _timelines
    if client is None or settled is not settings.CACHES:
        client = get_redis_connection("timelines")
        _timelines = settings.CACHES, client
    return client
