"""The embedded PostgreSQL."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg2

from . import Unavailable, binaries
from .server import Server

_USER = "twitterclone"
_DATABASE = "twitterclone"
_PORT = 5432  # Only part of the socket's name: nothing listens on TCP.

_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",  # Compiling costs more than it saves on queries as short as ours.
    "timezone": "UTC",
}
_CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
# Sorted alike on every machine, whatever locales it has.
_INITDB = (
    f"--username={_USER}",
    "--auth=trust",  # Only who may enter the socket's folder, 0700, gets as far as being asked.
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)


class Postgres(Server):
    name = "postgres"
    title = "PostgreSQL"
    stop = signal.SIGINT  # "fast": ends sessions, writes a checkpoint

    def __init__(self, data_dir: Path, *, discard: bool = False, durable: bool = True) -> None:
        """Without `durable` a crash of the machine loses the data, and tests run faster."""
        super().__init__(data_dir, discard=discard)
        self.durable = durable

    @property
    def program(self) -> Path:
        return binaries.postgres("postgres")

    @property
    def url(self) -> str:
        return f"postgres://{_USER}@{quote(str(self.sockets), safe='')}:{_PORT}/{_DATABASE}"

    def command(self) -> list[str]:
        settings = _SETTINGS | {"unix_socket_directories": str(self.sockets)}
        if not self.durable:
            settings |= _CARELESS
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        return [str(self.program), "-D", str(self.data), *options]

    def prepare(self) -> None:
        super().prepare()
        self._forget_reused_pids()

    def fill(self, data: Path) -> None:
        sync = () if self.durable else ("--no-sync",)
        command = self.account.command(str(binaries.postgres("initdb")), "-D", str(data), *_INITDB, *sync)
        made = subprocess.run(command, env={"LC_ALL": "C"}, capture_output=True, text=True, check=False)
        if made.returncode:
            raise Unavailable(f"PostgreSQL's data folder could not be made: {made.stderr.strip().splitlines()[-1]}")

    def answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def settle(self) -> None:
        with contextlib.closing(self._connect("postgres")) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {_DATABASE}")

    def _connect(self, database: str) -> psycopg2.extensions.connection:
        return psycopg2.connect(host=str(self.sockets), port=_PORT, user=_USER, dbname=database, connect_timeout=5)

    def _forget_reused_pids(self) -> None:
        """After kill -9 pid files remain; if some other process has that pid by now, PostgreSQL would not start."""
        for file in (self.data / "postmaster.pid", self.sockets / f".s.PGSQL.{_PORT}.lock"):
            if file.exists() and _is_alive(int(file.read_text().split()[0])):
                file.unlink()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # It is somebody else's, and alive.
    return True
