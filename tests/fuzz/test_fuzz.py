"""Schemathesis against the whole description: whatever it sends, no 5xx and no answer that is not described.

FUZZ says how many cases it makes up for each call; `make fuzz` sets it high, and adds all that the description suggests
(what is just within its bounds, and just beyond), thousands of cases more than every run of the suite can afford.
A new call is covered by being described.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts import tokens
from accounts.models import User
from tests import factories

CASES = os.environ.get("FUZZ", "")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",
    # Not positive_data_acceptance: what is well-formed may still be refused for what it says, for which no schema has
    # words (a tweet that is empty once it is cleaned, an answer to a tweet that is gone, oneself as the one to follow).
)
OPTIONS = (
    *("--checks", ",".join(CHECKS), "--seed", "4"),
    *("--phases", "coverage,fuzzing" if CASES else "fuzzing", "--max-examples", CASES or "5"),
    *("--generation-database", "none", "--generation-with-security-parameters", "false", "--no-shrink"),
    *("--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure", "--no-color"),
)


@pytest.fixture
def _world(ada: User, grace: User, alan: User, settings: Settings) -> None:
    """Something to find, and no limits: 429 is described, and would hide everything else."""
    factories.follow(ada, grace)
    first = factories.tweet(grace, "first")
    factories.tweet(ada, "reply", in_reply_to_id=first.pk)
    factories.tweet(alan, "quote", quote_of_id=first.pk)
    settings.LIMITS = {name: limit.times(1_000_000) for name, limit in settings.LIMITS.items()}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_world")
@pytest.mark.parametrize("who", ["anybody", "ada"])
def test_whatever_is_sent_the_answer_is_one_that_is_described(
    who: str, ada: User, live_server: LiveServer, tmp_path: Path
) -> None:
    token = tokens.issue(user=ada) if who == "ada" else ""
    said = fuzz(live_server.url, token, tmp_path / "report.json")
    print(said["test_cases"])
    assert said["operations"]["tested"] == said["operations"]["total"] > 20
    assert said["test_cases"]["generated"] > 300


def fuzz(site: str, token: str, report: Path) -> Any:
    """What Schemathesis reports, run as everybody runs it: in a process of its own, over HTTP."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{site}/api/schema/?format=json", *OPTIONS]
    command += ["--report", "json", "--report-json-path", str(report)]
    command += ["--header", f"Authorization: Bearer {token}"] if token else []
    told = {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "FUZZ_SITE": site, "FUZZ_TOKEN": token}
    done = subprocess.run(
        command, env=os.environ | told, cwd=django_settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(report.read_text())
