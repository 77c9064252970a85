"""What Redis is told after a commit: together, and only if the change has come to be."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import transaction

from stores import commits, redis

pytestmark = pytest.mark.django_db

Capture = Callable[..., AbstractContextManager[Any]]


class Undone(Exception):
    pass


def test_what_is_told_in_turn_is_one_conversation(django_capture_on_commit_callbacks: Capture) -> None:
    with django_capture_on_commit_callbacks() as hooks:
        commits.tell(("SET", "a", 1))
        commits.tell(("SET", "b", 2), ("SET", "c", 3))
        commits.afterwards(int)
        commits.tell(("SET", "d", 4))
    assert [redis.timelines().get(each) for each in "abcd"] == [None] * 4
    assert len(hooks) == 3
    hooks[0]()
    assert [redis.timelines().get(each) for each in "abcd"] == [b"1", b"2", b"3", None]
    hooks[2]()
    assert redis.timelines().get("d") == b"4"


def test_what_was_undone_is_not_told(django_capture_on_commit_callbacks: Capture) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        commits.tell(("SET", "a", 1))
        with pytest.raises(Undone), transaction.atomic():
            commits.tell(("SET", "b", 2))
            raise Undone
        commits.tell(("SET", "c", 3))
    assert [redis.timelines().get(each) for each in "abc"] == [b"1", None, b"3"]
