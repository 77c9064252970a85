"""How PostgreSQL finds the newest tweets of some authors, in the order of their ids.

Two plans, both exact. By author: the newest few of each author give a bound that the page lies above; then everything
above the bound, author by author. By id: for very many authors, the newest tweets of all are looked through first, and
only when too few of them belong the other plan takes over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

MANY_AUTHORS = 500
LOOKED_THROUGH = 20  # tweets looked through by id for each one wanted
NO_CURSOR = 2**63 - 1

_OLDER = """
WITH authors AS MATERIALIZED ({authors}),
few AS (
    SELECT t.id FROM authors a CROSS JOIN LATERAL (
        SELECT t.id FROM tweets_tweet t
        WHERE t.author_id = a.author_id AND t.id < %(before)s {condition} AND {belongs}
        ORDER BY t.id DESC LIMIT GREATEST(2, 4 * %(limit)s / (SELECT count(*) FROM authors))) t),
bound AS (SELECT id FROM few ORDER BY id DESC OFFSET %(limit)s - 1 LIMIT 1)
SELECT t.id FROM authors a CROSS JOIN LATERAL (
    SELECT t.id FROM tweets_tweet t
    WHERE t.author_id = a.author_id AND t.id < %(before)s {condition} AND {belongs}
        AND t.id >= COALESCE((SELECT id FROM bound), 0)
    ORDER BY t.id DESC LIMIT %(limit)s) t
{besides}
ORDER BY id DESC LIMIT %(limit)s"""

_NEWER = """
SELECT t.id FROM ({authors}) a CROSS JOIN LATERAL (
    SELECT t.id FROM tweets_tweet t
    WHERE t.author_id = a.author_id AND t.id > %(since)s AND {belongs}
    ORDER BY t.id LIMIT %(limit)s) t
{besides}
ORDER BY id LIMIT %(limit)s"""

_OLDER_BY_ID = """
SELECT t.id FROM (
    SELECT id, author_id, in_reply_to_user_id, deleted_at, reach FROM tweets_tweet
    WHERE id < %(before)s ORDER BY id DESC LIMIT {most}) t
WHERE (t.author_id IN ({authors}) {condition} AND {belongs}) {besides}
ORDER BY t.id DESC LIMIT %(limit)s"""

_MANY = "SELECT count(*) FROM (SELECT FROM ({authors}) a LIMIT {many}) f"


@dataclass(frozen=True, slots=True)
class Plan:
    """Whose tweets, and which of them.

    Attributes:
        authors: SQL that gives each author once, as `author_id`.
        belongs: an SQL condition on the tweet `t`.
        besides_older, besides_newer: SQL that adds, with UNION, the next tweets that belong for another reason.
        belongs_besides: that other reason as a condition on the tweet `t`, beginning with OR.
    """

    authors: str
    belongs: str
    besides_older: str = ""
    besides_newer: str = ""
    belongs_besides: str = ""

    def older(self, values: Mapping[str, object], before: int | None, limit: int, condition: str = "") -> list[int]:
        """The newest belonging ids below a cursor, newest first.

        Args:
            values: the parameters that `authors` and `belongs` name.
            condition: a further one, beginning with AND.
        """
        asked = {**values, "before": NO_CURSOR if before is None else before, "limit": limit}
        if self._has_many(values):
            most = f"{LOOKED_THROUGH} * %(limit)s"
            found = ids(self._sql(_OLDER_BY_ID, condition, most=most, besides=self.belongs_besides), asked)
            if len(found) == limit:
                return found
        return ids(self._sql(_OLDER, condition, besides=self.besides_older), asked)

    def newer(self, values: Mapping[str, object], since: int, limit: int) -> list[int]:
        """The oldest belonging ids above a cursor, oldest first."""
        return ids(self._sql(_NEWER, besides=self.besides_newer), {**values, "since": since, "limit": limit})

    def _has_many(self, values: Mapping[str, object]) -> bool:
        return ids(self._sql(_MANY, many=str(MANY_AUTHORS)), values) == [MANY_AUTHORS]

    def _sql(self, template: str, condition: str = "", **pieces: str) -> str:
        return template.format(authors=self.authors, belongs=self.belongs, condition=condition, **pieces)


def ids(sql: str, values: Mapping[str, Any]) -> list[int]:
    """The first column of what is found."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]
