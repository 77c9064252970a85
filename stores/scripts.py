"""Lua scripts in Redis, sent by their hash, alone or among other commands."""

from collections.abc import Sequence
from hashlib import sha1
from typing import Any

from redis.exceptions import NoScriptError

from stores import wire
from stores.wire import Command


class Script:
    """One script. It must touch only the keys it is given, all in one slot, so that it runs on Redis Cluster too."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.sha = sha1(source.encode()).hexdigest()  # noqa: S324  Redis names scripts so
        _all.append(self)

    def call(self, keys: Sequence[str], args: Sequence[Any]) -> Command:
        """What to ask Redis (`stores.wire`) to run it by its hash."""
        return "EVALSHA", self.sha, len(keys), *keys, *args

    def run(self, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """
        Raises:
            RedisError: nothing was done, or nobody knows whether it was.
        """
        return self.run_many([(keys, args)])[0]

    def run_many(self, calls: Sequence[tuple[Sequence[str], Sequence[Any]]]) -> list[Any]:
        """Run it once for each (keys, args), in one round trip. It must repeat harmlessly.

        Raises:
            RedisError: some calls may have been done, others not.
        """
        return ask([self.call(keys, args) for keys, args in calls])


_all: list[Script] = []


def ask(commands: Sequence[Command]) -> list[Any]:
    """The answers to commands among which are calls of scripts; all of it must repeat harmlessly.

    Raises:
        RedisError: some commands may have been carried out, others not.
    """
    try:
        return wire.ask(commands)
    except NoScriptError:
        loads: list[Command] = [("SCRIPT", "LOAD", script.source) for script in _all]
        return wire.ask([*loads, *commands])[len(loads) :]
