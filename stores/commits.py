"""What is to happen once a transaction has committed."""

import logging
from collections.abc import Callable
from typing import ParamSpec

from django.db import transaction

from stores import redis

Given = ParamSpec("Given")

logger = logging.getLogger(__name__)


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
