"""How much of what may be done: the one table. docs/limits.md and the API's description show it to people.

`python -m twitterclone.limits` prints it as docs/limits.md has it.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600

Figures: TypeAlias = tuple[int, int]
"""So many calls at once, and then so many more, evenly, in so many seconds."""

WHOSE = {
    "stranger": "address, without an account",
    "token": "token",
    "account": "account",
    "address": "address",
    "login_at_address": "name tried, from one address",
    "login": "name tried, from anywhere",
    "mailbox": "mailbox",
}


class Limit(NamedTuple):
    """
    Attributes:
        counts: what one call of it is.
        buckets: for whom how much is kept; each of them that fits the caller must have a call left.
        strict: it holds while Redis is away, too, by rows in PostgreSQL; all others then let everybody pass.
    """

    counts: str
    buckets: Mapping[str, Figures]
    strict: bool = False

    def times(self, factor: float) -> "Limit":
        return self._replace(buckets={whose: (max(1, int(n * factor)), s) for whose, (n, s) in self.buckets.items()})


LIMITS = {
    "read": Limit(
        "reading anything that is not named below",
        {
            "stranger": (300, 5 * MINUTE),
            "token": (900, 5 * MINUTE),
            "account": (1800, 5 * MINUTE),
            "address": (9000, 5 * MINUTE),
        },
    ),
    "poll": Limit(
        "an open page that asks what is new",
        {"account": (3000, 5 * MINUTE), "address": (15_000, 5 * MINUTE)},
    ),
    "search": Limit(
        "searching",
        {
            "stranger": (60, 5 * MINUTE),
            "token": (180, 5 * MINUTE),
            "account": (300, 5 * MINUTE),
            "address": (1500, 5 * MINUTE),
        },
    ),
    "complete": Limit(
        "having a name or a hashtag completed while writing",
        {"token": (600, 5 * MINUTE), "account": (1500, 5 * MINUTE), "address": (7500, 5 * MINUTE)},
    ),
    "digest": Limit(
        "catching up",
        {"token": (60, 5 * MINUTE), "account": (120, 5 * MINUTE), "address": (600, 5 * MINUTE)},
    ),
    "files": Limit("pictures", {"address": (6000, 5 * MINUTE)}),
    "post": Limit(
        "tweets, replies, quotes, edits; retweets, made or taken back",
        {"token": (200, 3 * HOUR), "account": (300, 3 * HOUR), "address": (1500, 3 * HOUR)},
    ),
    "thread": Limit(
        "threads of several tweets posted as one, drafts posted",
        {"token": (30, 3 * HOUR), "account": (40, 3 * HOUR), "address": (200, 3 * HOUR)},
    ),
    "draft": Limit(
        "drafts and scheduled tweets, saved, changed or deleted", {"account": (200, HOUR), "address": (1000, HOUR)}
    ),
    "vote": Limit("votes in polls", {"account": (300, HOUR), "address": (1500, HOUR)}),
    "like": Limit("likes and bookmarks, made or taken back", {"account": (500, HOUR), "address": (2500, HOUR)}),
    "follow": Limit("follows, made or taken back", {"account": (400, DAY), "address": (2000, DAY)}),
    "list": Limit(
        "lists made, changed, followed; people put on them or taken off",
        {"account": (1000, HOUR), "address": (5000, HOUR)},
    ),
    "position": Limit("up to where home was read", {"account": (2000, HOUR), "address": (10_000, HOUR)}),
    "upload": Limit("a profile saved, with or without pictures", {"account": (60, HOUR), "address": (300, HOUR)}),
    "register": Limit("apps registered, by page or by POST", {"account": (20, DAY), "address": (100, DAY)}),
    # A service refreshes the tokens of all its people from one address, every hour.
    "token": Limit("apps that ask for a token", {"address": (6000, 5 * MINUTE)}),
    "revoke": Limit("apps that end a token", {"address": (6000, 5 * MINUTE)}),
    "write": Limit("every other change", {"account": (300, HOUR), "address": (1500, HOUR)}),
    "signup": Limit("tries to make an account", {"address": (30, HOUR)}, strict=True),
    "login": Limit("tries to log in, by page or API", {"address": (60, 5 * MINUTE)}, strict=True),
    "confirm": Limit(
        "giving one's password again", {"account": (10, 15 * MINUTE), "address": (60, 5 * MINUTE)}, strict=True
    ),
    "guess": Limit(
        "wrong passwords",
        {"address": (20, 5 * MINUTE), "login_at_address": (5, 15 * MINUTE), "login": (100, HOUR)},
        strict=True,
    ),
    "code": Limit(
        "wrong codes of a second factor",
        {"address": (20, 5 * MINUTE), "account": (5, 15 * MINUTE)},
        strict=True,
    ),
    "reset": Limit("asking for, and using, a link from a mail", {"address": (20, HOUR)}, strict=True),
    "mail": Limit("mails that anybody can have us send", {"mailbox": (5, HOUR)}, strict=True),
}


ABOUT = """\
Every answer says in its headers how the caller stands; of all limits that hold for the call, with the one nearest to
its end: `RateLimit-Limit` (how many calls), `RateLimit-Remaining` (how many are left) and `RateLimit-Reset` (seconds
until there are all of them again); and the same as `X-RateLimit-Limit`, `X-RateLimit-Remaining` and `X-RateLimit-Reset`
(the moment, in seconds since 1970). Calls come back evenly: of 300 in 5 minutes, one every second. A call too many is
answered with 429 and counts for nothing; `Retry-After` says in how many seconds the next one may be made."""


def table() -> str:
    """The limits as a Markdown table."""
    return "\n".join(_rows())


def for_programs() -> str:
    """What the API's description says of them."""
    return f"""{ABOUT}

{table()}
"""


def _rows() -> Iterator[str]:
    yield "| limit | what counts | how often |"
    yield "|---|---|---|"
    for name, limit in LIMITS.items():
        often = "; ".join(f"{_rate(*figures)} per {WHOSE[whose]}" for whose, figures in limit.buckets.items())
        yield f"| `{name}` | {limit.counts} | {often} |"


def _rate(calls: int, seconds: int) -> str:
    for name, length in (("day", DAY), ("hour", HOUR), ("minute", MINUTE)):
        if seconds % length == 0:
            many = seconds // length
            return f"{calls:,} in {many} {name}s" if many > 1 else f"{calls:,} a{'n' * (name == 'hour')} {name}"
    return f"{calls:,} in {seconds} seconds"


if __name__ == "__main__":
    print(table())
