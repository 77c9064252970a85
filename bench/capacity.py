"""`python -m bench.capacity`: works out, in docs/capacity.md, what the measured values at its top come to."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "capacity.md"
STEPS = (1, 10, 100)
MILLION = 1_000_000
_BEGIN, _END = "<!-- worked out -->", "<!-- end of worked out -->"
_VALUE = re.compile(r"^\| `(\w+)` \|[^|]*\| ([\d,.]+) \|", re.MULTILINE)

Values = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Load:
    """What so many readers do in the busiest hour.

    Attributes:
        readers: people who come at least once in 30 days, in millions; their inboxes are kept.
        values: the table.
    """

    readers: float
    values: Values

    @property
    def reads(self) -> float:
        return self.readers * self.values["reads"]

    @property
    def tweets(self) -> float:
        return self.readers * self.values["tweets"]

    @property
    def deliveries(self) -> float:
        return self.tweets * (self.values["followers"] + 1)

    @property
    def cold(self) -> float:
        """First pages with a cold inbox."""
        return self.reads * self.values["cold_share"]

    @property
    def sockets(self) -> float:
        return self.readers * MILLION * self.values["online"]

    @property
    def messages(self) -> float:
        """To sockets."""
        return self.tweets * self.values["followers"] * self.values["online"]

    def cores(self, milliseconds: float) -> float:
        """So many that this much CPU time a second keeps them as busy as they may be."""
        return milliseconds / 1000 / self.values["busy"]

    # --- What it takes, by process or store ----------------------------------------------------------------------

    @property
    def web(self) -> float:
        of = self.values
        return self.cores(
            (self.reads - self.cold) * of["page_web"] + self.cold * of["cold_web"] + self.tweets * of["post_web"]
        )

    @property
    def worker(self) -> float:
        return self.cores(self.deliveries * _ms(self.values["delivery_worker"]))

    @property
    def live(self) -> float:
        idle = self.sockets * self.values["socket_cpu"] / 3600
        return self.cores(idle + self.messages * _ms(self.values["message_live"]))

    @property
    def redis_cores(self) -> float:
        of = self.values
        spent = self.reads * of["page_redis"] + self.deliveries * _ms(of["delivery_redis"])
        return self.cores(spent + self.tweets * of["post_redis"])

    @property
    def redis_gigabytes(self) -> float:
        of = self.values
        cards = self.tweets * 3600 * of["card"]
        return (self.readers * MILLION * of["reader"] + cards) / 1024**3

    @property
    def redis_shards(self) -> int:
        return max(ceil(self.redis_cores), ceil(self.redis_gigabytes / self.values["shard"]))

    @property
    def postgres(self) -> float:
        of = self.values
        spent = self.cold * of["cold_postgres"] + self.deliveries * _ms(of["delivery_postgres"])
        return self.cores(spent + self.tweets * of["post_postgres"])

    @property
    def wal_megabytes(self) -> float:
        return self.tweets * self.values["wal"] / 1e6

    @property
    def terabytes_a_year(self) -> float:
        return self.tweets / self.values["peak"] * 86400 * 365 * self.values["tweet"] / 1e12

    @property
    def live_gigabytes(self) -> float:
        return self.sockets * self.values["socket"] * 1024 / 1024**3

    @property
    def gigabits(self) -> float:
        return self.reads * self.values["page_bytes"] * 8 / 1e9


def _ms(microseconds: float) -> float:
    return microseconds / 1000


_LINES = {
    "home reads/s": "reads",
    "tweets/s": "tweets",
    "deliveries/s": "deliveries",
    "web processes, a core each": "web",
    "worker processes, a core each": "worker",
    "timelines' Redis, cores": "redis_cores",
    "timelines' Redis, GB": "redis_gigabytes",
    "timelines' Redis, shards by the scarcer of both": "redis_shards",
    "PostgreSQL, cores (primary)": "postgres",
    "PostgreSQL, write-ahead log, MB/s": "wal_megabytes",
    "PostgreSQL, tweets of a year, TB": "terabytes_a_year",
    "open sockets": "sockets",
    "live processes, a core each": "live",
    "live processes, GB for sockets": "live_gigabytes",
    "Gbit/s of pages, uncompressed": "gigabits",
}


def main() -> None:
    text = PAGE.read_text()
    table = "\n".join(_table([Load(each, _values(text)) for each in STEPS]))
    pattern = re.compile(f"{_BEGIN}.*?{_END}", re.DOTALL)
    PAGE.write_text(pattern.sub(lambda _: f"{_BEGIN}\n{table}\n{_END}", text))
    print(table)


def _values(text: str) -> Values:
    return {name: float(value.replace(",", "")) for name, value in _VALUE.findall(text)}


def _table(loads: Sequence[Load]) -> Iterator[str]:
    heads = [f"{load.readers:,.0f} million" for load in loads]
    yield f"| active readers | {' | '.join(heads)} |"
    yield "| --- |" + " ---: |" * len(loads)
    for name, figure in _LINES.items():
        yield f"| {name} | {' | '.join(_number(getattr(load, figure)) for load in loads)} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"


if __name__ == "__main__":
    main()
