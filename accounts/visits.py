"""Who came by today, as far as this process knows: one question a day and process, not one a visit."""

from datetime import date

MOST = 100_000

_seen: set[int] = set()
_day = date.min


def is_first(user_id: int, today: date) -> bool:
    """Whether nobody has asked about this person today, in this process and lately."""
    global _day  # noqa: PLW0603  it is the process that remembers
    if _day != today or len(_seen) >= MOST:
        _seen.clear()
        _day = today
    if user_id in _seen:
        return False
    _seen.add(user_id)
    return True
