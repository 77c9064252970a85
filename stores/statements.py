"""Statements that the ORM writes once, for the few that are asked for each time something is done.

To build a queryset and to write its SQL takes the longer the more it joins: for one tweet as a viewer may see it, half
of what a like cost web (bench row 8), many times of what it takes to send it. The rule stays in the queryset.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet

_STAND_IN = -(2**62)


class Written:
    """The statement of a queryset of tuples (`values_list`) that is made from some numbers, each a parameter of it."""

    def __init__(self, make: Callable[..., "QuerySet[Any, Any]"], *names: str) -> None:
        """
        Args:
            make: what makes the queryset; it is called once, with numbers that stand in for those to come.
            names: its arguments.
        """
        self._make, self._names = make, names

    def rows(self, **numbers: int) -> list[tuple[Any, ...]]:
        """What the queryset has for these numbers."""
        sql, parameters = self._written
        with connection.cursor() as cursor:
            cursor.execute(sql, [numbers.get(name, value) for name, value in parameters])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    @cached_property
    def _written(self) -> tuple[str, Sequence[tuple[str, Any]]]:
        """The statement, and for each of its parameters a name, or "" and the value that it always has."""
        stand_ins = {name: _STAND_IN - at for at, name in enumerate(self._names)}
        names = {number: name for name, number in stand_ins.items()}
        sql, parameters = self._make(**stand_ins).query.sql_with_params()
        return sql, [(names.get(each, ""), each) for each in parameters]
