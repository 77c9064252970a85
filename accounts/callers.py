"""Who calls with a token, and whether he may: both asked of Redis in one conversation, and what his view asks ahead.

Whose buckets to ask is known before the token is looked up if this process has seen it before: it belongs to the same
account for as long as it lives. Whether it still lives, Redis or PostgreSQL say every time.
"""

from typing import Any

from django.conf import settings
from rest_framework.request import Request

from accounts import addresses, ahead, limits, throttling
from accounts.access import lookup
from accounts.access.lookup import Caller
from stores import buckets, scripts
from stores.buckets import Bucket
from stores.redis import RedisError
from stores.wire import Command, encoded

MOST_KEPT = 20_000


class Owner:
    """Whose a token is: the account that it speaks for, if any, and the token's own key.

    What its buckets are asked is kept from call to call, since mostly the next one falls under the same limit.

    Attributes:
        lookup: what to ask Redis about the token, encoded.
    """

    __slots__ = ("_kept", "account", "key", "lookup")

    def __init__(self, caller: Caller, lookup: Command) -> None:
        self.lookup = lookup
        self.account = caller.user.pk if caller.user else None
        self.key = caller.access.pk
        self._kept: tuple[object, str, list[Bucket], Command] | None = None

    def question(self, name: str, address: str) -> tuple[list[Bucket], Command]:
        """From which buckets a call from this address draws, and what to ask Redis, encoded."""
        limit, kept = settings.LIMITS[name], self._kept
        if kept is None or kept[0] is not limit or kept[1] != address:
            wanted = limits.buckets_at(address, name, self.account, self.key)
            kept = self._kept = limit, address, wanted, encoded(buckets.question(wanted))
        return kept[2:]


_owners: dict[str, Owner] = {}


def find(token: str, request: Request) -> Caller | None:
    """For whom a token speaks; None for nobody. If it was seen before, the call is counted as well."""
    owner = _owners.get(token)
    if owner is None:
        caller = lookup.find(token)
        _remember(token, caller)
        return caller
    caller = _find_and_count(token, request, owner)
    if caller is None:  # what has ended draws from nobody's bucket but its address's
        _owners.pop(token, None)
    return caller


def _find_and_count(token: str, request: Request, owner: Owner) -> Caller | None:
    inner = request._request  # noqa: SLF001
    view: Any = type(request.parser_context["view"])
    name = limits.name_for(view, inner.method)
    wanted, taking = owner.question(name, addresses.group(addresses.client(inner)))
    more = ahead.questions(view, owner.account, inner)
    try:
        answer, counted, *rest = scripts.ask([owner.lookup, taking, *more])
    except RedisError:
        return lookup.find(token)
    throttling.counted(inner, buckets.verdict(wanted, counted))
    ahead.keep(inner, owner.account, rest)
    return lookup.complete(token, answer)


def _remember(token: str, caller: Caller | None) -> None:
    if caller is not None:
        if len(_owners) >= MOST_KEPT:
            _owners.clear()
        _owners[token] = Owner(caller, encoded(lookup.question(token)))
