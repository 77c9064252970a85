"""The only code that changes tweets, likes and bookmarks; polls have their own."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.utils import timezone

from accounts.counts import people
from accounts.models import User
from stores import commits, rows
from tweets import cards, entities, fresh, marks, queries, text
from tweets.composing import MOST_IN_THREAD, NewPoll, NewTweet
from tweets.counts import tweets as counts
from tweets.models import TEXT_MAX_LENGTH, Bookmark, Like, Pin, Tweet
from tweets.polls import actions as polls
from tweets.rejections import MayNotReply, NotTheFirst, Rejected, TooManyTweets

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


class RetweetOfProtected(Exception):
    """What a protected account writes is for its followers alone."""


def post_tweet(  # noqa: PLR0913  as `post_thread`, with the parts of one tweet
    *,
    author: User,
    text: str,
    poll: NewPoll | None = None,
    in_reply_to_id: int | None = None,
    quote_of_id: int | None = None,
    reply_settings: int = Tweet.ReplySettings.EVERYONE,
    idempotency_key: str | None = None,
) -> Tweet:
    """Post a tweet, a reply or a quote. Arguments and refusals as those of `post_thread`."""
    return post_thread(
        author=author,
        tweets=[NewTweet(text, poll)],
        in_reply_to_id=in_reply_to_id,
        quote_of_id=quote_of_id,
        reply_settings=reply_settings,
        idempotency_key=idempotency_key,
    )[0]


def post_thread(
    *,
    author: User,
    tweets: Sequence[NewTweet],
    in_reply_to_id: int | None = None,
    quote_of_id: int | None = None,
    reply_settings: int = Tweet.ReplySettings.EVERYONE,
    idempotency_key: str | None = None,
) -> list[Tweet]:
    """Post some tweets as one, each an answer to the one before: all of them or none.

    Args:
        in_reply_to_id, quote_of_id: what the first of them answers or quotes.
        reply_settings: who may answer, one of `Tweet.ReplySettings`; for what begins a conversation.
        idempotency_key: a second call with the author's same key posts nothing and returns what the first posted.

    Raises:
        Rejected: one of its kinds says what is wrong, and with which tweet; nothing has changed.
    """
    if idempotency_key and (posted := posted_with(author, idempotency_key)):
        return posted
    fit = checked(tweets)
    settings = _fitting(reply_settings, in_reply_to_id)
    try:
        with transaction.atomic():
            return _post_all(author, fit, in_reply_to_id, quote_of_id, settings, idempotency_key)
    except IntegrityError:
        if idempotency_key and (posted := posted_with(author, idempotency_key)):
            return posted
        raise


def posted_with(author: User, key: str) -> list[Tweet]:
    """What a call with this key has posted, in order; nothing if there was none."""
    keys = [_key_of(at, key) for at in range(MOST_IN_THREAD)]
    return list(Tweet.objects.filter(author=author, idempotency_key__in=keys).order_by("pk"))


def _key_of(at: int, key: str) -> str:
    """The first tweet of a call has its key; from it follow those of the others."""
    return sha256(f"{key} {at}".encode()).hexdigest() if at else key


def checked(tweets: Sequence[NewTweet]) -> list[NewTweet]:
    """The tweets as they will be posted.

    Raises:
        Rejected: one of its kinds says what is wrong, and with which of them.
    """
    if not tweets:
        raise Empty
    if len(tweets) > MOST_IN_THREAD:
        raise TooManyTweets
    fit = []
    for at, new in enumerate(tweets):
        try:
            fit.append(NewTweet(checked_text(new.text), new.poll and polls.checked(new.poll)))
        except Rejected as reason:
            reason.at = at
            raise
    return fit


def check_targets(author: User, in_reply_to_id: int | None, quote_of_id: int | None) -> None:
    """
    Raises:
        Rejected: the author can't answer the one, or quote the other.
    """
    _answered(author, in_reply_to_id)
    _quoted(author, quote_of_id)


def _fitting(reply_settings: int, in_reply_to_id: int | None) -> int:
    if reply_settings != Tweet.ReplySettings.EVERYONE and in_reply_to_id is not None:
        raise NotTheFirst
    return reply_settings


def _post_all(
    author: User,
    tweets: list[NewTweet],
    in_reply_to_id: int | None,
    quote_of_id: int | None,
    reply_settings: int,
    key: str | None,
) -> list[Tweet]:
    first = {"in_reply_to": _answered(author, in_reply_to_id), "quote_of": _quoted(author, quote_of_id)}
    if len(tweets) > 1:
        entities.introduce(new.text for new in tweets)
    posted: list[Tweet] = []
    for at, new in enumerate(tweets):
        about = {"in_reply_to": posted[-1]} if posted else first | {"reply_settings": reply_settings}
        posted.append(_post(author, new.text, _key_of(at, key) if key else None, **about))
        if new.poll:
            polls.ask(tweet=posted[-1], new=new.poll)
        else:
            fresh.keep(posted[-1])
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


def _post(author: User, cleaned: str, key: str | None, in_reply_to: Tweet | None = None, **about: Any) -> Tweet:
    tweet = Tweet.objects.create(
        author=author,
        text=cleaned,
        in_reply_to=in_reply_to,
        in_reply_to_user=in_reply_to.author if in_reply_to else None,
        conversation_id=(in_reply_to.conversation_id or in_reply_to.pk) if in_reply_to else None,
        idempotency_key=key,
        **about,
    )
    entities.record(tweet)
    _count(tweet, +1)
    return tweet


def _answered(author: User, tweet_id: int | None) -> Tweet | None:
    if tweet_id is None:
        return None
    try:
        answered = queries.visible_original(tweet_id, author.pk)
    except Tweet.DoesNotExist:
        raise NothingToAnswer from None
    if not queries.may_reply(author.pk, answered):
        raise MayNotReply
    return answered


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
    if rows.added(kind(user=user, tweet=original)):
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
