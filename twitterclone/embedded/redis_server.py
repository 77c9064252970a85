"""The embedded Redis: a cache that may vanish at any time, so it writes nothing to disk."""

import contextlib
import signal
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from . import binaries
from .server import Server

_ONCE = Retry(NoBackoff(), 0)  # Whoever asks whether it answers asks again himself.
_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",  # An inbox that comes back old has a hole nobody sees.
    "appendonly": "no",
    "maxmemory-policy": "volatile-lru",
    "set-max-intset-entries": "10000",  # Sets of people followed stay packed.
}


class Redis(Server):
    name = "redis"
    title = "Redis"
    stop = signal.SIGTERM

    @property
    def program(self) -> Path:
        return binaries.redis("redis-server")

    @property
    def socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def command(self) -> list[str]:
        return command(self.program, self.socket, self.data)

    def fill(self, data: Path) -> None:
        """Redis keeps nothing there; it is only where it runs."""

    def answers(self) -> bool:
        return answers(self.socket)

    def settle(self) -> None:
        """Redis needs nothing inside."""


def command(program: Path, socket: Path, folder: Path) -> list[str]:
    options = [option for name, value in _SETTINGS.items() for option in (f"--{name}", value)]
    return [str(program), "--unixsocket", str(socket), "--dir", str(folder), *options]


def answers(socket: Path) -> bool:
    with contextlib.closing(redis.Redis(unix_socket_path=str(socket), socket_timeout=5, retry=_ONCE)) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
