"""Counting without a hot row: likes of a tweet, followers of a person.

A change is one inserted row, in the transaction of what it counts, so a thousand likes a second of one tweet never wait
for each other. `settle` adds the rows up, once per subject and batch, into the subject's own columns. What is shown is
a running count in Redis: loaded from column plus pending rows, raised on commit, loaded anew after `SHOWN_SECONDS`, so
that a raise that was lost, or sent twice because a connection broke, heals by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection, models, transaction

from stores import commits, redis, wire
from stores.scripts import Script
from stores.wire import Command

SHOWN_SECONDS = 60

RAISE = Script("""
local shown = redis.call('GET', KEYS[1])
if not shown then return 0 end
local raised = shown:gsub('("' .. ARGV[1] .. '":)(%d+)', function(name, count)
  return name .. string.format('%d', math.max(0, tonumber(count) + tonumber(ARGV[2])))
end)
redis.call('SET', KEYS[1], raised, 'KEEPTTL')
return 1
""")


class CountChange(models.Model):
    """One more or one less of `kind` for the row `subject_id`; deleted when it is added to that row's count."""

    subject_id = models.BigIntegerField()
    kind = models.CharField(max_length=9)
    change = models.SmallIntegerField()

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Counter:
    """The counts of one kind of subject.

    Attributes:
        name: the first part of its Redis keys.
        changes: the model of pending changes.
        subjects: the model counted for; it has a column `<kind>_count` for every kind.
        kinds: what is counted, in the order shown.
    """

    name: str
    changes: type[CountChange]
    subjects: type[models.Model]
    kinds: tuple[str, ...]

    def key(self, subject_id: int) -> str:
        return f"{self.name}:{subject_id}"

    def change(self, subject_id: int, kind: str, by: int) -> None:
        """Count `by` more of `kind`, within the caller's transaction."""
        with connection.cursor() as cursor:
            cursor.execute(self._change_sql(), [subject_id, kind, by])
        commits.tell(RAISE.call([self.key(subject_id)], [kind, by]))

    def _change_sql(self) -> str:
        return f"INSERT INTO {self.changes._meta.db_table} (subject_id, kind, change) VALUES (%s, %s, %s)"

    def shown(self, subject_ids: Sequence[int]) -> dict[int, dict[str, int]]:
        """The counts of these subjects as they are now; zeros for one that is gone."""
        return {subject_id: orjson.loads(text) for subject_id, text in self.fragments(subject_ids).items()}

    def fragments(self, subject_ids: Sequence[int]) -> dict[int, bytes]:
        """The same as JSON objects, ready to be joined into a page."""
        if not subject_ids:
            return {}
        try:
            (cached,) = wire.ask([self.question(subject_ids)])
        except redis.RedisError:
            cached = [None] * len(subject_ids)
        return self.complete(subject_ids, cached)

    def question(self, subject_ids: Sequence[int]) -> Command:
        """What to ask Redis (`stores.wire`) for the counts; `complete` reads the answer."""
        return "MGET", *[f"{self.name}:{each}" for each in subject_ids]

    def complete(self, subject_ids: Sequence[int], cached: Sequence[bytes | None]) -> dict[int, bytes]:
        """What `MGET` of the keys said, with the missing ones loaded from PostgreSQL and kept for the next reader."""
        found = {each: text for each, text in zip(subject_ids, cached, strict=True) if text}
        if len(found) < len(subject_ids):
            missing = [each for each in subject_ids if each not in found]
            loaded = self.load(missing)
            self._keep(loaded)
            found |= loaded
        return found

    def load(self, subject_ids: Sequence[int]) -> dict[int, bytes]:
        """PostgreSQL's own answer: columns plus pending changes."""
        columns = ", ".join(
            f"GREATEST(0, s.{kind}_count + COALESCE(SUM(c.change) FILTER (WHERE c.kind = '{kind}'), 0))"
            for kind in self.kinds
        )
        sql = f"""
            SELECT s.id, {columns} FROM {self.subjects._meta.db_table} s
            LEFT JOIN {self.changes._meta.db_table} c ON c.subject_id = s.id
            WHERE s.id = ANY(%s) GROUP BY s.id"""
        with connection.cursor() as cursor:
            cursor.execute(sql, [list(subject_ids)])
            counted = {row[0]: row[1:] for row in cursor.fetchall()}
        zeros = (0,) * len(self.kinds)
        return {each: self._fragment(counted.get(each, zeros)) for each in subject_ids}

    def _fragment(self, counts: Iterable[Any]) -> bytes:
        return orjson.dumps({kind: int(count) for kind, count in zip(self.kinds, counts, strict=True)})

    def beginning(self, subject_id: int) -> Command:
        """What to tell Redis (`stores.wire`) of a subject that is new, of which nothing can have been counted."""
        zeros = self._fragment((0,) * len(self.kinds))
        return "SET", self.key(subject_id), zeros, "EX", SHOWN_SECONDS, "NX"

    def _keep(self, loaded: dict[int, bytes]) -> None:
        try:
            wire.ask([("SET", self.key(each), text, "EX", SHOWN_SECONDS) for each, text in loaded.items()])
        except redis.RedisError:
            pass  # the next reader asks PostgreSQL too

    def settle(self, limit: int = 5000) -> int:
        """Add up to `limit` pending changes to the subjects' columns; one settler at a time.

        Returns:
            How many changes were settled; 0 also when somebody else is at it.
        """
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [self.name])
            if not cursor.fetchone()[0]:
                return 0
            cursor.execute(self._settle_sql(), [limit])
            return int(cursor.fetchone()[0])

    def _settle_sql(self) -> str:
        table = self.changes._meta.db_table
        sums = ", ".join(f"SUM(change) FILTER (WHERE kind = '{kind}') AS {kind}" for kind in self.kinds)
        raises = ", ".join(f"{kind}_count = GREATEST(0, s.{kind}_count + COALESCE(n.{kind}, 0))" for kind in self.kinds)
        return f"""
            WITH taken AS (
                DELETE FROM {table} WHERE id IN (SELECT id FROM {table} ORDER BY id LIMIT %s)
                RETURNING subject_id, kind, change),
            summed AS (SELECT subject_id, {sums} FROM taken GROUP BY subject_id),
            raised AS (
                UPDATE {self.subjects._meta.db_table} s SET {raises} FROM summed n WHERE s.id = n.subject_id)
            SELECT count(*) FROM taken"""
