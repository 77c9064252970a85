"""Who calls with a token, and whether he may: both asked of Redis in one conversation.

Whose buckets to ask is known before the token is looked up if this process has seen it before: it belongs to the same
account for as long as it lives. Whether it still lives, Redis or PostgreSQL say every time.
"""

from typing import TypeAlias

from rest_framework.request import Request

from accounts import limits, throttling
from accounts.access import lookup
from accounts.access.lookup import Caller
from stores import buckets, scripts
from stores.buckets import Bucket
from stores.redis import RedisError

MOST_KEPT = 20_000

Owner: TypeAlias = tuple[int | None, str]
"""The account that a token speaks for, if any, and the token's own key."""

_owners: dict[str, Owner] = {}


def find(token: str, request: Request) -> Caller | None:
    """For whom a token speaks; None for nobody. If it was seen before, the call is counted as well."""
    owner = _owners.get(token)
    wanted = _buckets(request, owner) if owner else []
    caller = _find_and_count(token, request, wanted) if wanted else lookup.find(token)
    _remember(token, caller)
    return caller


def _buckets(request: Request, owner: Owner) -> list[Bucket]:
    inner = request._request  # noqa: SLF001
    return limits.buckets_of(limits.name_for(request.parser_context["view"], inner.method), inner, *owner)


def _find_and_count(token: str, request: Request, wanted: list[Bucket]) -> Caller | None:
    try:
        answer, counted = scripts.ask([lookup.question(token), buckets.question(wanted)], buckets.TAKE)
    except RedisError:
        return lookup.find(token)
    throttling.counted(request._request, buckets.verdict(wanted, counted))  # noqa: SLF001
    return lookup.complete(token, answer)


def _remember(token: str, caller: Caller | None) -> None:
    """What has ended draws from nobody's bucket but its address's."""
    if caller is None:
        _owners.pop(token, None)
        return
    if len(_owners) >= MOST_KEPT:
        _owners.clear()
    _owners[token] = (caller.user.pk if caller.user else None, caller.access.pk)
