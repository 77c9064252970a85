"""What can be known to fail before anything is started."""

import os
import socket
from contextlib import closing
from dataclasses import dataclass

import redis

from .embedded import Unavailable

_MOST_PROCESSES = 4


@dataclass(frozen=True)
class Addresses:
    host: str
    web: int
    live: int

    @property
    def local(self) -> str:
        """Where this machine itself finds what listens on `host`."""
        return "127.0.0.1" if self.host in ("", "0.0.0.0") else self.host  # noqa: S104


def free_addresses() -> Addresses:
    """From HOST, PORT and LIVE_PORT. Raises Unavailable if a port is taken."""
    host = os.environ.get("HOST") or "127.0.0.1"
    web = _port("PORT", 8000)
    addresses = Addresses(host, web, _port("LIVE_PORT", web + 1))
    for variable, port in (("PORT", addresses.web), ("LIVE_PORT", addresses.live)):
        _check_free(host, port, variable)
    return addresses


@dataclass(frozen=True)
class Web:
    """How wide web is. Each thread answers one request at a time, and keeps a database connection.

    Threads of one process share one core, so few of them are enough to bridge what they wait for; with very many, most
    of what they do is to wait for each other.
    """

    processes: int
    threads: int

    @classmethod
    def wanted(cls) -> "Web":
        """From WEB_PROCESSES and WEB_THREADS; by default a process for each core, up to four, of four threads."""
        cores = min(os.cpu_count() or 1, _MOST_PROCESSES)
        return cls(_number("WEB_PROCESSES", cores), _number("WEB_THREADS", 4))

    @property
    def options(self) -> list[str]:
        """For granian."""
        return ["--workers", str(self.processes), "--blocking-threads", str(self.threads)]


def _number(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 1000:
        raise Unavailable(f"{variable}={text} is not a number from 1 to 999.")
    return int(text)


def check_redis(url: str) -> None:
    """The site would run without, but its worker would not; at its start that is a mistake and not an accident."""
    try:
        with closing(redis.Redis.from_url(url, socket_connect_timeout=5)) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Unavailable(f"Redis at REDIS_URL: {error}") from error


def _port(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Unavailable(f"{variable}={text} is not a port.")
    return int(text)


def _check_free(host: str, port: int, variable: str) -> None:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as error:
            raise Unavailable(f"Port {port} on {host} cannot be had: {error.strerror}. Set {variable}.") from error
