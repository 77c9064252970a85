"""Load by wrk: as many requests as the server answers, by credentials in rotation."""

import shutil
import subprocess
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import Done
from bench.stage import Stage

AS_PROXY = {"X-Forwarded-Proto": "https"}
_SCRIPT = Path(__file__).with_name("rotate.lua")


class Failed(Exception):
    """Something was answered that is no success, so that its speed means nothing."""


@dataclass(frozen=True, slots=True)
class Request:
    """
    Attributes:
        header: the one that says who asks, as "Name: value".
    """

    path: str
    header: str
    method: str = "GET"
    body: str = ""

    def line(self) -> str:
        return f"{self.method}\t{self.path}\t{self.header}\t{self.body}"


def is_there() -> bool:
    return shutil.which("wrk") is not None


@dataclass(frozen=True, slots=True)
class Rotation:
    """Requests to go round, in a file as wrk reads it."""

    file: Path

    @classmethod
    def of(cls, stage: Stage, name: str, requests: Iterable[Request]) -> "Rotation":
        file = stage.folder / f"{name}.requests"
        file.write_text("".join(f"{each.line()}\n" for each in requests))
        return cls(file)

    def size_of_answer(self, stage: Stage) -> int:
        """Bytes of the first request's answer.

        Raises:
            HTTPError: it is no success.
        """
        path, header = self.file.read_text().split("\t", 3)[1:3]
        return len(_ask(stage, Request(path, header)))

    def load(self, stage: Stage, connections: int, seconds: int) -> Done:
        """
        Args:
            seconds: how long; 0 asks for everything once.

        Raises:
            Failed: not everything was answered with success.
        """
        if not seconds:
            return self._once(stage)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(_SCRIPT)]
        ran = subprocess.run([*command, stage.url("/"), str(self.file)], capture_output=True, text=True, check=True)
        answered, micros, failures, p50, p99 = _result(ran.stdout)
        if failures or not answered:
            raise Failed(f"{self.file.stem}: {failures} of {answered} requests failed\n{ran.stdout}")
        return Done(answered, p50 / 1000, p99 / 1000, micros / 1_000_000)

    def _once(self, stage: Stage) -> Done:
        """Without wrk."""
        lines = self.file.read_text().splitlines()
        for line in lines:
            method, path, header, body = line.split("\t")
            _ask(stage, Request(path, header, method, body))
        return Done(len(lines))


def _ask(stage: Stage, request: Request) -> bytes:
    """
    Raises:
        HTTPError: the answer is no success.
    """
    name, _, value = request.header.partition(": ")
    headers = {name: value, "Content-Type": "application/json", **AS_PROXY}
    body = request.body.encode() or None
    asked = urllib.request.Request(stage.url(request.path), body, headers, method=request.method)
    with urllib.request.urlopen(asked) as answer:
        return bytes(answer.read())


def _result(output: str) -> list[int]:
    line = next(line for line in output.splitlines() if line.startswith("RESULT "))
    return [int(each) for each in line.split()[1:]]
