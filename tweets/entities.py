"""Whom a tweet mentions, which tags it has and what search knows of it: read from its text when it is posted or edited,
and kept as rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import connection
from django.dispatch import Signal

from accounts import queries
from tweets import text, words
from tweets.models import Hashtag, Mention, TagCountChange, Tweet, TweetTag

mentioned = Signal()
"""Sent with a `tweet` and `person_ids`, within the transaction that posts or edits it, once the rows are there: who is
mentioned now and was not before. Not sent when that is nobody."""

_INDEX = """
INSERT INTO tweets_tweetwords (tweet_id, words)
SELECT id, vector::tsvector FROM unnest(%s::bigint[], %s::text[]) AS t (id, vector)
ON CONFLICT (tweet_id) DO UPDATE SET words = EXCLUDED.words"""

retagged = Signal()
"""Sent with a `tweet`, within the transaction that edits it: it has a tag that it did not have before."""


def introduce(texts: Iterable[str]) -> None:
    """Add the new hashtags of several tweets that one transaction is about to record.

    Tweet by tweet, two threads with the same new ones in opposite order would each have added what the other waits for.
    """
    _tag_ids(text.hashtags([entity for each in texts for entity in text.entities(each)]))


def record(tweet: Tweet) -> None:
    """Note whom a new tweet mentions and which tags it has, within the transaction that posts it."""
    found = text.entities(tweet.text)
    index([tweet])
    if names := text.mentions(found):
        _mention(tweet, set(queries.ids_by_username(names).values()))
    if tags := text.hashtags(found):
        _tag(tweet, _tag_ids(tags))


def record_again(tweet: Tweet) -> None:
    """The same for a tweet whose text was changed: what is no longer in it goes."""
    found = text.entities(tweet.text)
    index([tweet])
    people = set(queries.ids_by_username(text.mentions(found)).values())
    mentions = Mention.objects.filter(tweet=tweet)
    known = set(mentions.values_list("person_id", flat=True))
    mentions.filter(person__in=known - people).delete()
    _mention(tweet, people - known)
    tag_ids = _tag_ids(text.hashtags(found))
    rows = TweetTag.objects.filter(tweet=tweet)
    had = set(rows.values_list("tag_id", flat=True))
    rows.filter(tag__in=had - tag_ids).delete()
    _count(had - tag_ids, -1)
    if tag_ids - had:
        _tag(tweet, tag_ids - had)
        retagged.send(TweetTag, tweet=tweet)


def index(tweets: Sequence[Tweet]) -> None:
    """Have search find these tweets by what they say now."""
    rows = [(each.pk, words.vector(each.text, _marks(each))) for each in tweets]
    with connection.cursor() as cursor:
        cursor.execute(_INDEX, [[pk for pk, _ in rows], [vector for _, vector in rows]])


def _marks(tweet: Tweet) -> list[str]:
    return words.marks(text.entities(tweet.text), tweet.in_reply_to_user_id)


def uncount(tweet: Tweet) -> None:
    """A tweet was deleted: its tags have one less. The rows are left to `tweets.purging`."""
    if "#" in tweet.text:
        _count(TweetTag.objects.filter(tweet=tweet).values_list("tag_id", flat=True), -1)


def _mention(tweet: Tweet, person_ids: Collection[int]) -> None:
    if person_ids:
        Mention.objects.bulk_create([Mention(tweet=tweet, person_id=each) for each in sorted(person_ids)])
        mentioned.send(Mention, tweet=tweet, person_ids=frozenset(person_ids))


def _tag_ids(tags: Mapping[str, str]) -> set[int]:
    """The ids of these tags, shown forms by name; new ones are added.

    Whoever adds the same ones at the same moment waits for the first, in one order, so that nobody waits in a circle.
    """
    known = dict(Hashtag.objects.filter(name__in=tags).values_list("name", "pk"))
    if missing := sorted(tags.keys() - known.keys()):
        Hashtag.objects.bulk_create([Hashtag(name=each, shown=tags[each]) for each in missing], ignore_conflicts=True)
        known |= dict(Hashtag.objects.filter(name__in=missing).values_list("name", "pk"))
    return set(known.values())


def _tag(tweet: Tweet, tag_ids: Collection[int]) -> None:
    TweetTag.objects.bulk_create([TweetTag(tweet=tweet, tag_id=each) for each in sorted(tag_ids)])
    _count(tag_ids, +1)


def _count(tag_ids: Collection[int], by: int) -> None:
    """In one go, and not told to Redis: the shown figure of a tag may be a minute old."""
    TagCountChange.objects.bulk_create([TagCountChange(subject_id=each, kind="tweets", change=by) for each in tag_ids])
