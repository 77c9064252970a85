"""Rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APPS = ("stores", "accounts", "tweets", "timelines", "notifications", "discovery", "drafts", "twitterclone")
MODULES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))

KEEPERS = {
    "accounts/access/lookup.py",  # who holds a token
    "accounts/callers.py",  # asks for it and for what may be done in one go
    "accounts/relations/sight.py",  # what a viewer does not see
    "stores/bucket_rows.py",  # what may be done how often
    "stores/buckets.py",
    "stores/cards.py",  # finished bytes
    "stores/commits.py",  # what is told after a commit
    "stores/counts.py",  # running counts
    "stores/kept.py",  # a person's rows, blocked before they change
    "stores/scripts.py",  # the ways to it
    "stores/wire.py",
    "tweets/fragments.py",  # finished pieces of pages
    "tweets/marks.py",  # what a viewer has done
    "tweets/presenting.py",  # asks for all of these at once
    "timelines/generation.py",  # the number in every key
    "timelines/inbox.py",  # packed lists
    "timelines/inspection.py",  # looks at packed lists, for the audit
    "timelines/packed.py",  # their scripts
    "timelines/tasks.py",  # the wake-up key
    "notifications/tasks.py",  # another
    "notifications/unread.py",  # how many are unread
}

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 45


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules_with(pattern: str) -> set[str]:
    return {name(path) for path in MODULES if re.search(pattern, path.read_text())}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_only_those_who_keep_something_there_speak_to_the_redis_of_timelines() -> None:
    speakers = modules_with(r"redis\.timelines\(|wire\.ask\(|scripts\.ask\(|\bScript\(")
    assert speakers - KEEPERS == set()


def test_only_inbox_and_the_audit_know_how_lists_are_packed() -> None:
    assert modules_with(r"import .*\bpacked\b|packed\.[A-Z]") <= {"timelines/inbox.py", "timelines/inspection.py"}


def test_work_is_enqueued_by_tasks_and_what_they_are_for() -> None:
    assert modules_with(r"\.(delay|apply_async|send_task)\(") <= {
        "accounts/tasks.py",
        "timelines/tasks.py",
        "timelines/receivers.py",
        "notifications/tasks.py",
    }


def test_signals_are_connected_at_the_seam_and_where_connections_open() -> None:
    listeners = modules_with(r"\.connect\(receiver|@receiver\(|signals? import")
    assert {each for each in listeners if not each.endswith("/receivers.py")} <= {"stores/postgres.py"}


def test_what_follows_a_commit_cannot_fail_it() -> None:
    assert modules_with(r"transaction\.on_commit\(") == {"stores/commits.py"}


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=name)
def test_modules_have_one_owner_and_can_be_read_in_one_go(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "misc", "common"}
    lines = path.read_text().splitlines()
    assert len(lines) < (MOST_LINES if path in MODULES else 600)
    assert [line for line in lines if re.search(r"#\s*(TODO|FIXME|XXX)\b", line)] == []
    long = {each.name: (each.end_lineno or 0) - each.lineno + 1 for each in functions(path)}
    assert {each: lines for each, lines in long.items() if lines >= MOST_LINES_OF_A_FUNCTION} == {}
