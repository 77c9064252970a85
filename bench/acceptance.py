"""The full-size acceptance run: a real follow graph posts and reads through real servers, undisturbed and disturbed.

    python -m bench.acceptance FOLLOWS.csv.gz [--scenario NAME] [--tweets 20] [--pages 200]

Every scenario starts its own PostgreSQL, Redis, two workers and beat, lets everybody read home and then post in turns,
is disturbed half-way, waits until everything is delivered, lets everybody read home again and audits the timelines.
It ends with 1 if an audit fails. bench/README.md has the latest figures.
"""

import argparse
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench import site

if TYPE_CHECKING:
    from bench.site import Site

LAG_SECONDS = 0.5
QUIET_SECONDS = 3600
LAST_WORDS = 3000
LOOKED_AT = 100

_DELIVERIES = """
SELECT count(*), sum(CASE WHEN t.reach = 1 THEN 1
    ELSE 1 + (SELECT count(*) FROM accounts_follow WHERE followee_id = t.author_id) END)::bigint
FROM tweets_tweet t"""


@dataclass(frozen=True)
class Scenario:
    """A run, named for what happens to it.

    Attributes:
        disturbances: names in `bench.disturbances`, done one after the other.
        workers_late: workers start only when all is posted, so that what they can do is seen.
        beat_late: beat, which promotes crowds, is started by a disturbance.
    """

    disturbances: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    workers_late: bool = False
    beat_late: bool = False


CROWDS = {"FANOUT_LIMIT": "500"}
EVERYTHING = ("change_follows", "kill_draining_worker", "sign_up", "delete_fresh_tweets", "flush_redis", "kill_redis")
SCENARIOS = {
    "plain": Scenario(),
    "backlog": Scenario(workers_late=True),
    "crowds": Scenario(("start_beat",), CROWDS, beat_late=True),
    "flush": Scenario(("flush_redis",)),
    "redis-killed": Scenario(("kill_redis",)),
    "worker-killed": Scenario(("kill_draining_worker",)),
    "follows": Scenario(("change_follows",)),
    "deletions": Scenario(("delete_fresh_tweets",)),
    "sign-ups": Scenario(("sign_up",)),
    "everything": Scenario(("start_beat", *EVERYTHING), CROWDS, beat_late=True),
}


@dataclass
class Lag:
    """How long the oldest event has waited, looked at again and again."""

    seen: list[float] = field(default_factory=list)
    _done: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        from django.db import connections

        while not self._done.wait(LAG_SECONDS):
            self.seen.append(oldest_event_seconds())
        connections.close_all()

    def __enter__(self) -> "Lag":
        self._thread = threading.Thread(target=self.watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def __str__(self) -> str:
        ordered = sorted(self.seen) or [0.0]
        median, high = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
        return f"median {median:.2f} s, 99th percentile {high:.2f} s, longest {ordered[-1]:.2f} s"


def oldest_event_seconds() -> float:
    from django.db.models import Min
    from django.utils import timezone

    from timelines.models import FeedEvent

    oldest = FeedEvent.objects.aggregate(oldest=Min("created_at"))["oldest"]
    return (timezone.now() - oldest).total_seconds() if oldest else 0.0


def run(name: str, arguments: argparse.Namespace) -> bool:
    """One scenario; its figures are printed.

    Returns:
        Whether the audit found everything right.
    """
    scenario = SCENARIOS[name]
    _say(name, ", ".join(scenario.disturbances) or "undisturbed")
    with site.running(durable=arguments.durable, settings=scenario.settings) as running:
        if not scenario.workers_late:
            running.start_workers()
        if not scenario.beat_late:
            running.start_beat()
        follows = ("load_follows", str(arguments.file), "--processes", str(arguments.processes))
        _must(running, running.command(*follows, "--read"))
        _post(running, scenario, arguments.tweets, follows)
        _read_again()
        _wait_until_drained()
        return _tell(running.command("audit_timelines", "--pages", str(arguments.pages))) == 0


def _post(running: "Site", scenario: Scenario, tweets: int, follows: tuple[str, ...]) -> None:
    """Let everybody post, disturbed half-way, until all is delivered."""
    with Lag() as lag:
        started = time.monotonic()
        loader = running.command(*follows, "--tweets", str(tweets))
        half = _people() * tweets // 2
        _wait_until(lambda: _tweets() >= half or loader.poll() is not None)
        _disturb(running, scenario)
        _must(running, loader)
        if scenario.workers_late:
            started = time.monotonic()
            running.start_workers()
        _wait_until_drained()
        _tell_speed(time.monotonic() - started)
    _say("lag", str(lag))


def _disturb(running: "Site", scenario: Scenario) -> None:
    """Do what is to be done, and let everybody whose inbox it made cold read home while posting goes on."""
    from bench import disturbances

    for each in scenario.disturbances:
        began = time.monotonic()
        getattr(disturbances, each)(running)
        _say(each, f"took {time.monotonic() - began:.1f} s, after {_tweets():,} tweets")
        _read_again()


def _read_again() -> None:
    from timelines import audit, graphs

    began, everybody = time.monotonic(), audit.reader_ids()
    groups = [everybody[start : start + LOOKED_AT] for start in range(0, len(everybody), LOOKED_AT)]
    read = sum(graphs.read_home(_cold(group)) for group in groups)
    _say("read again", f"{read:,} cold homes in {time.monotonic() - began:.0f} s")


def _cold(reader_ids: list[int]) -> list[int]:
    from timelines import inspection
    from timelines.inbox import INBOX

    warm = inspection.look(INBOX, reader_ids)
    return [each for each in reader_ids if each not in warm]


def _people() -> int:
    from accounts.models import User

    return User.objects.count()


def _tweets() -> int:
    from tweets.models import Tweet

    return Tweet.objects.count()


def _tell_speed(seconds: float) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_DELIVERIES)
        tweets, deliveries = cursor.fetchone()
    _say("delivered", f"{tweets:,} tweets to {deliveries:,} lists in {seconds:.0f} s")
    _say("a second", f"{tweets / seconds:,.0f} tweets, {deliveries / seconds:,.0f} deliveries")


def _tell(command: "subprocess.Popen[str]") -> int:
    """Pass on what a command says, to its end."""
    output, _ = command.communicate()
    print(output, end="", flush=True)
    return command.returncode


def _must(running: "Site", command: "subprocess.Popen[str]") -> None:
    """Pass on what a command says; a run in which it fails is none."""
    if _tell(command):
        sys.exit(running.log_of("load_follows").read_text()[-LAST_WORDS:])


def _wait_until_drained() -> None:
    _wait_until(lambda: oldest_event_seconds() == 0)


def _wait_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + QUIET_SECONDS
    while not done():
        if time.monotonic() > until:
            raise TimeoutError("it did not come to that within an hour")
        time.sleep(LAG_SECONDS)


def _say(label: str, value: str) -> None:
    print(f"{label:<24}{value}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.acceptance")
    parser.add_argument("file", type=Path, help="CSV, gzipped or not, with the columns follower and followee")
    parser.add_argument("--scenario", choices=["all", *SCENARIOS], default="all")
    parser.add_argument("--tweets", type=int, default=20, help="by everybody")
    parser.add_argument("--pages", type=int, default=200, help="readers whose home is walked")
    parser.add_argument("--processes", type=int, default=2, help="that post")
    parser.add_argument("--durable", action="store_true", help="wait for the disk at every commit")
    return parser.parse_args()


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Terminated."))
    arguments = _arguments()
    if arguments.scenario != "all":
        sys.exit(0 if run(arguments.scenario, arguments) else 1)
    given = sys.argv[1:]
    failed = [name for name in SCENARIOS if _in_own_process(given, name)]
    _say("failed", ", ".join(failed) or "none")
    sys.exit(1 if failed else 0)


def _in_own_process(given: list[str], name: str) -> int:
    """Servers and settings are chosen once in a process's life."""
    with suppress(ValueError):
        where = given.index("--scenario")
        given = given[:where] + given[where + 2 :]
    return subprocess.run(
        [sys.executable, "-m", "bench.acceptance", *given, "--scenario", name], check=False
    ).returncode


if __name__ == "__main__":
    main()
