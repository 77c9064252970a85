"""The only code that changes tweets, likes and bookmarks; polls have their own."""

from collections.abc import Sequence
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.utils import timezone

from accounts.counts import people
from accounts.models import User
from stores import commits, rows
from tweets import cards, entities, marks, queries, text
from tweets.composing import MOST_IN_THREAD, NewPoll, NewTweet
from tweets.counts import tweets as counts
from tweets.models import TEXT_MAX_LENGTH, Bookmark, Like, Pin, Tweet
from tweets.polls import actions as polls
from tweets.rejections import Rejected

like_taken_back = Signal()
"""Sent with the `tweet` and the `user_id`, within the transaction that takes a like back: once, whoever races whom.
(What Django says of deleted rows, the loser of a race hears too; and it would load all likes of a lost account.)"""


class Empty(Rejected):
    code = "empty"

    def __init__(self) -> None:
        super().__init__("Write something first.")


class TooLong(Rejected):
    code = "too_long"

    def __init__(self, over: int) -> None:
        super().__init__(f"That is {over} too long; a tweet has at most {text.MAX_WEIGHT} characters.")
        self.over = over


class NothingToAnswer(Rejected):
    field = "in_reply_to_id"
    code = "nothing_to_answer"

    def __init__(self) -> None:
        super().__init__("The tweet you are replying to is not available.")


class NothingToQuote(Rejected):
    field = "quote_of_id"
    code = "nothing_to_quote"

    def __init__(self) -> None:
        super().__init__("The tweet you are quoting is not available.")


class QuoteOfProtected(Rejected):
    field = "quote_of_id"
    code = "protected"

    def __init__(self) -> None:
        super().__init__("Tweets of a protected account can't be quoted.")


class TooManyTweets(Rejected):
    field = "tweets"
    code = "too_many_tweets"

    def __init__(self) -> None:
        super().__init__(f"A thread has at most {MOST_IN_THREAD} tweets.")


class RetweetOfProtected(Exception):
    """What a protected account writes is for its followers alone."""


def post_tweet(
    *,
    author: User,
    text: str,
    poll: NewPoll | None = None,
    in_reply_to_id: int | None = None,
    quote_of_id: int | None = None,
    idempotency_key: str | None = None,
) -> Tweet:
    """Post a tweet, a reply or a quote. Arguments and refusals as those of `post_thread`."""
    return post_thread(
        author=author,
        tweets=[NewTweet(text, poll)],
        in_reply_to_id=in_reply_to_id,
        quote_of_id=quote_of_id,
        idempotency_key=idempotency_key,
    )[0]


def post_thread(
    *,
    author: User,
    tweets: Sequence[NewTweet],
    in_reply_to_id: int | None = None,
    quote_of_id: int | None = None,
    idempotency_key: str | None = None,
) -> list[Tweet]:
    """Post some tweets as one, each an answer to the one before: all of them or none.

    Args:
        in_reply_to_id, quote_of_id: what the first of them answers or quotes.
        idempotency_key: a second call with the author's same key posts nothing and returns what the first posted.

    Raises:
        Rejected: one of its kinds says what is wrong, and with which tweet; nothing has changed.
    """
    keys = _keys(idempotency_key, len(tweets))
    if idempotency_key and (posted := _posted_with(author, keys)):
        return posted
    checked = _all_checked(tweets)
    try:
        with transaction.atomic():
            return _post_all(author, checked, in_reply_to_id, quote_of_id, keys)
    except IntegrityError:
        if idempotency_key and (posted := _posted_with(author, keys)):
            return posted
        raise


def _keys(key: str | None, tweets: int) -> list[str]:
    """A key for each tweet that a call with this one may have posted: the first has the key itself."""
    if not key:
        return []
    return [key, *(sha256(f"{key} {n}".encode()).hexdigest() for n in range(1, MOST_IN_THREAD if tweets > 1 else 1))]


def _posted_with(author: User, keys: list[str]) -> list[Tweet]:
    return list(Tweet.objects.filter(author=author, idempotency_key__in=keys).order_by("pk"))


def _all_checked(tweets: Sequence[NewTweet]) -> list[NewTweet]:
    if not tweets:
        raise Empty
    if len(tweets) > MOST_IN_THREAD:
        raise TooManyTweets
    checked = []
    for at, new in enumerate(tweets):
        try:
            checked.append(NewTweet(checked_text(new.text), new.poll and polls.checked(new.poll)))
        except Rejected as reason:
            reason.at = at
            raise
    return checked


def _post_all(
    author: User, tweets: list[NewTweet], in_reply_to_id: int | None, quote_of_id: int | None, keys: list[str]
) -> list[Tweet]:
    posted: list[Tweet] = []
    for at, new in enumerate(tweets):
        answered_id, quoted_id = (posted[-1].pk, None) if posted else (in_reply_to_id, quote_of_id)
        posted.append(_post(author, new.text, answered_id, quoted_id, keys[at] if keys else None))
        if new.poll:
            polls.ask(tweet=posted[-1], new=new.poll)
    return posted


def checked_text(raw: str) -> str:
    """The text as it is stored.

    Raises:
        Empty, TooLong: it can't be that of a tweet.
    """
    cleaned = text.clean(raw)
    if not cleaned:
        raise Empty
    over = _over(cleaned)
    if over > 0:
        raise TooLong(over)
    return cleaned


def _over(cleaned: str) -> int:
    """By how much it is too long; counted roughly, and so quickly, where the column couldn't take it either."""
    length = len(cleaned)
    return (length if length > TEXT_MAX_LENGTH else text.weight(cleaned)) - text.MAX_WEIGHT


def _post(author: User, cleaned: str, in_reply_to_id: int | None, quote_of_id: int | None, key: str | None) -> Tweet:
    parent, quoted = _answered(author, in_reply_to_id), _quoted(author, quote_of_id)
    tweet = Tweet.objects.create(
        author=author,
        text=cleaned,
        in_reply_to=parent,
        in_reply_to_user=parent.author if parent else None,
        conversation_id=(parent.conversation_id or parent.pk) if parent else None,
        quote_of=quoted,
        idempotency_key=key,
    )
    entities.record(tweet)
    _count(tweet, +1)
    return tweet


def _answered(author: User, tweet_id: int | None) -> Tweet | None:
    try:
        return None if tweet_id is None else queries.visible_original(tweet_id, author.pk)
    except Tweet.DoesNotExist:
        raise NothingToAnswer from None


def _quoted(author: User, tweet_id: int | None) -> Tweet | None:
    try:
        quoted = None if tweet_id is None else queries.visible_original(tweet_id, author.pk)
    except Tweet.DoesNotExist:
        raise NothingToQuote from None
    if quoted and not _may_be_passed_on(quoted, author):
        raise QuoteOfProtected
    return quoted


def _may_be_passed_on(original: Tweet, by: User) -> bool:
    """What a protected account writes is passed on by nobody else."""
    return original.author_id == by.pk or not original.author.is_protected


def _count(tweet: Tweet, by: int) -> None:
    people.change(tweet.author_id, "tweets", by)
    for subject_id, kind in (
        (tweet.in_reply_to_id, "replies"),
        (tweet.quote_of_id, "quotes"),
        (tweet.retweet_of_id, "retweets"),
    ):
        if subject_id is not None:
            counts.change(subject_id, kind, by)


@transaction.atomic
def delete_tweet(*, tweet: Tweet) -> bool:
    """Take a tweet back, for its author or an admin. It is gone from everywhere at once.

    Returns:
        Whether it was still there.
    """
    still_there = Tweet.objects.select_for_update().filter(pk=tweet.pk, deleted_at=None).first()
    if still_there is None:
        return False
    still_there.deleted_at = timezone.now()
    still_there.save(update_fields=["deleted_at"])
    _count(still_there, -1)
    entities.uncount(still_there)
    Pin.objects.filter(tweet=still_there).delete()
    if still_there.retweet_of_id:
        marks.block(still_there.author_id)
    commits.afterwards(cards.drop, [tweet.pk])
    return True


@transaction.atomic
def retweet(*, user: User, tweet_id: int) -> Tweet:
    """
    Returns:
        The user's retweet, new or from before.

    Raises:
        Tweet.DoesNotExist: there is no such tweet for this user.
        RetweetOfProtected: it is by somebody else whose account is protected.
    """
    original = queries.visible_original(tweet_id, user.pk)
    if not _may_be_passed_on(original, user):
        raise RetweetOfProtected
    mine, created = rows.got_or_added(Tweet.objects, author=user, retweet_of=original, deleted_at=None)
    if created:
        _count(mine, +1)
        marks.block(user.pk)
    return mine


def undo_retweet(*, user: User, tweet_id: int) -> Tweet:
    """Take a retweet back; without one, nothing changes. Returns and raises as `like`."""
    original = queries.visible_original(tweet_id, user.pk)
    mine = Tweet.objects.filter(author=user, retweet_of=original, deleted_at=None).first()
    if mine is not None:
        delete_tweet(tweet=mine)
    return original


def like(*, user: User, tweet_id: int) -> Tweet:
    """
    Returns:
        The tweet liked, which for a retweet is the original. Liking twice changes nothing.

    Raises:
        Tweet.DoesNotExist: there is no such tweet for this user.
    """
    return _mark(Like, user, tweet_id)


def bookmark(*, user: User, tweet_id: int) -> Tweet:
    """As `like`, seen by nobody else and not counted."""
    return _mark(Bookmark, user, tweet_id)


def unlike(*, user: User, tweet_id: int) -> Tweet:
    """Take a like back; without one, nothing changes. Returns and raises as `like`."""
    return _unmark(Like, user, tweet_id)


def remove_bookmark(*, user: User, tweet_id: int) -> Tweet:
    """Take a bookmark back; without one, nothing changes. Returns and raises as `like`."""
    return _unmark(Bookmark, user, tweet_id)


@transaction.atomic
def _mark(kind: type[Like] | type[Bookmark], user: User, tweet_id: int) -> Tweet:
    original = queries.visible_original(tweet_id, user.pk)
    created = rows.got_or_added(kind.objects, user=user, tweet=original)[1]
    if created:
        _count_mark(kind, user, original, +1)
    return original


@transaction.atomic
def _unmark(kind: type[Like] | type[Bookmark], user: User, tweet_id: int) -> Tweet:
    original = queries.visible_original(tweet_id, user.pk)
    deleted = kind.objects.filter(user=user, tweet=original).delete()[0]
    if deleted:
        _count_mark(kind, user, original, -1)
    if deleted and kind is Like:
        like_taken_back.send(Like, tweet=original, user_id=user.pk)
    return original


def _count_mark(kind: type[Like] | type[Bookmark], user: User, original: Tweet, by: int) -> None:
    if kind is Like:
        counts.change(original.pk, "likes", by)
    marks.block(user.pk)
