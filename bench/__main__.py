"""`python -m bench`: measure some rows of the table, print them, and write them into bench/README.md."""

import argparse
import dataclasses
import importlib
import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NoReturn

from bench import load, report, sizes, stage
from twitterclone.embedded import Unavailable

ROWS = sorted(int(path.stem[3:]) for path in Path(__file__).with_name("rows").glob("row*.py"))


def main() -> None:
    signal.signal(signal.SIGTERM, _interrupt)
    arguments = _arguments()
    if sizes.BY_NAME[arguments.size].seconds and not load.is_there():
        sys.exit("The bench needs wrk (https://github.com/wg/wrk): install it, for example with apt install wrk.")
    try:
        _measure(arguments)
    except Unavailable as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=_rows, default=list(ROWS), help="such as 1,5; all by default")
    parser.add_argument("--size", choices=sizes.BY_NAME, default="full", help="the others show only that it runs")
    parser.add_argument("--rounds", type=int, help="how often each is measured, for the median")
    parser.add_argument(
        "--write", action=argparse.BooleanOptionalAction, help="into bench/README.md; if full, the default"
    )
    return parser.parse_args()


def _rows(text: str) -> list[int]:
    rows = [int(each) for each in text.split(",")]
    if not set(rows) <= set(ROWS):
        raise argparse.ArgumentTypeError(f"rows are {', '.join(map(str, ROWS))}")
    return rows


def _measure(arguments: argparse.Namespace) -> None:
    size = sizes.BY_NAME[arguments.size]
    if arguments.rounds:
        size = dataclasses.replace(size, rounds=arguments.rounds)
    writes = arguments.size == "full" if arguments.write is None else arguments.write
    with stage.opened(durable=bool(size.seconds)) as opened, _kept_running(opened, size):
        for number in arguments.rows:
            row = importlib.import_module(f"bench.rows.row{number:02}")
            section = report.section(number, row.measure(opened, size), size)
            print(section, flush=True)
            if writes:
                report.write(number, section)


def _kept_running(opened: stage.Stage, size: sizes.Size) -> AbstractContextManager[None]:
    """Where nothing is measured in earnest, all rows share their processes: starting them is most of the work."""
    return nullcontext() if size.seconds else opened.running("web", "live", "worker", "beat")


if __name__ == "__main__":
    main()
