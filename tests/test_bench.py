"""The bench runs: every row, so small that nothing it says means anything, through real servers and processes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = sorted(int(path.stem[3:]) for path in (ROOT / "bench" / "rows").glob("row*.py"))


@pytest.fixture(scope="module")
def report() -> str:
    """What it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    environment["WEB_PROCESSES"] = "1"
    ran = subprocess.run(
        [sys.executable, "-m", "bench", "--size", "tiny", "--no-write"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-5000:]
    return ran.stdout


def section(report: str, number: int) -> str:
    found = re.search(rf"^### {number}\. .*?(?=^### |\Z)", report, re.DOTALL | re.MULTILINE)
    assert found, f"nothing about row {number}"
    return found[0]


def test_it_has_the_rows_of_its_readme() -> None:
    readme = (ROOT / "bench" / "README.md").read_text()
    assert [int(each) for each in re.findall(r"<!-- row (\d+) -->", readme)] == ROWS


@pytest.mark.parametrize("number", ROWS)
def test_every_row_says_what_was_measured_and_how(report: str, number: int) -> None:
    told = section(report, number)
    assert re.search(r"^(\| .* \*\*CPU|- .*: \*\*)", told, re.MULTILINE), told
    assert re.search(r"^_\d{4}-\d\d-\d\d, .* PostgreSQL .*Redis .*\._$", told, re.MULTILINE), told


@pytest.mark.parametrize(
    ("number", "claim"),
    [
        (5, "inboxes that hold more or less than they should"),
        (6, "followers of 10 who had not got a tweet by then"),
        (8, "tweets whose likes are not exact after 60 s, shown or stored"),
    ],
)
def test_what_does_not_hang_on_speed_holds(report: str, number: int, claim: str) -> None:
    assert f"- reached: {claim}: **0**" in section(report, number)
