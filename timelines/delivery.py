"""Who gets a tweet: its author, and those of his followers to whom it belongs; walked in ranges of ids. And, once, the
lists of its tags."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import Follow
from timelines import inbox, live
from timelines.inbox import AUTHORED, INBOX, TAGGED
from timelines.models import FeedEvent
from tweets.models import Tweet, TweetTag

WALKED_AT_ONCE = 2000  # followers of one tweet; the rest waits for the next turn, behind what others have posted
DELIVERED_AT_ONCE = 400_000  # about; of all tweets of a turn together: 1.5 s here, of the ten that a transaction has

_FOLLOWERS = """
SELECT e.tweet_id, f.readers, f.cursor
FROM unnest(%(tweets)s::bigint[], %(authors)s::bigint[], %(answered)s::bigint[], %(cursors)s::bigint[])
    AS e (tweet_id, author_id, answered_id, cursor)
CROSS JOIN LATERAL (
    SELECT array_agg(follower_id) FILTER (WHERE belongs) AS readers,
        CASE count(*) WHEN %(limit)s THEN max(follower_id) END AS cursor
    FROM (
        SELECT follower_id, e.answered_id IS NULL OR e.answered_id = follower_id OR EXISTS (
                SELECT FROM accounts_follow r
                WHERE r.follower_id = f.follower_id AND r.followee_id = e.answered_id) AS belongs
        FROM accounts_follow f WHERE followee_id = e.author_id AND follower_id > e.cursor
        ORDER BY follower_id LIMIT %(limit)s) w) f"""


_POSTED = """
SELECT t.id, t.author_id, t.in_reply_to_user_id, t.reach, a.is_protected, retweeted.author_id, quoted.author_id,
    ARRAY(SELECT tag_id FROM tweets_tweettag WHERE tweet_id = t.id)
FROM tweets_tweet t JOIN accounts_user a ON a.id = t.author_id
LEFT JOIN tweets_tweet retweeted ON retweeted.id = t.retweet_of_id
LEFT JOIN tweets_tweet quoted ON quoted.id = t.quote_of_id
WHERE t.id = ANY(%s) AND t.deleted_at IS NULL"""


@dataclass(frozen=True, slots=True)
class Posted:
    """A tweet on its way.

    Attributes:
        answered_id: whom it answers; None for no reply, and for an answer to oneself.
        is_protected: whether it is for its author's followers alone.
        shown_ids: by whom what it retweets and quotes is.
        cursor: the last follower who has got it.
    """

    event: FeedEvent
    tweet_id: int
    author_id: int
    answered_id: int | None
    in_reply_to_user_id: int | None
    reach: int
    is_protected: bool
    shown_ids: Sequence[int]
    tag_ids: Sequence[int]

    @property
    def cursor(self) -> int:
        return self.event.cursor


@dataclass(frozen=True, slots=True)
class Walked:
    """How far a tweet got.

    Attributes:
        cursor: the follower to go on behind; None when all have got it.
    """

    posted: Posted
    cursor: int | None


def deliver(events: Sequence[FeedEvent], number: int) -> list[Walked]:
    """Deliver tweets to the next range of their readers. Tweets that are gone meanwhile need no delivery.

    Args:
        number: the generation to deliver into.

    Raises:
        RedisError: deliver again.
    """
    posted = sorted(_still_there(events), key=lambda each: each.tweet_id)
    pulled = [each for each in posted if each.reach == Tweet.Reach.PULL]
    pushed = [each for each in posted if each.reach == Tweet.Reach.PUSH]
    if pulled:
        inbox.deliver(AUTHORED, _packed_by_owner((each.tweet_id, [each.author_id]) for each in pulled), number)
    _deliver_to_tags([(each.tweet_id, each.tag_ids) for each in posted if each.tag_ids and not each.cursor], number)
    return [*(Walked(each, None) for each in pulled), *_push(pushed, number)]


def _still_there(events: Sequence[FeedEvent]) -> list[Posted]:
    with connection.cursor() as cursor:
        cursor.execute(_POSTED, [[event.subject_id for event in events]])
        found = {row[0]: row for row in cursor.fetchall()}
    return [_posted(event, found[event.subject_id]) for event in events if event.subject_id in found]


def _posted(event: FeedEvent, row: tuple[Any, ...]) -> Posted:
    tweet_id, author_id, answered_id, reach, is_protected, retweeted_id, quoted_id, tag_ids = row
    return Posted(
        event=event,
        tweet_id=tweet_id,
        author_id=author_id,
        answered_id=None if answered_id == author_id else answered_id,
        in_reply_to_user_id=answered_id,
        reach=reach,
        is_protected=is_protected,
        shown_ids=[each for each in (retweeted_id, quoted_id) if each],
        tag_ids=tag_ids,
    )


def _push(pushed: Sequence[Posted], number: int) -> list[Walked]:
    if not pushed:
        return []
    ranges = _ranges(pushed)
    readers = [(each.tweet_id, _readers(each, ranges[each.tweet_id][0])) for each in pushed]
    inbox.deliver(INBOX, _packed_by_owner(readers), number)
    return [Walked(each, ranges[each.tweet_id][1]) for each in pushed]


def _ranges(pushed: Sequence[Posted]) -> dict[int, tuple[list[int], int | None]]:
    """For each tweet: those of the next followers to whom it belongs, and the follower to go on behind."""
    values: dict[str, Any] = {
        "tweets": [each.tweet_id for each in pushed],
        "authors": [each.author_id for each in pushed],
        "answered": [each.answered_id for each in pushed],
        "cursors": [each.cursor for each in pushed],
        "limit": min(WALKED_AT_ONCE, DELIVERED_AT_ONCE // len(pushed)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWERS, values)
        return {row[0]: (row[1] or [], row[2]) for row in cursor.fetchall()}


def _readers(posted: Posted, followers: list[int]) -> list[int]:
    return followers if posted.cursor else [*followers, posted.author_id]


def _packed_by_owner(owners_by_tweet: Iterable[tuple[int, Sequence[int]]]) -> dict[int, bytes]:
    """From tweets in ascending order with those who get them, to the ids for each who gets any."""
    packed: dict[int, bytes] = {}
    for tweet_id, owners in owners_by_tweet:
        entry = tweet_id.to_bytes(8, "big")
        for owner_id in owners:
            packed[owner_id] = packed.get(owner_id, b"") + entry
    return packed


def followers(author_id: int, cursor: int, limit: int) -> list[int]:
    """The next followers of an author behind a cursor, by id."""
    rows = Follow.objects.filter(followee=author_id, follower__gt=cursor).order_by("follower")
    return list(rows.values_list("follower", flat=True)[:limit])


def hints(posted: Posted) -> Iterable[live.Hint]:
    """For those who follow the author, and, unless he is protected, for those who follow a tag."""
    yield live.posted(posted.tweet_id, posted.author_id, posted.in_reply_to_user_id, posted.shown_ids)
    for tag_id in () if posted.is_protected else posted.tag_ids:
        yield live.tagged(posted.tweet_id, tag_id, posted.author_id, posted.shown_ids)


def deliver_to_tags(tweet_ids: Sequence[int], number: int) -> None:
    """Deliver tweets to the lists of all their tags.

    Raises:
        RedisError: deliver again.
    """
    _deliver_to_tags(sorted(tags_of(tweet_ids).items()), number)


def _deliver_to_tags(tags_by_tweet: Sequence[tuple[int, Sequence[int]]], number: int) -> None:
    if tags_by_tweet:
        inbox.deliver(TAGGED, _packed_by_owner(tags_by_tweet), number)


def tags_of(tweet_ids: Sequence[int]) -> dict[int, list[int]]:
    """The tags of those of these tweets that have any, deleted ones included."""
    found: dict[int, list[int]] = {}
    for tweet_id, tag_id in TweetTag.objects.filter(tweet__in=tweet_ids).values_list("tweet", "tag"):
        found.setdefault(tweet_id, []).append(tag_id)
    return found
