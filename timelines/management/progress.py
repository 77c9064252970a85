"""Long work with a bar on a terminal, and one line about it at the end."""

import time
from collections.abc import Callable, Iterable

from tqdm import tqdm


def work(label: str, unit: str, total: int, steps: Iterable[int], say: Callable[[str], object]) -> None:
    """Go through the steps, each of which says how much it has done."""
    started, done = time.monotonic(), 0
    with tqdm(desc=label, total=total, unit=f" {unit}", disable=None) as bar:
        for step in steps:
            bar.update(step)
            done += step
    seconds = time.monotonic() - started
    say(f"{label}: {done:,} {unit} in {seconds:.1f} s, {done / max(seconds, 0.001):,.0f} a second")
