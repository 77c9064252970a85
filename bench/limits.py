"""`python -m bench.limits`: what a token's lookup and the limits cost a call, in µs of CPU. The goal is 60 in Python.

All of it in this process, so that only what is measured is measured: the same small view as a caller with a token sees
it, and without authentication, throttle and headers.
"""

import time
from collections.abc import Callable
from typing import Any

from bench import stage

CALLS, ROUNDS = 60, 200
Call = Callable[[], object]
WITHOUT, WITH = "a call without", "a call with both"


def main() -> None:
    with stage.opened():
        works = _works()
        rounds = [{name: _cost(work) for name, work in works.items()} for _ in range(ROUNDS)]
    python = {name: min(each[name][0] for each in rounds) for name in works}
    redis = {name: sum(each[name][1] for each in rounds) / ROUNDS for name in works}
    for name in works:
        print(f"{name:<32} {python[name]:6.1f} µs Python {redis[name]:6.1f} µs Redis")
    more, times = python[WITH] - python[WITHOUT], python[WITH] / python[WITHOUT]
    print(f"{'lookup and limits':<32} {more:6.1f} µs Python, {times:.2f} times a call without")


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
    from stores import buckets, wire
    from stores.buckets import Bucket, rate

    token = tokens.issue(user=User.objects.create(username="looked_up"))
    three = [Bucket(name, rate(10**6, 300)) for name in ("address", "account", "token")]
    return {
        "one conversation (PING)": lambda: wire.ask([("PING",)]),
        "one lookup of a token": lambda: lookup.find(token),
        "one decision of three buckets": lambda: buckets.take(three),
        WITHOUT: _call(limited=False),
        WITH: _call(limited=True),
    }


def _call(*, limited: bool) -> Call:
    """A call of a view that does nothing, as the server makes it behind the middlewares."""
    from django.test import RequestFactory

    from accounts import tokens
    from accounts.middleware import LimitsMiddleware
    from accounts.models import User

    user = User.objects.create(username="limited" if limited else "free")
    headers = {"Authorization": f"Bearer {tokens.issue(user=user)}"}
    requests = RequestFactory()
    view: Any = _view(limited=limited)
    answer = LimitsMiddleware(view) if limited else view
    environment = requests.get("/api/users/me/", headers=headers)

    def call() -> None:
        environment.__dict__.pop("was_counted", None)
        environment.__dict__.pop("verdict", None)
        assert answer(environment).status_code == 200

    return call


def _view(*, limited: bool) -> Any:
    from django.http import HttpResponse
    from rest_framework.request import Request
    from rest_framework.views import APIView

    from accounts.access.scopes import ANY, scoped

    @scoped(GET=ANY)
    class Nothing(APIView):
        permission_classes = ()

        def get(self, request: Request) -> HttpResponse:
            return HttpResponse(b"{}", content_type="application/json")

    if not limited:
        Nothing.authentication_classes = Nothing.throttle_classes = ()
    return Nothing.as_view()


if __name__ == "__main__":
    main()
