"""`make run` as a whole, on servers and a data folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.twitterclone.processes import pids_mentioning, wait_until_free, wait_until_stopped
from twitterclone import demo

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    given = {"DATA_DIR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": "", "SECRET_KEY": ""}
    web, live = free_ports()
    return {**os.environ, **given, "PORT": str(web), "LIVE_PORT": str(live)}


def free_ports() -> tuple[int, int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as one, closing(socket.create_server(("127.0.0.1", 0))) as two:
        return one.getsockname()[1], two.getsockname()[1]


def launch(environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "twitterclone.launch"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_logins(launcher: subprocess.Popen[str]) -> str:
    """All it says until everything answers."""
    assert launcher.stdout
    said = ""
    for line in launcher.stdout:
        said += line
        if demo.PASSWORD in line:
            return said
    raise AssertionError(launcher.communicate())


def wait_until_nothing_runs(data_dir: Path) -> None:
    wait_until_free(data_dir / "launcher.lock", data_dir / "processes.lock")
    wait_until_stopped(data_dir / "postgres")
    wait_until_stopped(data_dir / "redis")
    assert pids_mentioning(str(data_dir)) == []


def status(port: str, path: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        return int(response.status)


@pytest.fixture
def first_start(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    launcher = launch(environment)
    yield launcher
    launcher.kill()
    launcher.communicate()
    wait_until_nothing_runs(Path(environment["DATA_DIR"]))


def test_from_nothing_to_logins_and_back_twice(
    environment: dict[str, str], first_start: subprocess.Popen[str], tmp_path: Path
) -> None:
    said = wait_for_logins(first_start)
    assert f"http://127.0.0.1:{environment['PORT']}/" in said
    assert all(login in said for login in demo.LOGINS)
    assert status(environment["PORT"], "/healthz") == 200
    assert status(environment["LIVE_PORT"], "/healthz") == 200
    assert refused(environment) == f"It already runs on {tmp_path}. Stop it, or set DATA_DIR and PORT.\n"
    count = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", COUNT_PEOPLE]
    people = subprocess.check_output(count, cwd=ROOT, env=environment, text=True)

    first_start.kill()
    second = launch(environment)  # at once, while what the first one started is still ending
    assert "demo network" not in wait_for_logins(second)
    assert subprocess.check_output(count, cwd=ROOT, env=environment, text=True) == people
    second.send_signal(signal.SIGINT)
    _, complaints = second.communicate(timeout=60)
    assert (second.returncode, complaints) == (0, "")
    wait_until_nothing_runs(tmp_path)


COUNT_PEOPLE = "from django.contrib.auth import get_user_model as people; print(people().objects.count())"


def refused(environment: dict[str, str]) -> str:
    """The one line of a launcher that would not start."""
    launcher = launch(environment)
    said, complaints = launcher.communicate(timeout=30)
    assert (launcher.returncode, said) == (1, "")
    return complaints


@pytest.mark.parametrize("variable", ["PORT", "LIVE_PORT"])
def test_a_taken_port_is_one_line_and_nothing_is_started(
    environment: dict[str, str], tmp_path: Path, variable: str
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        complaint = refused(environment | {variable: str(port)})
    assert complaint == f"Port {port} on 127.0.0.1 cannot be had: Address already in use. Set {variable}.\n"
    assert not (tmp_path / "postgres").exists()


def test_nonsense_for_a_number_is_one_line_and_nothing_is_started(environment: dict[str, str], tmp_path: Path) -> None:
    assert refused(environment | {"PORT": "eighty"}) == "PORT=eighty is not a port.\n"
    complaint = refused(environment | {"WEB_THREADS": "0"})
    assert complaint == "WEB_THREADS=0 is not a number from 1 to 999.\n"
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "http://127.0.0.1/"])
def test_a_redis_that_does_not_answer_is_one_line(environment: dict[str, str], url: str) -> None:
    complaint = refused(environment | {"REDIS_URL": url, "DATABASE_URL": "postgres://127.0.0.1:1/nowhere"})
    assert complaint.startswith("Redis at REDIS_URL: ")
    assert complaint.count("\n") == 1


def test_a_postgres_that_does_not_answer_is_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    complaint = refused(environment | {"DATABASE_URL": "postgres://127.0.0.1:1/nowhere"})
    assert "PostgreSQL at DATABASE_URL: " in complaint
    assert "Traceback" not in complaint
    wait_until_nothing_runs(tmp_path)
