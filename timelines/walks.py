"""Home read from its newest tweet to its end, and back, and held against one plain SQL statement.

The statement, and the rule against repeats, use nothing of `timelines`: they say what a reader ought to see. Muted
words alone are beyond it: readers who have any are left out.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

import orjson
from django.db import connection

from accounts.models import User
from timelines import home
from timelines.feed import FeedPage

PAGE = 100
REPEAT_WINDOW = 40
ATTEMPTS = 3

_HOME = """
WITH followed AS (SELECT followee_id AS id, shows_retweets FROM accounts_follow WHERE follower_id = %(reader)s),
blocked AS (
    SELECT blocked_id AS id FROM accounts_block WHERE blocker_id = %(reader)s
    UNION SELECT blocker_id FROM accounts_block WHERE blocked_id = %(reader)s),
muted AS (
    SELECT muted_id AS id FROM accounts_mute WHERE muter_id = %(reader)s AND (until IS NULL OR until > now()))
SELECT t.id, COALESCE(t.retweet_of_id, t.id),
    author.is_active AND t.author_id NOT IN (SELECT id FROM blocked)
    AND (NOT author.is_protected OR author.id = %(reader)s OR author.id IN (SELECT id FROM followed))
    AND (t.retweet_of_id IS NULL OR (
        original.deleted_at IS NULL AND retweeted.is_active IS TRUE
        AND original.author_id NOT IN (SELECT id FROM blocked)
        AND (NOT retweeted.is_protected OR retweeted.id = %(reader)s OR retweeted.id IN (SELECT id FROM followed))))
    AND (t.author_id = %(reader)s OR (
        t.author_id NOT IN (SELECT id FROM muted)
        AND COALESCE(original.author_id, 0) NOT IN (SELECT id FROM muted)
        AND COALESCE(quoted.author_id, 0) NOT IN (SELECT id FROM muted)
        AND COALESCE(original.conversation_id, original.id, t.conversation_id, t.id) NOT IN (
            SELECT conversation_id FROM accounts_mutedconversation
            WHERE user_id = %(reader)s AND (until IS NULL OR until > now()))
        AND (t.retweet_of_id IS NULL OR t.author_id IN (SELECT id FROM followed WHERE shows_retweets))))
FROM tweets_tweet t
JOIN accounts_user author ON author.id = t.author_id
LEFT JOIN tweets_tweet original ON original.id = t.retweet_of_id
LEFT JOIN accounts_user retweeted ON retweeted.id = original.author_id
LEFT JOIN tweets_tweet quoted ON quoted.id = COALESCE(original.quote_of_id, t.quote_of_id) AND quoted.deleted_at IS NULL
WHERE t.deleted_at IS NULL
    AND (t.id IN (SELECT w.tweet_id FROM tweets_tweettag w
            JOIN tweets_tagfollow f ON f.tag_id = w.tag_id WHERE f.user_id = %(reader)s)
        OR (t.author_id = %(reader)s
            OR t.author_id IN (SELECT followee_id FROM accounts_follow WHERE follower_id = %(reader)s))
        AND (t.in_reply_to_user_id IS NULL OR t.author_id = %(reader)s OR t.in_reply_to_user_id = t.author_id
            OR t.in_reply_to_user_id = %(reader)s
            OR t.in_reply_to_user_id IN (SELECT followee_id FROM accounts_follow WHERE follower_id = %(reader)s)))
ORDER BY t.id DESC"""


@dataclass
class Walks:
    """What came of some walks.

    Attributes:
        tweets: how many were seen on the way down, by all readers together.
        wrong: readers who did not see what they ought to, with a word about where.
    """

    readers: int = 0
    tweets: int = 0
    wrong: dict[int, str] = field(default_factory=dict)


def walk(readers: Sequence[int], advance: Callable[[int], object] = int) -> Walks:
    """Let these people read home, down and up again."""
    walks = Walks()
    for reader in User.objects.filter(pk__in=readers, muted_words=None):
        seen, wrong = _walk(reader)
        walks.readers += 1
        walks.tweets += seen
        if wrong:
            walks.wrong[reader.pk] = wrong
        advance(1)
    return walks


def _walk(reader: User) -> tuple[int, str]:
    """How much was seen, and what was wrong; again when something was, for it may have changed under way."""
    seen, wrong = 0, ""
    for _ in range(ATTEMPTS):
        wanted, down = expected(reader.pk), downwards(reader)
        up = upwards(reader, wanted[-1] - 1 if wanted else 0)
        seen, wrong = len(down), _first_difference("down", wanted, down) or _first_difference("up", wanted, up)
        if not wrong:
            break
    return seen, wrong


def _first_difference(way: str, wanted: Sequence[int], walked: Sequence[int]) -> str:
    for place, (ought, found) in enumerate(zip_longest(wanted, walked)):
        if ought != found:
            return f"{way}, entry {place} of {len(wanted)}: {found or 'the end'} instead of {ought or 'the end'}"
    return ""


def expected(reader_id: int) -> list[int]:
    """What a reader ought to see in home, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_HOME, {"reader": reader_id})
        rows = cursor.fetchall()
    before: deque[int | None] = deque(maxlen=REPEAT_WINDOW)
    shown = []
    for tweet_id, original_id, may_be_seen in rows:
        if may_be_seen and original_id not in before:
            shown.append(tweet_id)
        before.append(original_id if may_be_seen else None)
    return shown


def downwards(reader: User) -> list[int]:
    """Home, page by page, from the newest tweet to the end."""
    page = home.page(reader, limit=PAGE)
    seen = _ids(page)
    while page.older is not None:
        page = home.page(reader, before=page.older, limit=PAGE)
        seen += _ids(page)
    return seen


def upwards(reader: User, since: int) -> list[int]:
    """Home, page by page, from above an id until nothing newer comes; newest first, too."""
    seen: list[int] = []
    while True:
        page = home.page(reader, since=since, limit=PAGE)
        if page.newer == since:
            return seen
        seen = _ids(page) + seen
        since = page.newer


def _ids(page: FeedPage) -> list[int]:
    return [int(orjson.loads(tweet)["id"]) for tweet in page.tweets]
