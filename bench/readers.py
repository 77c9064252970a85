"""Readers ready to read: with warm inboxes, tokens, sessions."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils.crypto import get_random_string

from accounts import tokens
from accounts.models import User
from timelines import home
from timelines.inbox import AUTHORED, INBOX

_PROCESSES = 2
_CHUNK = 500


def warm_up(reader_ids: Sequence[int]) -> None:
    """Rebuild these people's inboxes, several at once."""
    connections.close_all()  # a fork must not share one
    with ProcessPoolExecutor(_PROCESSES, get_context("fork")) as pool:
        chunks = [reader_ids[start : start + _CHUNK] for start in range(0, len(reader_ids), _CHUNK)]
        list(pool.map(_rebuild_inboxes, chunks))


def warm_up_crowds(author_ids: Iterable[int]) -> None:
    _rebuild(AUTHORED, author_ids)


def _rebuild_inboxes(reader_ids: Sequence[int]) -> None:
    _rebuild(INBOX, reader_ids)


def _rebuild(kind: str, owner_ids: Iterable[int]) -> None:
    for owner_id in owner_ids:
        home.rebuild(kind, owner_id)


def bearers(user_ids: Sequence[int]) -> list[str]:
    """A header for each of these people, with a token."""
    people = User.objects.in_bulk(list(user_ids))
    return [f"Authorization: Bearer {tokens.issue(user=people[each])}" for each in user_ids]


def browsers(user_ids: Sequence[int]) -> list[str]:
    """A header for each of these people, with the cookies that a browser has after its first page."""
    people = User.objects.in_bulk(list(user_ids))
    return [_cookie(people[each]) for each in user_ids]


def _cookie(user: User) -> str:
    client = Client()
    client.force_login(user)
    session, csrf = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
    return f"Cookie: {session}={client.cookies[session].value}; {csrf}={get_random_string(32)}"
