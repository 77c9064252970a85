"""A handful of programs that run together: started, restarted when they die, stopped in order."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .embedded import Unavailable
from .embedded.keeper import dying_with_parent
from .embedded.logs import last_words, open_log

_LONGEST_PAUSE = 30.0
_STEADY_SECONDS = 60.0


@dataclass
class Program:
    """`answers` says that it is up; `stop_seconds` is what it gets to finish its work."""

    name: str
    command: Sequence[str]
    log: Path
    answers: Callable[[], bool] = lambda: True
    stop_seconds: float = 10
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _started_at: float = field(default=0, init=False)
    _failures: int = field(default=0, init=False)
    _next_start_at: float = field(default=0, init=False)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self, inherited: Sequence[int] = ()) -> None:
        with open_log(self.log) as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=inherited,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops them in order.
                preexec_fn=dying_with_parent(signal.SIGTERM),
            )
        self._started_at = time.monotonic()

    def has_ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def ending(self) -> str:
        """How it ended, in words; a program that was killed has none of its own."""
        code = self._process.returncode if self._process else None
        return f"killed by signal {-code}" if code and code < 0 else last_words(self.log)

    def wait_until_up(self, deadline: float) -> None:
        while not self.answers():
            if self.has_ended():
                raise Unavailable(f"{self.name} ended while starting: {self.ending()}")
            if time.monotonic() > deadline:
                raise Unavailable(f"{self.name} does not answer: {last_words(self.log)}")
            time.sleep(0.1)

    def revive(self, inherited: Sequence[int], say: Callable[[str], None]) -> None:
        """Start it again if it has ended, after a pause that grows while it keeps failing."""
        if self._process is not None and self.has_ended():
            ending, pause = self.ending(), self._bury()
            say(f"{self.name} ended unexpectedly ({ending}); starting it again in {pause:.0f} s.")
        if self._process is None and time.monotonic() >= self._next_start_at:
            self.start(inherited)

    def _bury(self) -> float:
        self.stop()
        steady = time.monotonic() - self._started_at > _STEADY_SECONDS
        self._failures = 1 if steady else self._failures + 1
        pause = min(2.0 ** (self._failures - 1), _LONGEST_PAUSE)
        self._next_start_at = time.monotonic() + pause
        return pause

    def stop(self) -> None:
        """End it, and whatever it started and left behind."""
        if self._process is None:
            return
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(self.stop_seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None


class Supervisor:
    def __init__(self, programs: Iterable[Program], *, inherited: Sequence[int], say: Callable[[str], None]) -> None:
        """The programs are stopped in the order given; each inherits the given descriptors."""
        self._programs = list(programs)
        self._inherited = inherited
        self._say = say

    def start(self, *, seconds: float) -> None:
        """All of them at once; returns when all answer."""
        for program in self._programs:
            program.start(self._inherited)
        deadline = time.monotonic() + seconds
        for program in self._programs:
            program.wait_until_up(deadline)

    def revive(self) -> None:
        for program in self._programs:
            program.revive(self._inherited, self._say)

    def stop(self) -> None:
        for program in self._programs:
            program.stop()
