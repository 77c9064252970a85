"""For whom a token speaks and what it opens: from Redis, or from PostgreSQL where Redis does not know.

Every call with a token asks this. What PostgreSQL said is kept for `KEPT_SECONDS`; that there is no such token is never
kept. Ending a token blocks its key before the commit and after it, for longer than a request or a transaction may last,
and filling never overwrites: whoever selected the row before can't put it back. docs/adr/0010 says more.
"""

import logging
import time
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models.base import ModelState
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from accounts.access import scopes
from accounts.models import User
from stores import wire
from stores.redis import RedisError
from stores.wire import Command

KEPT_SECONDS = 60
BLOCKED_SECONDS = 15
LONGEST = 200
PREFIX = "pat_"
FOREVER = 2**53

_FIELDS = ("id", "username", "name", "is_active", "is_staff", "is_superuser")
_USED_WITHIN = timedelta(days=1)

# Written here: the ORM makes the statement anew each time, and two rows out of each answer (bench row 8).
_PERSONAL = f"""
SELECT t.digest, t.id, t.scope, t.expires_at,
    COALESCE(t.used_at >= %s, FALSE), {", ".join(f"u.{each}" for each in _FIELDS)}
FROM accounts_personaltoken t JOIN accounts_user u ON u.id = t.user_id
WHERE t.digest = ANY(%s) AND u.is_active"""

logger = logging.getLogger(__name__)


class Access(NamedTuple):
    """What a token opens.

    Attributes:
        pk: names the token among all others, whichever kind it is.
        application_id: the app it was issued to; None for a personal token.
        until: the moment at which it expires, in seconds of the clock.
    """

    pk: str
    application_id: int | None
    scopes: frozenset[str]
    until: float


class Caller(NamedTuple):
    """Who calls.

    Attributes:
        user: with the columns of `_FIELDS`; others cost a query each. None for an app that speaks for itself.
    """

    user: User | None
    access: Access


def digest(token: str) -> str:
    """A token is as long and random as a key, so its plain hash may be stored and looked up."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def question(token: str) -> Command:
    """What to ask Redis (`stores.wire`) about a token; `complete` reads the answer."""
    return "GET", _key(digest(token))


def complete(token: str, answer: bytes | None) -> Caller | None:
    """For whom a token speaks; None for nobody. Where Redis knew nothing, PostgreSQL is asked."""
    if not answer:
        return _found([token], keep=answer is None)[token]
    return _caller(orjson.loads(answer))


def find(token: str) -> Caller | None:
    if len(token) > LONGEST:
        return None
    try:
        (answer,) = wire.ask([question(token)])
    except RedisError:
        return _found([token], keep=False)[token]
    return complete(token, answer)


def find_all(tokens: Collection[str]) -> dict[str, Caller | None]:
    """As `find` for each: one conversation with Redis, then PostgreSQL about all that it does not know together."""
    asked = [token for token in set(tokens) if len(token) <= LONGEST]
    try:
        answers = dict(zip(asked, wire.ask([question(token) for token in asked]), strict=True))
    except RedisError:
        return dict.fromkeys(tokens) | _found(asked, keep=False)
    known = {token: _caller(orjson.loads(answer)) for token, answer in answers.items() if answer}
    new = _found([token for token, answer in answers.items() if answer is None], keep=True)
    blocked = _found([token for token, answer in answers.items() if answer == b""], keep=False)
    return dict.fromkeys(tokens) | known | new | blocked


def block(digests: Iterable[str]) -> None:
    """To be called within the transaction that ends these tokens, before it commits, and once more after it."""
    try:
        wire.ask([("SET", _key(each), b"", "EX", BLOCKED_SECONDS) for each in digests])
    except RedisError:
        logger.warning("Redis is away: what it holds of ended tokens lives for up to %d s", KEPT_SECONDS)


def _key(token_digest: str) -> str:
    return f"access:{token_digest}"


def _found(tokens: Collection[str], *, keep: bool) -> dict[str, Caller | None]:
    by_digest = {digest(token): token for token in tokens}
    ours = [each for each, token in by_digest.items() if token.startswith(PREFIX)]
    records = _personal(ours) | _issued(by_digest.keys() - ours)
    if keep and records:
        _keep(records)
    return {token: _caller(records[each]) if each in records else None for each, token in by_digest.items()}


def _keep(records: dict[str, list[Any]]) -> None:
    """
    Args:
        records: by the digests of their tokens.
    """
    try:
        wire.ask(
            [("SET", _key(each), orjson.dumps(record), "EX", KEPT_SECONDS, "NX") for each, record in records.items()]
        )
    except RedisError:
        pass  # the next call selects it too


def _caller(record: list[Any]) -> Caller | None:
    pk, application_id, scope, until, person = record
    if until <= time.time():
        return None
    return Caller(person and _person(person), Access(pk, application_id, scopes.granted(scope), until))


def _person(values: list[Any]) -> User:
    """As `User.from_db` makes one, in a fifth of its time: nothing here is to be converted, and nobody listens."""
    user = User.__new__(User)
    user.__dict__.update(zip(_FIELDS, values, strict=True))
    user._state = ModelState()
    user._state.adding, user._state.db = False, DEFAULT_DB_ALIAS
    return user


def _personal(digests: Collection[str]) -> dict[str, list[Any]]:
    if not digests:
        return {}
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_PERSONAL, [now - _USED_WITHIN, list(digests)])
        rows = cursor.fetchall()
        if unused := [pk for _, pk, _, _, is_used, *_ in rows if not is_used]:
            cursor.execute("UPDATE accounts_personaltoken SET used_at = %s WHERE id = ANY(%s)", [now, unused])
    return {
        digest: [f"personal:{pk}", None, scope, _timestamp(expires_at), person]
        for digest, pk, scope, expires_at, _, *person in rows
    }


def _issued(digests: Collection[str]) -> dict[str, list[Any]]:
    if not digests:
        return {}
    rows = get_access_token_model().objects.select_related("user", "application__user")
    good = filter(_opens_anything, rows.filter(token_checksum__in=digests))
    return {row.token_checksum: _of_app(row) for row in good}


def _of_app(row: Any) -> list[Any]:
    person = row.user and _values(row.user)
    return [f"issued:{row.pk}", row.application_id, row.scope, _timestamp(row.expires), person]


def _opens_anything(row: Any) -> bool:
    """Whether app and person are both in good standing, and the token was issued for this API at all."""
    app = row.application
    if app is None or not app.is_usable(None) or not scopes.granted(row.scope):
        return False
    if row.resource and not row.allows_audience(f"{settings.SITE_URL}/api/"):
        return False
    return row.user.is_active if row.user else bool(app.speaks_for_itself)


def _values(user: User) -> list[Any]:
    return [getattr(user, field) for field in _FIELDS]


def _timestamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else FOREVER
