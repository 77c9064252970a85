"""Reads about tweets. What a viewer may not see is not found, by the same query that fetches."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.fields import MAX_ID
from accounts.models import Follow, User
from accounts.queries import PeoplePage, ids_by_username, people_of
from stores.statements import Written
from tweets import text
from tweets.models import Like, Mention, Pin, Tweet
from tweets.text import Entity


@dataclass(frozen=True, slots=True)
class Version:
    """What a tweet says, or said once.

    Attributes:
        version: how many edits led to it.
        html: the text with its links, safe to show.
    """

    version: int
    text: str
    html: str
    created_at: datetime


_TWEET = [each.attname for each in Tweet._meta.concrete_fields]
_AUTHOR = [each.attname for each in User._meta.concrete_fields]


def _visible(tweet: int, viewer: int | None = None) -> "QuerySet[Tweet, Any]":
    columns = [*_TWEET, *(f"author__{each}" for each in _AUTHOR)]
    return Tweet.objects.visible_to(viewer).filter(pk=tweet).values_list(*columns)


_OPEN_TO_ALL = Written(_visible, "tweet")
_OPEN_TO_VIEWER = Written(_visible, "tweet", "viewer")


def visible_tweet(tweet_id: int, viewer_id: int | None) -> Tweet:
    """The tweet itself.

    Raises:
        Tweet.DoesNotExist: it is gone, or the viewer may not see it.
    """
    if abs(tweet_id) > MAX_ID:
        raise Tweet.DoesNotExist
    if viewer_id is None:
        found = _OPEN_TO_ALL.rows(tweet=tweet_id)
    else:
        found = _OPEN_TO_VIEWER.rows(tweet=tweet_id, viewer=viewer_id)
    if not found:
        raise Tweet.DoesNotExist
    tweet = Tweet.from_db(DEFAULT_DB_ALIAS, _TWEET, found[0][: len(_TWEET)])
    tweet.author = User.from_db(DEFAULT_DB_ALIAS, _AUTHOR, found[0][len(_TWEET) :])
    return tweet


def visible_original(tweet_id: int, viewer_id: int | None) -> Tweet:
    """The tweet, or what it retweets: whoever likes, answers or quotes a retweet means the original.

    Raises:
        Tweet.DoesNotExist: it is gone, or the viewer may not see it.
    """
    tweet = visible_tweet(tweet_id, viewer_id)
    return visible_tweet(tweet.retweet_of_id, viewer_id) if tweet.retweet_of_id else tweet


def own_tweet(author: User, tweet_id: int) -> Tweet:
    """
    Raises:
        Tweet.DoesNotExist: the author has no such tweet (any more).
    """
    return Tweet.objects.get(pk=tweet_id, author=author, deleted_at=None)


def likers(
    tweet_id: int, viewer: User, *, before: int | None = None, since: int | None = None, limit: int = 20
) -> PeoplePage:
    """Who likes a tweet of the viewer's own, latest first; who likes the tweets of others is private, as on X.

    Raises:
        Tweet.DoesNotExist: it is gone, or not the viewer's.
    """
    own = own_tweet(viewer, visible_original(tweet_id, viewer.pk).pk)
    rows = Like.objects.filter(tweet=own)
    return people_of(rows, "user", viewer.pk, before, since, limit)


def retweeters(
    tweet_id: int, viewer_id: int | None, *, before: int | None = None, since: int | None = None, limit: int = 20
) -> PeoplePage:
    """Who retweeted a tweet, latest first.

    Raises:
        Tweet.DoesNotExist: it is gone, or may not be seen.
    """
    rows = Tweet.objects.visible_to(viewer_id).filter(retweet_of=visible_original(tweet_id, viewer_id))
    return people_of(rows, "author", viewer_id, before, since, limit)


def pinned_id(author_id: int) -> int | None:
    """The tweet that its author shows first."""
    return Pin.objects.filter(user=author_id).values_list("tweet_id", flat=True).first()


def versions(tweet: Tweet) -> list[Version]:
    """What a tweet says and said, the latest first."""
    edits = list(tweet.edits.order_by("number"))
    texts = [*(each.text_before for each in edits), tweet.text]
    written_at = [tweet.created_at, *(each.made_at for each in edits)]
    people = ids_by_username(text.mentions([each for said in texts for each in text.entities(said)]))
    shown = [text.html(said, _known(text.entities(said), people)) for said in texts]
    return [Version(*each) for each in zip(range(len(texts)), texts, shown, written_at, strict=True)][::-1]


def _known(found: Iterable[Entity], people: Container[str]) -> list[Entity]:
    """These without mentions of nobody."""
    return [each for each in found if each.kind != "mention" or each.value.lower() in people]


def may_reply(person_id: int, tweet: Tweet) -> bool:
    """Whether somebody may answer a tweet, as the author of the conversation has set it.

    The author and whom he mentions always may; so may whom he mentions in the very tweet to be answered, and whoever
    goes on with a tweet of his own. A conversation whose first tweet is gone restricts nobody.
    """
    if tweet.author_id == person_id:
        return True
    everyone = Tweet.ReplySettings.EVERYONE
    if tweet.conversation_id is None and tweet.reply_settings == everyone:
        return True
    first = Tweet.objects.filter(pk=tweet.conversation_id or tweet.pk, deleted_at=None)
    restricted = first.exclude(reply_settings=everyone).exclude(author=person_id)
    return not restricted.exclude(_invites(person_id, tweet)).exists()


def may_reply_to(person_id: int, tweet_id: int) -> bool:
    """The same for a tweet's id; nobody may answer what is not there."""
    tweet = Tweet.objects.filter(pk=tweet_id, deleted_at=None).first()
    return tweet is not None and may_reply(person_id, tweet)


def _invites(person_id: int, tweet: Tweet) -> Q:
    """That a conversation's first tweet lets this person answer this tweet."""
    mentioned = Mention.objects.filter(person=person_id)
    followed = Follow.objects.filter(follower=OuterRef("author"), followee=person_id)
    return (
        Q(Exists(mentioned.filter(tweet=OuterRef("pk"))))
        | Q(Exists(mentioned.filter(tweet=tweet.pk)), author=tweet.author_id)
        | Q(Exists(followed), reply_settings=Tweet.ReplySettings.FOLLOWING)
    )


def existing(tweet_ids: Sequence[int]) -> dict[int, Tweet]:
    """Those of these tweets that are not deleted, by id."""
    return {tweet.pk: tweet for tweet in Tweet.objects.filter(pk__in=tweet_ids, deleted_at=None)}
