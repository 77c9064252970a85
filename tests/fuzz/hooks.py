"""What Schemathesis is told of the site it calls. Its own process loads this; see test_fuzz.py."""

import os
import random
from typing import Any

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

SITE = os.environ["FUZZ_SITE"]
LOOK_AGAIN_AFTER = 200
NAMES = ("ada", "grace", "alan")
TAGS = ("tea", "nobody_says_this")
ENDS_ITS_TOKEN = ("DELETE", "/api/auth/token/")

_chance = random.Random(4)
_known: list[str] = []
_calls = 0


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Half of all calls are about what exists: people by name, everything else by ids that were given lately.

    An id or a name that is meant to be broken stays so.
    """
    meant_broken = case.meta is not None and case.meta.is_negative_at(ParameterLocation.PATH)
    for name in case.path_parameters or ():
        if name == "tag":  # no schema can say which words are tags; what is none is found nowhere, whatever the method
            case.path_parameters[name] = _chance.choice(TAGS)
        elif not meant_broken and _chance.random() < 0.5:
            case.path_parameters[name] = _chance.choice(NAMES if name == "username" else _ids())
    if (case.method.upper(), case.path) == ENDS_ITS_TOKEN and os.environ.get("FUZZ_TOKEN"):
        case.headers["Authorization"] = f"Bearer {_token_to_end()}"


def _ids() -> list[str]:
    global _calls  # noqa: PLW0603
    if _calls % LOOK_AGAIN_AFTER == 0:
        page = requests.get(f"{SITE}/api/timelines/public/", timeout=30).json()
        _known[:] = [tweet["id"] for tweet in page["results"]] + ["1", "2", "3"]
    _calls += 1
    return _known


def _token_to_end() -> str:
    credentials = {"username": "grace", "password": "correct horse"}
    return str(requests.post(f"{SITE}/api/auth/token/", json=credentials, timeout=30).json()["token"])
