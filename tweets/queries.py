"""Reads about tweets. What a viewer may not see is not found, by the same query that fetches."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.queries import PeoplePage, ids_by_username, people_of
from tweets import text
from tweets.models import Like, Pin, Tweet
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


def visible_tweet(tweet_id: int, viewer_id: int | None) -> Tweet:
    """The tweet itself.

    Raises:
        Tweet.DoesNotExist: it is gone, or the viewer may not see it.
    """
    return Tweet.objects.visible_to(viewer_id).select_related("author").get(pk=tweet_id)


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


def existing(tweet_ids: Sequence[int]) -> dict[int, Tweet]:
    """Those of these tweets that are not deleted, by id."""
    return {tweet.pk: tweet for tweet in Tweet.objects.filter(pk__in=tweet_ids, deleted_at=None)}
