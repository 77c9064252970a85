from collections.abc import Callable

import pytest

from notifications import draining


@pytest.fixture
def fold() -> Callable[[], None]:
    """Fold everything that has happened, as the worker does."""

    def all_of_it() -> None:
        while not draining.drain():
            pass

    return all_of_it
