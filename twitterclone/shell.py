"""`make psql` and `make redis-cli`: the servers in use, whichever they are, for a look."""

import os
import signal
import subprocess
import sys

from . import services
from .embedded import binaries


def main() -> None:
    tool, *arguments = sys.argv[1:]
    try:
        held = services.hold()
        command = _command(tool)
    except services.Unavailable as problem:
        sys.exit(str(problem))
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is for the tool.
    try:
        sys.exit(subprocess.run([*command, *arguments], check=False).returncode)
    finally:
        held.release()


def _command(tool: str) -> list[str]:
    if tool == "psql":
        return [str(binaries.postgres("psql")), os.environ["DATABASE_URL"]]
    url = os.environ["REDIS_URL"]
    at = ["-s", url.removeprefix("unix://")] if url.startswith("unix://") else ["-u", url]
    return [str(binaries.redis("redis-cli")), *at]


if __name__ == "__main__":
    main()
