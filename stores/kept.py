"""What is kept of one person's rows in Redis, so that nobody can keep or read there what was before a change.

Beside the keys that hold it stands a *state*: digits say that they are good (and what the keeper likes to say with
them), a token that somebody is building them, "" that they are blocked, and nothing that they are not there. A change
blocks them before it commits, for longer than a transaction may last; whoever builds them finishes only if his token is
still the state. While they are not good, PostgreSQL answers.
"""

from collections.abc import Iterable, Sequence
from secrets import token_hex
from typing import Any, NamedTuple

from stores import wire
from stores.scripts import Script

KEPT_SECONDS = 3600  # bounds for how long a Redis that was away during a change can be wrong
BLOCKED_SECONDS = 15
BUILDING_SECONDS = 30

# KEYS: state. ARGV: a state to be overwritten, token, seconds.
_BEGIN = Script("""
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
""")

# KEYS: state, others. ARGV: token, state, seconds, then for each other key the verb that fills it, how many words
# follow, and these.
_FINISH = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local at = 4
for i = 2, #KEYS do
  local first, last = at + 2, at + 1 + ARGV[at + 1]
  redis.call('DEL', KEYS[i])
  for some = first, last, 1000 do
    redis.call(ARGV[at], KEYS[i], unpack(ARGV, some, math.min(some + 999, last)))
  end
  redis.call('EXPIRE', KEYS[i], ARGV[3])
  at = last + 1
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
""")


class Contents(NamedTuple):
    """What to keep.

    Attributes:
        state: digits.
        seconds: for how long.
        fills: for each key beside the state the command that fills it, such as ("SADD", 0, 1); never without a value.
    """

    state: int
    seconds: int
    fills: Sequence[Sequence[Any]]


def is_good(state: bytes | None) -> bool:
    return bool(state) and state.isdigit()  # type: ignore[union-attr]  # there is one


def may_build(state: bytes | None) -> bool:
    """Whether it is worth a try: neither blocked nor being built; a state that is good can be useless all the same,
    where one of the keys beside it was evicted."""
    return state is None or state.isdigit()


def block(keys: Iterable[str]) -> None:
    """Let nobody use, or finish, what stands beside these states, until longer than a transaction may last.

    Raises:
        RedisError: some may still be used.
    """
    wire.ask([("SET", key, b"", "EX", BLOCKED_SECONDS) for key in keys])


def begin(key: str, useless: bytes | None = None) -> str | None:
    """
    Args:
        useless: a good state that is no reason not to build.

    Returns:
        The token to finish with; None where nothing is to be built.

    Raises:
        RedisError: nobody knows.
    """
    token = f"building {token_hex(8)}"
    begun = _BEGIN.run([key], [useless or "none", token, BUILDING_SECONDS])
    return token if begun else None


def finish(keys: Sequence[str], token: str, contents: Contents) -> None:
    """Keep it, unless a change came in between.

    Args:
        keys: the state's, and those beside it.

    Raises:
        RedisError: it may be kept, or not.
    """
    words = [word for verb, *values in contents.fills for word in (verb, len(values), *values)]
    _FINISH.run(keys, [token, contents.state, contents.seconds, *words])
