"""What a measurement is: runs, several rounds of them, and what is claimed of their medians."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Protocol

Work = Callable[[], "Done"]


class Metered(Protocol):
    def cpu(self) -> Mapping[str, float]:
        """CPU seconds so far, by the part that spent them."""


@dataclass(frozen=True, slots=True)
class Done:
    """What some work came to.

    Attributes:
        operations: how often it did what is measured.
        p50, p99: how long one took, in ms; None where that was not looked at.
        seconds: how long it took; None for as long as the call.
    """

    operations: int
    p50: float | None = None
    p99: float | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One look, or the median of several.

    Attributes:
        rate: operations a second, by the clock.
        cpu: CPU milliseconds of each part for one operation.
    """

    rate: float
    cpu: Mapping[str, float]
    p50: float | None = None
    p99: float | None = None

    @property
    def total(self) -> float:
        """CPU milliseconds of all parts for one operation."""
        return sum(self.cpu.values())


Value = Callable[[Run], float]


def share(value: float, of: float) -> float:
    """For what is too small to be seen, no share is known."""
    return value / of if of else float("nan")


def rate(run: Run) -> float:
    return run.rate


def total(run: Run) -> float:
    return run.total


def look(meter: Metered, work: Work) -> Run:
    """Do the work once, and say what it cost."""
    before, began = meter.cpu(), time.perf_counter()
    done = work()
    seconds, after = time.perf_counter() - began, meter.cpu()
    operations = max(1, done.operations)
    cpu = {part: (spent - before.get(part, 0.0)) * 1000 / operations for part, spent in after.items()}
    return Run(done.operations / (done.seconds or seconds), cpu, done.p50, done.p99)


@dataclass
class Rounds:
    """Runs of several things, taken in turn, so that whatever else the machine does meets them all alike."""

    taken: list[dict[str, Run]] = field(default_factory=list)

    def names(self) -> list[str]:
        return list(self.taken[0])

    def median(self, name: str) -> Run:
        return middle([each[name] for each in self.taken])

    def ratio(self, name: str, yardstick: str, value: Value) -> float:
        """The median of one thing's value over another's of the same round."""
        return median(share(value(each[name]), value(each[yardstick])) for each in self.taken)


def in_turn(meter: Metered, works: Mapping[str, Work], rounds: int) -> Rounds:
    taken = [{name: look(meter, work) for name, work in works.items()} for _ in range(rounds)]
    return Rounds(taken)


def middle(runs: Sequence[Run]) -> Run:
    """The median of each figure."""
    parts = {part: median(run.cpu[part] for run in runs) for part in runs[0].cpu}
    return Run(median(run.rate for run in runs), parts, _middle([r.p50 for r in runs]), _middle([r.p99 for r in runs]))


def _middle(values: Sequence[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return median(known) if known else None


def percentile(values: Sequence[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that is to hold, with what was measured; `holds` is None where nothing was promised."""

    text: str
    measured: str
    holds: bool | None = None


@dataclass
class Result:
    """What one row of the table came to.

    Attributes:
        unit: what one operation is.
        lines: runs by what was run.
        notes: what else a reader must know: sizes, and what is not measured.
    """

    title: str
    unit: str
    lines: dict[str, Run] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def at_most(self, text: str, measured: float, limit: float, unit: str = "") -> None:
        self.claims.append(Claim(text, f"{measured:,.3g}{unit}", measured <= limit))

    def at_least(self, text: str, measured: float, limit: float, unit: str = "") -> None:
        self.claims.append(Claim(text, f"{measured:,.3g}{unit}", measured >= limit))

    def exactly(self, text: str, measured: int, wanted: int) -> None:
        self.claims.append(Claim(text, f"{measured:,}", measured == wanted))

    def stated(self, text: str, measured: str) -> None:
        self.claims.append(Claim(text, measured))
