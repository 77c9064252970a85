"""Several questions to Redis in one write and one read, over a connection that the thread keeps.

The pages of feeds are asked for far more often than anything else, and each costs three of these conversations. Through
redis-py's pool, pipeline and instrumentation one takes about 110 µs of CPU, here 30 (bench/wire.py): redis-py connects,
authenticates and selects, then its socket is spoken to directly, with hiredis for both directions.
"""

import os
import threading
from collections.abc import Sequence
from socket import socket
from typing import Any, TypeAlias

import hiredis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from stores import redis

Command: TypeAlias = tuple[str | bytes | int, ...]

READ_AT_ONCE = 65536


class Line:
    """An open connection and what has arrived on it."""

    def __init__(self, pool: Any) -> None:
        self.pool, self.pid = pool, os.getpid()
        self.connection = pool.connection_class(**pool.connection_kwargs)
        self.connection.connect()
        self.socket: socket = self.connection._sock  # noqa: SLF001  there is no public way to it
        self.reader = hiredis.Reader(replyError=_error)

    def is_for(self, pool: Any) -> bool:
        """Whether it leads to this pool's server, and was opened by this process, not by its parent."""
        return self.pool is pool and self.pid == os.getpid()

    def converse(self, commands: Sequence[Command]) -> list[Any]:
        self.socket.sendall(b"".join([hiredis.pack_command(command) for command in commands]))
        return [self._answer() for _ in commands]

    def _answer(self) -> Any:
        answer = self.reader.gets()
        while answer is False:
            arrived = self.socket.recv(READ_AT_ONCE)
            if not arrived:
                raise RedisConnectionError("Redis closed the connection")
            self.reader.feed(arrived)
            answer = self.reader.gets()
        return answer


def _error(message: str) -> ResponseError:
    return NoScriptError(message) if message.startswith("NOSCRIPT") else ResponseError(message)


_kept = threading.local()


def ask(commands: Sequence[Command]) -> list[Any]:
    """The answers to some commands, in order. All are sent before the first answer is read; they may be repeated.

    Raises:
        RedisError: the server is away, or one of the commands was wrong; others may have been carried out.
    """
    if not commands:
        return []
    pool = redis.timelines().connection_pool
    breaker = redis.breaker_of(pool)
    breaker.check()
    try:
        answers = _converse(pool, commands)
    except (RedisConnectionError, RedisTimeoutError, OSError) as error:
        _hang_up()
        breaker.trip()
        raise RedisConnectionError(str(error)) from error
    for answer in answers:
        if isinstance(answer, ResponseError):
            raise answer
    return answers


def _converse(pool: Any, commands: Sequence[Command]) -> list[Any]:
    line: Line | None = getattr(_kept, "line", None)
    if line is not None and line.is_for(pool):
        try:
            return line.converse(commands)
        except TimeoutError:
            raise
        except (RedisConnectionError, OSError):
            _hang_up()  # it may have gone stale with a server that was restarted since; a new one tells
    _kept.line = Line(pool)
    answers: list[Any] = _kept.line.converse(commands)
    return answers


def _hang_up() -> None:
    line: Line | None = getattr(_kept, "line", None)
    _kept.line = None
    if line is not None and line.pid == os.getpid():
        line.connection.disconnect()
