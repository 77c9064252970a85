"""Open pages hear that they should ask."""

from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from notifications import draining, queries
from notifications.actions import mark_read
from tests import factories
from tests.timelines.test_live import Open, open_socket  # noqa: F401  a fixture
from tweets.actions import like

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def happens(*changes: Callable[[], object]) -> None:
    for change in changes:
        change()
    while not draining.drain():
        pass


async def test_who_is_told_hears_of_it_and_nobody_else_does(
    ada: User,
    grace: User,
    open_socket: Open,  # noqa: F811
) -> None:
    told, other = [await open_socket(each) for each in (ada, grace)]
    tweet = await sync_to_async(factories.tweet)(ada)
    await happens(lambda: like(user=grace, tweet_id=tweet.pk))
    assert await told.heard() == {"type": "notifications"}
    assert await other.receive_nothing(0.3)


async def test_a_second_window_hears_that_all_was_read(
    ada: User,
    grace: User,
    open_socket: Open,  # noqa: F811
) -> None:
    tweet = await sync_to_async(factories.tweet)(ada)
    await happens(lambda: like(user=grace, tweet_id=tweet.pk))
    socket = await open_socket(ada)
    await happens(lambda: mark_read(user=ada, up_to=queries.newest_position(ada.pk)))
    assert await socket.heard() == {"type": "notifications"}
    await happens(lambda: mark_read(user=ada, up_to=queries.newest_position(ada.pk)))
    assert await socket.receive_nothing(0.3)
