"""What is to happen once a transaction has committed."""

import logging
from collections.abc import Callable
from typing import ParamSpec

from django.db import connection, transaction

from stores import redis, scripts
from stores.wire import Command

Given = ParamSpec("Given")

logger = logging.getLogger(__name__)


class Told:
    """Some commands to Redis, in one conversation. They may be lost, or said twice where a connection breaks."""

    def __init__(self) -> None:
        self.commands: list[Command] = []

    def __call__(self) -> None:
        try:
            scripts.ask(self.commands)
        except redis.RedisError as error:
            logger.warning("Redis was not told after a commit: %s", error)
        except Exception:
            logger.exception("Redis was not told after a commit")


def afterwards(doing: Callable[Given, object], *args: Given.args, **kwargs: Given.kwargs) -> None:
    """Call this after the commit, or at once where there is no transaction. What it raises harms nobody.

    Django's own `on_commit(robust=True)` logs the name of what raised. A partial has none, and so it raises after all.
    """

    def hook() -> None:
        try:
            doing(*args, **kwargs)
        except redis.RedisError as error:
            logger.warning("Redis was not told after a commit: %s", error)
        except Exception:
            logger.exception("%r failed after a commit", doing)

    transaction.on_commit(hook)


def tell(*commands: Command) -> None:
    """Tell Redis this after the commit, together with what was to be told just before: each conversation costs the
    process that waits for it more than what is said (bench row 6)."""
    last = connection.run_on_commit[-1] if connection.run_on_commit else None
    if last and isinstance(last[1], Told) and last[0] == set(connection.savepoint_ids):
        last[1].commands += commands
        return
    told = Told()
    told.commands += commands
    transaction.on_commit(told)
