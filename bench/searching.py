"""What search knows of a world's tweets, by COPY."""

from collections.abc import Sequence

from bench import copying
from tweets import words
from tweets.models import Tweet, TweetWords

COMMON, RARE = "timeline", "quicksilver"
_AT_ONCE = 10_000


def index(rare: int) -> None:
    """Enter the words of all tweets; RARE is said to be in so many of them, evenly spread."""
    ids = list(Tweet.objects.filter(retweet_of=None).order_by("pk").values_list("pk", flat=True))
    with_rare = {ids[(2 * place + 1) * len(ids) // (2 * rare)] for place in range(rare)}
    for start in range(0, len(ids), _AT_ONCE):
        rows = _texts(ids[start : start + _AT_ONCE])
        copying.copy(TweetWords, ("tweet_id", "words"), (_entry(*row, row[0] in with_rare) for row in rows))
    copying.tidy()


def _texts(ids: Sequence[int]) -> list[tuple[int, str, int | None]]:
    written = Tweet.objects.filter(pk__range=(ids[0], ids[-1]), retweet_of=None)
    return list(written.values_list("pk", "text", "in_reply_to_user_id"))


def _entry(tweet_id: int, text: str, answered_id: int | None, is_rare: bool) -> copying.Row:
    marks = [words.REPLY, words.to(answered_id)] if answered_id else []
    marks += [words.LINKS] if "https://" in text else []
    marks += [words.tag("today")] if "#today" in text else []
    return tweet_id, words.vector(f"{text} {RARE}" if is_rare else text, marks)
