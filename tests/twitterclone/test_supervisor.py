import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.twitterclone.processes import pids_mentioning
from twitterclone.embedded import Unavailable
from twitterclone.supervisor import Program, Supervisor

LONG = [sys.executable, "-c", "import time; time.sleep(60)"]
WRITES_PID = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"


def nothing_said(line: str) -> None:
    raise AssertionError(line)


def writing_pid(tmp_path: Path, name: str) -> Program:
    file = tmp_path / name
    return Program(name, [sys.executable, "-c", WRITES_PID, str(file)], tmp_path / f"{name}.log", lambda: pid(file) > 0)


def pid(file: Path) -> int:
    return int(file.read_text() or 0) if file.exists() else 0


def is_alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def test_what_is_started_is_stopped(tmp_path: Path) -> None:
    programs = [writing_pid(tmp_path, "web"), writing_pid(tmp_path, "worker")]
    supervisor = Supervisor(programs, inherited=[], say=nothing_said)
    supervisor.start(seconds=10)
    pids = [pid(tmp_path / "web"), pid(tmp_path / "worker")]
    assert all(map(is_alive, pids))
    supervisor.stop()
    assert not any(map(is_alive, pids))


def test_a_killed_program_is_started_again_and_said_to_be(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor([writing_pid(tmp_path, "web")], inherited=[], say=said.append)
    supervisor.start(seconds=10)
    first = pid(tmp_path / "web")
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while pid(tmp_path / "web") in (0, first):
        assert time.monotonic() < deadline
        supervisor.revive()
        time.sleep(0.05)
    supervisor.stop()
    assert said == ["web ended unexpectedly (killed by signal 9); starting it again in 1 s."]


def test_a_program_that_ends_while_starting_is_quoted(tmp_path: Path) -> None:
    failing = Program(
        "web", [sys.executable, "-c", "raise SystemExit('an error')"], tmp_path / "web.log", lambda: False
    )
    with pytest.raises(Unavailable, match=r"^web ended while starting: an error \(see .*web.log\)$"):
        Supervisor([failing], inherited=[], say=nothing_said).start(seconds=10)


def test_a_program_that_never_answers_is_named(tmp_path: Path) -> None:
    silent = Program("web", LONG, tmp_path / "web.log", lambda: False)
    supervisor = Supervisor([silent], inherited=[], say=nothing_said)
    with pytest.raises(Unavailable, match=r"^web does not answer: "):
        supervisor.start(seconds=0.2)
    supervisor.stop()


def test_a_program_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    command = [sys.executable, "-c", f"{code}; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)", str(ready)]
    deaf = Program("web", command, tmp_path / "web.log", ready.exists, stop_seconds=0.2)
    supervisor = Supervisor([deaf], inherited=[], say=nothing_said)
    supervisor.start(seconds=10)
    supervisor.stop()
    assert pids_mentioning(str(ready)) == []
