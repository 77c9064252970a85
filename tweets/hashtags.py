"""Hashtags: found by name, and followed."""

from dataclasses import dataclass

from django.db import connection, transaction

from accounts.models import User
from stores import rows
from tweets.models import Hashtag, TagFollow
from tweets.text import tag_key

MOST_FOLLOWED = 100


_STARTING = """
SELECT id FROM (
    (SELECT id, name, tweets_count FROM (
        SELECT id, name, tweets_count FROM tweets_hashtag ORDER BY tweets_count DESC LIMIT 2000) t
    WHERE name LIKE %(beginning)s)
    UNION
    (SELECT id, name, tweets_count FROM tweets_hashtag WHERE name LIKE %(beginning)s LIMIT 500)) t
ORDER BY tweets_count DESC, name LIMIT %(limit)s"""


class TooManyFollowed(Exception):
    """Every tag followed is one more list that home is made of."""

    def __init__(self) -> None:
        super().__init__(f"You follow {MOST_FOLLOWED} hashtags, and nobody can follow more.")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as somebody wrote it, whether it was ever used or not.

    Attributes:
        shown: without #, in the form first used, or as written here.
        row: None for one that nobody has used or followed.
    """

    shown: str
    row: Hashtag | None

    @property
    def pk(self) -> int | None:
        return self.row.pk if self.row else None


def tag(written: str) -> Tag:
    """The tag that this is a way to write; `tweets.converters` knows what can be one."""
    row = Hashtag.objects.filter(name=tag_key(written)).first()
    return Tag(row.shown if row else written, row)


def is_followed(tag: Tag, viewer_id: int | None) -> bool:
    if tag.row is None or viewer_id is None:
        return False
    return TagFollow.objects.filter(user=viewer_id, tag=tag.row).exists()


def followed(user_id: int) -> list[Hashtag]:
    """The tags that somebody follows, by name."""
    return list(Hashtag.objects.filter(follow_rows__user=user_id).order_by("name"))


def followed_ids(user_id: int) -> list[int]:
    return list(TagFollow.objects.filter(user=user_id).values_list("tag", flat=True))


def starting_with(written: str, limit: int) -> list[Hashtag]:
    """The most used tags that begin so: of the most used of all, and of a few hundred others."""
    name = tag_key(written)
    if not name:
        return []
    beginning = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    with connection.cursor() as cursor:
        cursor.execute(_STARTING, {"beginning": beginning, "limit": limit})
        ids = [row[0] for row in cursor.fetchall()]
    found = Hashtag.objects.in_bulk(ids)
    return [found[each] for each in ids if each in found]


@transaction.atomic
def follow(*, user: User, written: str) -> bool:
    """Follow a tag, also one that nobody has used yet.

    Returns:
        Whether this is new; following twice changes nothing.

    Raises:
        TooManyFollowed: nothing has changed.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # one at a time, so that the figure holds
    name = tag_key(written)
    mine = TagFollow.objects.filter(user=user)
    if mine.filter(tag__name=name).exists():
        return False
    if mine.count() >= MOST_FOLLOWED:
        raise TooManyFollowed
    row = Hashtag.objects.get_or_create(name=name, defaults={"shown": written})[0]
    return rows.got_or_added(TagFollow.objects, user=user, tag=row)[1]


@transaction.atomic
def unfollow(*, user: User, written: str) -> bool:
    """
    Returns:
        Whether there was something to end.
    """
    mine = TagFollow.objects.filter(user=user, tag__name=tag_key(written))
    return bool(mine.delete()[0])
