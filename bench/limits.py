"""`python -m bench.limits`: what a token's lookup and the limits cost a call, in µs of CPU. The goal is 60 in Python.

All of it in this process, so that only what is measured is measured: home, and a view that does nothing, as a caller
with a token sees them, and without authentication, throttle and headers. Home asks its own first question along with
theirs (`accounts.ahead`); the small view has none, and pays for the whole conversation.
"""

import time
from collections.abc import Callable
from typing import Any

from bench import sizes, stage

CALLS, ROUNDS = 60, 200
Call = Callable[[], object]
WITHOUT, WITH = "a call without", "a call with both"
HOME_WITHOUT, HOME_WITH = "home without", "home with both"


def main() -> None:
    with stage.opened():
        works = _works()
        rounds = [{name: _cost(work) for name, work in works.items()} for _ in range(ROUNDS)]
    python = {name: min(each[name][0] for each in rounds) for name in works}
    redis = {name: sum(each[name][1] for each in rounds) / ROUNDS for name in works}
    for name in works:
        print(f"{name:<32} {python[name]:6.1f} µs Python {redis[name]:6.1f} µs Redis")
    for what, less, more in (("a call", WITHOUT, WITH), ("home", HOME_WITHOUT, HOME_WITH)):
        difference = python[more] - python[less]
        print(f"lookup and limits of {what:<11} {difference:6.1f} µs Python, {python[more] / python[less]:.2f} times")


def _cost(work: Call) -> tuple[float, float]:
    """Of Python, to be compared by the least disturbed of many short rounds: what else the machine does only adds."""
    redis_began, began = _redis_seconds(), time.process_time()
    for _ in range(CALLS):
        work()
    spent = time.process_time() - began
    return spent / CALLS * 1e6, (_redis_seconds() - redis_began) / CALLS * 1e6


def _redis_seconds() -> float:
    from stores import redis

    cpu = redis.timelines().info("cpu")
    return float(cpu["used_cpu_user"] + cpu["used_cpu_sys"])


def _works() -> dict[str, Call]:
    from accounts import tokens
    from accounts.access import lookup
    from accounts.models import User
    from bench import readers, world
    from stores import buckets, wire
    from stores.buckets import Bucket, rate

    world.build(world.Shape(sizes.SMALL.people, sizes.SMALL.follows, sizes.SMALL.tweets))
    readers.warm_up([1])
    token = tokens.issue(user=User.objects.get(pk=1))
    three = [Bucket(name, rate(10**6, 300)) for name in ("address", "account", "token")]
    return {
        "one conversation (PING)": lambda: wire.ask([("PING",)]),
        "one lookup of a token": lambda: lookup.find(token),
        "one decision of three buckets": lambda: buckets.take(three),
        WITHOUT: _call(_nothing(), limited=False),
        WITH: _call(_nothing(), limited=True),
        HOME_WITHOUT: _call(_home(), limited=False),
        HOME_WITH: _call(_home(), limited=True),
    }


def _call(view: Any, *, limited: bool) -> Call:
    """A call of a view by somebody with a warm inbox, as the server makes it behind the middlewares."""
    from django.test import RequestFactory

    from accounts import tokens
    from accounts.middleware import LimitsMiddleware
    from accounts.models import User

    user = User.objects.get(pk=1)
    headers = {"Authorization": f"Bearer {tokens.issue(user=user)}", "Host": "127.0.0.1"}
    request = RequestFactory().get("/api/timelines/home/", headers=headers)
    if limited:
        answer: Any = LimitsMiddleware(view.as_view())
    else:
        answer = view.as_view(authentication_classes=(_known(user),), throttle_classes=())

    def call() -> None:
        for noted in ("was_counted", "verdict", "ahead"):
            request.__dict__.pop(noted, None)
        assert answer(request).status_code == 200

    return call


def _known(user: Any) -> Any:
    """Lets somebody in without a question."""
    from rest_framework.authentication import BaseAuthentication
    from rest_framework.request import Request

    class Known(BaseAuthentication):
        def authenticate(self, request: Request) -> tuple[Any, None]:
            return user, None

    return Known


def _home() -> Any:
    from timelines.api import HomeView

    return HomeView


def _nothing() -> Any:
    from django.http import HttpResponse
    from rest_framework.request import Request
    from rest_framework.views import APIView

    from accounts.access.scopes import ANY, scoped

    @scoped(GET=ANY)
    class Nothing(APIView):
        permission_classes = ()

        def get(self, request: Request) -> HttpResponse:
            return HttpResponse(b"{}", content_type="application/json")

    return Nothing


if __name__ == "__main__":
    main()
