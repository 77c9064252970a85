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

Command: TypeAlias = tuple[Any, ...] | bytes
"""The words of a command: strings, bytes and numbers; or what `encoded` made of them."""

READ_AT_ONCE = 65536


def encoded(command: Command) -> bytes:
    """A command as it is sent; to be kept where the same is asked again and again."""
    return command if isinstance(command, bytes) else hiredis.pack_command(command)


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
        """Of up to two hundred commands: what is done for each is done here, without a call."""
        sent = [each if isinstance(each, bytes) else hiredis.pack_command(each) for each in commands]
        self.socket.sendall(b"".join(sent))
        next_answer, answers = self.reader.gets, []
        for _ in commands:
            answer = next_answer()
            answers.append(self._arriving() if answer is False else answer)
        return answers

    def _arriving(self) -> Any:
        answer: Any = False
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
    client = redis.timelines()
    breaker = client.breaker
    breaker.check()
    try:
        answers = _converse(client.connection_pool, commands)
    except (RedisConnectionError, RedisTimeoutError, OSError) as error:
        breaker.trip()
        raise RedisConnectionError(str(error)) from error
    breaker.reset()
    for answer in answers:
        if isinstance(answer, ResponseError):
            raise answer
    return answers


def _converse(pool: Any, commands: Sequence[Command]) -> list[Any]:
    line: Line | None = getattr(_kept, "line", None)
    if line is not None and line.is_for(pool):
        try:
            return _over(line, commands)
        except TimeoutError:
            raise
        except (RedisConnectionError, OSError):
            pass  # it may have gone stale with a server that was restarted since; a new one tells
    return _over(Line(pool), commands)


def _over(line: Line, commands: Sequence[Command]) -> list[Any]:
    """Keep the line only once every answer has been read: whatever ends a conversation early (a task's time limit,
    Ctrl-C) leaves answers behind that nobody may take for his own."""
    _kept.line = None
    try:
        answers = line.converse(commands)
    except BaseException:
        line.connection.disconnect()
        raise
    _kept.line = line
    return answers
