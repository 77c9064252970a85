"""A world to measure in: people who follow each other in a circle, and what they wrote.

Everybody follows the same number of people and is followed by as many: those who stand at the same, scattered
distances on the circle. Whose tweet is whose, and what kind it is, follows from its place, counted from the newest; so
the newest tweets are alike in worlds of any size.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from django.apps import apps
from django.utils import timezone

from accounts.models import Follow, User
from bench import copying
from stores import redis
from timelines import generation
from timelines.models import Crowd
from tweets.models import Like, Tweet, id_at

_GAP = timedelta(milliseconds=250)
_STEP = 7919  # a prime: consecutive tweets are by people far from each other
_WORDS = ("the timeline", "moves", "while we", "read", "and write", "about small things", "that matter", "to somebody")
_LIKED_EACH = 40
_OURS = ("accounts", "tweets", "timelines", "notifications")
_KINDS = 20  # of tweets; since the step is prime to it, an author always writes the same


@dataclass(frozen=True, slots=True)
class Shape:
    people: int
    follows: int
    tweets: int


def build(shape: Shape) -> None:
    """Replace whatever was there; Redis is empty afterwards."""
    copying.fresh_database(*(each for each in apps.get_models() if each._meta.app_label in _OURS))
    redis.timelines().flushall()
    generation.forget_kept()
    copying.copy(User, ("id", "username"), ((each, f"p{each}") for each in range(1, shape.people + 1)))
    copying.next_id_after(User, shape.people)
    copying.copy(Follow, ("follower_id", "followee_id"), _follows(shape))
    copying.copy(Tweet, _COLUMNS, _tweets(shape))
    copying.copy(Like, ("user_id", "tweet_id"), _likes(shape, _newest_originals(shape.people)))
    copying.tidy()


def _follows(shape: Shape) -> Iterator[copying.Row]:
    distances = sorted(Random(1).sample(range(1, shape.people), shape.follows))
    for follower in range(shape.people):
        for distance in distances:
            yield follower + 1, (follower + distance) % shape.people + 1


# --- Tweets ------------------------------------------------------------------------------------------------------

_COLUMNS = (
    *("id", "author_id", "text", "retweet_of_id", "quote_of_id", "in_reply_to_id", "in_reply_to_user_id"),
    "conversation_id",
)


def _tweets(shape: Shape) -> Iterator[copying.Row]:
    """Of 20 tweets 2 are retweets, 1 is a quote, 1 goes on with a thread and 2 answer a stranger. Oldest first."""
    newest, random = id_at(timezone.now() - timedelta(minutes=1)), Random(2)
    gap = id_at(timezone.now() + _GAP) - id_at(timezone.now())
    for place in range(shape.tweets - 1, -1, -1):
        yield _tweet(shape, place, newest, gap, random)


def _tweet(shape: Shape, place: int, newest: int, gap: int, random: Random) -> copying.Row:
    tweet_id, author_id = newest - place * gap, author_of(shape, place)
    kind = place % _KINDS
    earlier = place + 10  # of 20 the eleventh and those after it are plain
    other_id, other_author_id = newest - earlier * gap, author_of(shape, earlier)
    if earlier >= shape.tweets or kind > 5:
        return tweet_id, author_id, _text(random), None, None, None, None, None
    if kind < 2:
        return tweet_id, author_id, "", other_id, None, None, None, None
    if kind == 2:
        return tweet_id, author_id, _text(random), None, other_id, None, None, None
    answered_id = author_id if kind == 3 else other_author_id
    return tweet_id, author_id, _text(random), None, None, other_id, answered_id, other_id


def author_of(shape: Shape, place: int) -> int:
    """Who wrote the tweet at this place, counted from the newest."""
    return place * _STEP % shape.people + 1


def _text(random: Random) -> str:
    text = " ".join(random.choices(_WORDS, k=12))
    extra = random.randrange(10)
    return text + (" #today" if extra == 0 else " https://example.com/a/page" if extra == 1 else "")


def _newest_originals(count: int) -> list[int]:
    return list(Tweet.objects.filter(retweet_of=None).order_by("-id").values_list("pk", flat=True)[:count])


def _likes(shape: Shape, tweet_ids: Sequence[int]) -> Iterator[copying.Row]:
    """Everybody liked some of these tweets, so that pages show likes and readers have some to remember."""
    for person in range(1, shape.people + 1):
        for place in range(min(_LIKED_EACH, len(tweet_ids))):
            yield person, tweet_ids[(person * _STEP + place * 31) % len(tweet_ids)]


# --- More people, and crowds -------------------------------------------------------------------------------------


def mixed(shape: Shape) -> list[int]:
    """Everybody, so that any twenty in a row write tweets of all kinds, and live far from each other."""
    blocks = shape.people // _KINDS
    order = Random(3).sample(range(blocks), blocks)
    return [order[place % blocks] * _KINDS + (place + place // blocks) % _KINDS + 1 for place in range(blocks * _KINDS)]


def crowd(author_id: int, follower_ids: Iterable[int]) -> None:
    """Let all of these follow one more, who is pulled from now on, with all that he has written."""
    follow(author_id, follower_ids)
    Tweet.objects.filter(author=author_id).update(reach=Tweet.Reach.PULL)
    Crowd.objects.create(author_id=author_id, state=Crowd.State.PULL)


def follow(author_id: int, follower_ids: Iterable[int]) -> None:
    """Nobody hears of it: inboxes are to be warmed up afterwards."""
    copying.copy(Follow, ("follower_id", "followee_id"), ((each, author_id) for each in follower_ids))


def newcomers(count: int, followee_ids: Sequence[int] = ()) -> list[int]:
    """So many people more, each of whom follows all of these."""
    first = User.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    ids = range(first, first + count)
    copying.copy(User, ("id", "username"), ((each, f"p{each}") for each in ids))
    copying.next_id_after(User, ids[-1])
    copying.copy(Follow, ("follower_id", "followee_id"), ((each, other) for each in ids for other in followee_ids))
    return list(ids)
