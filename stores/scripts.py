"""Lua scripts in Redis, sent by their hash, alone or many in one go."""

from collections.abc import Sequence
from hashlib import sha1
from typing import Any

from redis.exceptions import NoScriptError

from stores import redis


class Script:
    """One script. It must touch only the keys it is given, all in one slot, so that it runs on Redis Cluster too."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.sha = sha1(source.encode()).hexdigest()  # noqa: S324  Redis names scripts so

    def run(self, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """
        Raises:
            RedisError: nothing was done, or nobody knows whether it was.
        """
        client = redis.timelines()
        try:
            return client.execute_command("EVALSHA", self.sha, len(keys), *keys, *args)
        except NoScriptError:
            return client.execute_command("EVAL", self.source, len(keys), *keys, *args)

    def run_many(self, calls: Sequence[tuple[Sequence[str], Sequence[Any]]]) -> list[Any]:
        """Run it once for each (keys, args), in one round trip. A script that repeats harmlessly is needed here.

        Raises:
            RedisError: some calls may have been done, others not.
        """
        if not calls:
            return []
        try:
            return self._pipe(calls)
        except NoScriptError:
            redis.timelines().script_load(self.source)
            return self._pipe(calls)

    def _pipe(self, calls: Sequence[tuple[Sequence[str], Sequence[Any]]]) -> list[Any]:
        pipe = redis.timelines().pipeline(transaction=False)
        for keys, args in calls:
            pipe.execute_command("EVALSHA", self.sha, len(keys), *keys, *args)
        return pipe.execute()
