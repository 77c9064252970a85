"""Things that happen at the same moment, each in a thread with a database connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Answer = TypeVar("Answer")


def at_once(*doings: Callable[[], Answer]) -> Sequence[Answer]:
    """What each returned, in order. All begin when the last thread is ready.

    Raises:
        Exception: the first that one of them raised.
    """
    ready = Barrier(len(doings))

    def do(doing: Callable[[], Answer]) -> Answer:
        ready.wait(10)
        try:
            return doing()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as pool:
        return [each.result(30) for each in [pool.submit(do, doing) for doing in doings]]
