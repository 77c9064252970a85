"""What ends an open socket, whoever holds it; tests/timelines/test_socket_access.py has more of it."""

import pytest
from asgiref.sync import sync_to_async

from accounts import actions
from accounts.models import User
from tests.timelines.test_socket_access import (  # noqa: F401  a fixture
    Opens,
    browser_of,
    by_header,
    by_session,
    opened,
    refusal,
    token_of,
)
from timelines.consumers import CLOSED, NOT_LOGGED_IN

pytestmark = pytest.mark.django_db(transaction=True)


async def test_ghsa_r2fh_jr9c_9pxh_suspension_closes_every_open_socket(ada: User, opened: Opens) -> None:  # noqa: F811
    token, browser = await token_of(ada), await browser_of(ada)
    both = [await opened(by_header(token)), await opened(by_session(browser))]
    await sync_to_async(actions.suspend)(user=ada)
    for socket in both:
        assert await socket.heard() == {"type": "closed"}
        assert await socket.closed() == CLOSED
    assert await refusal(by_header(token)) == NOT_LOGGED_IN
