"""How much of everything is measured: as the table asks for, or so little that it shows only that the bench runs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """
    Attributes:
        people, follows, tweets: of the usual world: how many follow how many, and wrote how much altogether.
        readers: who read in rotation.
        seconds: how long one run of load takes.
        rounds: of how many the median is taken.
        drained, posted: tweets that are fanned out, posted beforehand in each round, or by POST.
    """

    people: int
    follows: int
    tweets: int
    readers: int
    seconds: int
    rounds: int
    drained: int
    posted: int


FULL = Size(
    people=20_000,
    follows=100,
    tweets=200_000,
    readers=1_000,
    seconds=3,
    rounds=5,
    drained=10_000,
    posted=5_000,
)
SMALL = Size(
    people=200,
    follows=10,
    tweets=2_000,
    readers=20,
    seconds=1,
    rounds=1,
    drained=100,
    posted=50,
)
