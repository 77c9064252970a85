"""docs/security.md says of every item what holds us to it; here that is held against the tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASVS = """1.2.2 1.3.6 15.3.2 2.3.3 2.3.4 2.4.1 3.3.x 3.4.1 3.4.3 3.4.4 3.4.6 3.5.3 3.7.2 4.1.3 4.4.2 4.4.3
5.2.1 5.2.2 5.2.3 5.3.2 6.1.1 6.2.4 6.2.12 6.3.1 6.3.8 6.3.3 6.4.3 6.5.1 7.2.4 7.4.2 7.4.3 7.5.1 7.5.2 8.2.2 8.2.3
10.4.1 10.4.2 10.4.3 10.4.4 10.4.6 10.4.9 14.2.1 15.3.3 16.3.1 16.5.2 16.5.3"""
ADVISORIES = """GHSA-vwhj-3g83-v276 GHSA-crr4-7rm4-8gpw GHSA-xx55-4rrg-8xg6 GHSA-xfrj-c749-jxxq GHSA-ww85-x9cp-5v24
GHSA-f3q8-7vw3-69v4 GHSA-7jvv-fhmg-wpfw GHSA-hx34-2pfw-2qfj GHSA-gwhw-gcjx-72v8 GHSA-8h43-rcqj-wpc6 GHSA-q4g8-82c5-9h33
GHSA-ccpr-m53r-mfwr GHSA-r2fh-jr9c-9pxh GHSA-7gwh-mw97-qjgp GHSA-f3q3-rmf7-9655 GHSA-xqw8-4j56-5hj6 GHSA-6x3w-9g92-gvf3
GHSA-gg8q-rcg7-p79g GHSA-84ch-6436-c7mg GHSA-qrgq-9fx2-vf2r GHSA-5r37-qpwq-2jhh CVE-2026-8461"""
ITEMS = [*ASVS.split(), *ADVISORIES.split()]


def named(item: str) -> str:
    """How tests of an item begin."""
    plain = item.lower().replace(".", "_").replace("-", "_")
    return f"test_{plain}_" if plain.startswith(("ghsa", "cve")) else f"test_asvs_{plain}_"


def rows() -> dict[str, str]:
    lines = (ROOT / "docs/security.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return {cell[0]: cell[2] for cell in cells if re.match(r"\d|GHSA|CVE", cell[0])}


def names_of_tests() -> list[str]:
    files = sorted((ROOT / "tests/security").glob("test_*.py"))
    return [name for file in files for name in re.findall(r"def (test_\w+)", file.read_text())]


def test_every_item_has_its_row() -> None:
    assert list(rows()) == ITEMS


@pytest.mark.parametrize("item", ITEMS)
def test_an_item_has_a_test_of_its_name_or_a_reason(item: str) -> None:
    found = [name for name in names_of_tests() if name.startswith(named(item))]
    held_by = rows()[item]
    assert bool(found) == (held_by == "test"), (found, held_by)
    assert held_by == "test" or held_by.startswith("waits for ")


def test_no_test_is_named_after_what_is_not_in_the_table() -> None:
    names = tuple(named(item) for item in ITEMS)
    assert [
        name for name in names_of_tests() if re.match("test_(asvs|ghsa|cve)_", name) and not name.startswith(names)
    ] == []
