"""Results as Markdown: on the terminal, and between the marks of their rows in bench/README.md."""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import pace
from bench.measuring import Claim, Result, Run
from bench.sizes import Size

README = Path(__file__).with_name("README.md")
_PACKAGES = ("Django", "djangorestframework", "granian", "celery", "redis")
_SMALL = 0.1


def section(number: int, result: Result, size: Size) -> str:
    parts = [f"### {number}. {result.title}", _table(result), _claims(result.claims), *result.notes, _colophon(size)]
    return "\n\n".join(part for part in parts if part) + "\n"


def write(number: int, text: str) -> None:
    """Put a row's section in the place of the one before."""
    begin, end = f"<!-- row {number} -->", f"<!-- end of row {number} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    README.write_text(pattern.sub(lambda _: f"{begin}\n{text}{end}", README.read_text()))


def _table(result: Result) -> str:
    if not result.lines:
        return ""
    runs = result.lines.values()
    parts = list(dict.fromkeys(part for run in runs for part in run.cpu))
    scale, unit = (1000, "µs") if max(run.total for run in runs) < _SMALL else (1, "ms")
    heads = ["", "per second", "p50 ms", "p99 ms", *parts, f"**CPU {unit} a {result.unit}**"]
    rows = [_cells(name, run, parts, scale) for name, run in result.lines.items()]
    kept = [column for column in range(len(heads)) if any(row[column] for row in rows)]
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join(_line(line[column] for column in kept) for line in lines)


def _cells(name: str, run: Run, parts: Sequence[str], scale: int) -> list[str]:
    spent = [_number(run.cpu[part] * scale) if part in run.cpu else "" for part in parts]
    return [name, _number(run.rate), _number(run.p50), _number(run.p99), *spent, f"**{_number(run.total * scale)}**"]


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _claims(claims: Sequence[Claim]) -> str:
    return "\n".join(f"- {_verdict(claim)}{claim.text}: **{claim.measured}**" for claim in claims)


def _verdict(claim: Claim) -> str:
    return {True: "reached: ", False: "NOT reached: ", None: ""}[claim.holds]


def _colophon(size: Size) -> str:
    machine = f"{os.cpu_count()} cores, {_processor()}"
    versions = [f"Python {platform.python_version()}", *_servers(), *(f"{each} {version(each)}" for each in _PACKAGES)]
    how = f"medians of {size.rounds}; pace {pace.milliseconds():.0f} ms"
    return f"_{datetime.now(UTC):%Y-%m-%d}, {machine}; {how}; {', '.join(versions)}._"


def _servers() -> list[str]:
    from django.db import connection

    from stores import redis

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (postgres,) = cursor.fetchone()
    return [f"PostgreSQL {postgres}", f"Redis {redis.timelines().info('server')['redis_version']}"]


def _processor() -> str:
    info = Path("/proc/cpuinfo").read_text()
    found = re.search(r"model name\s*: (.*)", info)
    return found[1] if found else platform.machine()
