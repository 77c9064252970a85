"""Whom a tweet mentions and which tags it has: read from its text when it is posted or edited, and kept as rows."""

from collections.abc import Collection, Mapping

from django.dispatch import Signal

from accounts import queries
from tweets import text
from tweets.models import Hashtag, Mention, TagCountChange, Tweet, TweetTag

mentioned = Signal()
"""Sent with a `tweet` and `person_ids`, within the transaction that posts or edits it, once the rows are there: who is
mentioned now and was not before. Not sent when that is nobody."""


def record(tweet: Tweet) -> None:
    """Note whom a new tweet mentions and which tags it has, within the transaction that posts it."""
    found = text.entities(tweet.text)
    if names := text.mentions(found):
        _mention(tweet, set(queries.ids_by_username(names).values()))
    if tags := text.hashtags(found):
        _tag(tweet, _tag_ids(tags))


def record_again(tweet: Tweet) -> None:
    """The same for a tweet whose text was changed: what is no longer in it goes."""
    found = text.entities(tweet.text)
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
    _tag(tweet, tag_ids - had)


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
