"""The site in a process of its own: granian on the test's own database and Redis."""

import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from django.conf import settings
from django.db import connection


def free_port() -> int:
    with closing(socket.socket()) as attempt:
        attempt.bind(("127.0.0.1", 0))
        port: int = attempt.getsockname()[1]
        return port


def database_url() -> str:
    names = connection.settings_dict
    user = f"{quote(names['USER'])}:{quote(names['PASSWORD'])}" if names["PASSWORD"] else quote(names["USER"])
    port = f":{names['PORT']}" if names["PORT"] else ""
    return f"postgres://{user}@{quote(names['HOST'], safe='')}{port}/{names['NAME']}"


class Site:
    """A server that can be stopped and started again on its port."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> None:
        server = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "asginl",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        command = [*server, "twitterclone.asgi:application"]
        given = os.environ | {"DATABASE_URL": database_url(), "DEBUG": "1"} | environment
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=given, stdout=log, stderr=log, cwd=settings.BASE_DIR)
        deadline = time.monotonic() + 30
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.address}/healthz", timeout=2):
                return True
        except (URLError, OSError):
            return False

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(20)
