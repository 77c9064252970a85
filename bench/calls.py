"""Requests that are each to be made exactly once, by several clients at a time."""

import http.client
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from bench.load import AS_PROXY, Failed, Request
from bench.measuring import Done, percentile
from bench.stage import Stage


def make(stage: Stage, requests: Sequence[Request], clients: int = 1) -> Done:
    """
    Raises:
        Failed: one was not answered with success.
    """
    with ThreadPoolExecutor(clients) as pool:
        shares = [requests[start::clients] for start in range(clients)]
        latencies = [each for share in pool.map(lambda share: list(_make(stage, share)), shares) for each in share]
    return Done(len(latencies), percentile(latencies, 50), percentile(latencies, 99))


def _make(stage: Stage, requests: Sequence[Request]) -> Iterator[float]:
    """The milliseconds that each took."""
    connection = http.client.HTTPConnection(stage.addresses.local, stage.addresses.web, timeout=30)
    for request in requests:
        began = time.perf_counter()
        answer(connection, request)
        yield (time.perf_counter() - began) * 1000
    connection.close()


def answer(connection: http.client.HTTPConnection, request: Request) -> bytes:
    """
    Raises:
        Failed: it is no success.
    """
    name, _, value = request.header.partition(": ")
    headers = {name: value, "Content-Type": "application/json", **AS_PROXY}
    connection.request(request.method, request.path, request.body or None, headers)
    response = connection.getresponse()
    body = response.read()
    if response.status >= 300:
        raise Failed(f"{request.method} {request.path}: {response.status} {body[:200]!r}")
    return body
