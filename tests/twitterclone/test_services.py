"""Real servers in temporary folders: shared by those who use them, and gone with the last."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from tests.twitterclone.processes import pids_mentioning, wait_until_stopped
from twitterclone.embedded import Unavailable
from twitterclone.embedded.holding import Holding
from twitterclone.embedded.postgres import Postgres
from twitterclone.embedded.redis_server import Redis
from twitterclone.embedded.server import Server

ROOT = Path(__file__).parents[2]


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """Left only when nothing runs on it."""
    yield tmp_path
    for home in filter(Path.is_dir, tmp_path.iterdir()):
        wait_until_stopped(home)
    shutil.rmtree(tmp_path)


def answer(server: Server) -> bytes:
    return redis.Redis.from_url(server.url).ping()  # type: ignore[return-value]


def user_process(data_dir: Path, **environment: str) -> subprocess.Popen[str]:
    """Another process that holds what the environment does not name, and says so."""
    code = (
        "import os; from twitterclone import services; held = services.hold(); print(os.environ['REDIS_URL']); input()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "REDIS_URL": "", "DATA_DIR": str(data_dir), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def test_two_processes_share_a_server_until_the_last_is_killed(data_dir: Path) -> None:
    first, second = user_process(data_dir), user_process(data_dir)
    url = said(first)
    assert said(second) == url
    first.kill()
    first.communicate()
    time.sleep(0.3)
    assert redis.Redis.from_url(url).ping()
    second.kill()
    second.communicate()
    wait_until_stopped(data_dir / "redis")
    assert pids_mentioning(f"{data_dir}/redis") == []


def test_a_server_named_by_the_environment_is_used_instead(data_dir: Path) -> None:
    process = user_process(data_dir, REDIS_URL="redis://elsewhere:6379/0")
    assert said(process) == "redis://elsewhere:6379/0"
    process.communicate("")
    assert not (data_dir / "redis").exists()
    assert not (data_dir / "postgres").exists()


def test_postgres_keeps_its_data_and_starts_after_kill_9_of_everything(data_dir: Path) -> None:
    held = Holding(Postgres(data_dir))
    run_sql(held.server.url, "CREATE TABLE kept AS SELECT 1")
    kill_all(held)
    stale_pid = data_dir / "postgres/data/postmaster.pid"
    stale_pid.write_text(f"{os.getpid()}\n" + stale_pid.read_text().split("\n", 1)[1])

    held = Holding(Postgres(data_dir))
    run_sql(held.server.url, "SELECT * FROM kept")
    held.release()


def run_sql(url: str, sql: str) -> None:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
    connection.close()


def kill_all(held: Holding) -> None:
    """The keeper first, so that it restarts nothing; the server is stopped before, since it would end in good order."""
    servers = pids_mentioning(f"postgres -D {held.server.home}")
    send(signal.SIGSTOP, servers)
    send(signal.SIGKILL, pids_mentioning(f"keeper.py --home {held.server.home}") + servers)
    held.release()


def send(number: signal.Signals, pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def test_a_killed_server_is_started_again(data_dir: Path) -> None:
    held = Holding(Redis(data_dir))
    before = redis.Redis.from_url(held.server.url).info("server")
    os.kill(before["process_id"], signal.SIGKILL)
    held.renew()
    wait_for_answer(held.server)
    after = redis.Redis.from_url(held.server.url).info("server")
    held.release()
    assert after["run_id"] != before["run_id"]


def wait_for_answer(server: Server) -> None:
    deadline = time.monotonic() + 10
    while not server.answers():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_server_dies_with_its_killed_keeper_and_comes_back_when_renewed(data_dir: Path) -> None:
    held = Holding(Redis(data_dir))
    [keeper] = pids_mentioning(f"keeper.py --home {held.server.home}")
    os.kill(keeper, signal.SIGKILL)
    wait_until_stopped(held.server.home)
    assert not held.server.answers()
    held.renew()
    assert answer(held.server)
    held.release()


@pytest.mark.parametrize("name", ["long" * 30, "it's \"a, 100%"])
@pytest.mark.parametrize("kind", [Postgres, Redis])
def test_a_path_unfit_for_a_socket_is_no_obstacle(data_dir: Path, kind: type[Server], name: str) -> None:
    held = Holding(kind(data_dir / name))
    assert held.server.answers()
    assert held.server.sockets.stat().st_mode & 0o077 == 0
    held.release()
    wait_until_stopped(held.server.home)
    held.server.sockets.rmdir()


def test_a_server_that_refuses_to_start_says_why_in_one_line(data_dir: Path) -> None:
    Holding(Postgres(data_dir)).release()
    wait_until_stopped(data_dir / "postgres")
    (data_dir / "postgres/data/PG_VERSION").write_text("9\n")
    with pytest.raises(Unavailable, match=r"^PostgreSQL did not start: .*FATAL.*$"):
        Holding(Postgres(data_dir))


def test_a_data_folder_that_cannot_be_made_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environment = {**os.environ, "DATA_DIR": str(tmp_path / "file" / "data")}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == f"The data folder {tmp_path}/file/data cannot be made: Not a directory.\n"
    assert done.stdout == ""


def test_the_local_secret_is_made_once_and_only_its_owner_reads_it(data_dir: Path) -> None:
    for _ in range(2):
        process = user_process(data_dir, SECRET_KEY="")
        said(process)
        process.communicate("")
    secret = data_dir / "secret_key"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert len(secret.read_text()) > 50
