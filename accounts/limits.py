"""Whether a request may go on: which limit it falls under, and from whose buckets it draws.

Views say which limit they fall under (`limited`); `throttling` and `middleware` ask. The table in the settings has for
each limit a rate for several kinds of bucket: `address`, `stranger` (an address, of calls without an account),
`account`, `token`. docs/limits.md shows it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest

from accounts import addresses
from stores import bucket_rows, buckets
from stores.buckets import Bucket, Verdict, rate
from stores.redis import RedisError
from stores.wire import Command

View = TypeVar("View", bound=Callable[..., Any])

UNLIMITED = ""
SAFE = ("GET", "HEAD", "OPTIONS")


# --- What views declare ----------------------------------------------------------------------------------------


def limited(**names: str) -> Callable[[View], View]:
    """Say under which limit each method of a view falls; one that is not named here reads, or writes."""

    def declare(view: View) -> View:
        view.limits = names  # type: ignore[attr-defined]
        return view

    return declare


def declared(view: Any) -> Mapping[str, str]:
    limits: Mapping[str, str] = getattr(view, "limits", None) or getattr(class_of(view), "limits", {})
    return limits


def class_of(view: Any) -> type | None:
    found: type | None = getattr(view, "view_class", None)
    return found


@lru_cache(4096)
def name_for(view: Any, method: str | None) -> str:
    """The limit of a view; for REST framework's own class will do."""
    method = "GET" if method == "HEAD" else str(method)
    return declared(view).get(method, "read" if method in SAFE else "write")


# --- Buckets ---------------------------------------------------------------------------------------------------


def asks_who(name: str) -> bool:
    """Whether it matters for a limit who calls, not only from where."""
    return not settings.LIMITS[name].buckets.keys().isdisjoint(("account", "token", "stranger"))


def buckets_of(name: str, request: HttpRequest, account: int | None = None, token: object = None) -> list[Bucket]:
    """The buckets of a limit from which a caller draws."""
    return buckets_at(addresses.group(addresses.client(request)), name, account, token)


def buckets_at(address: str, name: str, account: int | None, token: object) -> list[Bucket]:
    if account is None and token is None:
        return buckets_named(name, address=address, stranger=address)
    return buckets_named(name, address=address, account=account, token=token)


def buckets_named(name: str, **subjects: object) -> list[Bucket]:
    """The buckets of a limit for these subjects. A kind that has no subject, or no rate, has no bucket."""
    rates: Mapping[str, tuple[int, int]] = settings.LIMITS[name].buckets
    return [
        Bucket(f"{name}:{kind}:{subject}", rate(*rates[kind]))
        for kind, subject in subjects.items()
        if subject is not None and kind in rates
    ]


def take(name: str, wanted: Sequence[Bucket]) -> Verdict | None:
    """Take a call from each of a limit's buckets, or from none.

    Returns:
        What they said. While Redis is away rows in PostgreSQL speak for a strict limit, and nobody (None) for others.
    """
    if not wanted:
        return None
    try:
        return buckets.take(wanted)
    except RedisError:
        return bucket_rows.take(wanted) if settings.LIMITS[name].strict else None


def take_and_ask(name: str, wanted: Sequence[Bucket], more: Sequence[Command]) -> tuple[Verdict | None, Sequence[Any]]:
    """`take`, with other questions asked along.

    Returns:
        What the buckets said, and the answers; no answers while Redis is away.
    """
    if wanted and more:
        try:
            return buckets.take_and_ask(wanted, more)
        except RedisError:
            pass
    return take(name, wanted), ()


def give_back(taken: Sequence[Bucket]) -> None:
    """Undo `take`, for a strict limit."""
    try:
        buckets.give_back(taken)
    except RedisError:
        bucket_rows.give_back(taken)


def fill(emptied: Sequence[Bucket]) -> None:
    """Forget all that was taken from the buckets of a strict limit."""
    try:
        buckets.fill(emptied)
    except RedisError:
        bucket_rows.fill(emptied)


# --- What a request was told -----------------------------------------------------------------------------------


def note(request: HttpRequest, verdict: Verdict | None) -> None:
    """Remember what the answer's headers will say: the verdict nearest to its end, a refusal before all others."""
    known = noted(request)
    if verdict and (known is None or _nearness(verdict) < _nearness(known)):
        request.verdict = verdict  # type: ignore[attr-defined]


def noted(request: HttpRequest) -> Verdict | None:
    return getattr(request, "verdict", None)


def _nearness(verdict: Verdict) -> tuple[bool, int]:
    return verdict.allowed, verdict.remaining
