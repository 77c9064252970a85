"""The only code that changes polls and votes."""

import logging
from datetime import timedelta

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import User
from stores import rows, text
from tweets import queries
from tweets.composing import NewPoll
from tweets.counts import polls as counts
from tweets.models import CHOICE_MAX_LENGTH, MOST_CHOICES, Poll, PollVote, Tweet
from tweets.polls import votes
from tweets.rejections import (
    AlreadyVoted,
    ChoiceTooLong,
    EmptyChoice,
    NoSuchChoice,
    OwnPoll,
    PollClosed,
    SameChoice,
    TooFewChoices,
    TooManyChoices,
    WrongDuration,
)

SHORTEST = 5
LONGEST = 7 * 24 * 60
CLOSED_AT_ONCE = 500

poll_closed = Signal()
"""Sent once for each poll that has ended, with `poll`, in the transaction that notices it: what a receiver writes is
there exactly if the end was noticed, and if it raises, the end will be noticed again. Sender: `Poll`."""

logger = logging.getLogger(__name__)


def checked(new: NewPoll) -> NewPoll:
    """The poll as it will be asked.

    Raises:
        Rejected: one of its kinds says what is wrong.
    """
    choices = tuple(" ".join(text.clean(choice).split()) for choice in new.choices)
    if len(choices) < 2:
        raise TooFewChoices
    if len(choices) > MOST_CHOICES:
        raise TooManyChoices
    if not all(choices):
        raise EmptyChoice
    if max(map(len, choices)) > CHOICE_MAX_LENGTH:
        raise ChoiceTooLong
    if len({choice.casefold() for choice in choices}) < len(choices):
        raise SameChoice
    if not SHORTEST <= new.minutes <= LONGEST:
        raise WrongDuration
    return NewPoll(choices, new.minutes)


def ask(*, tweet: Tweet, new: NewPoll) -> Poll:
    """Give a tweet its poll, in the transaction that posts it.

    Args:
        new: as `checked` has returned it.
    """
    ends_at = timezone.now() + timedelta(minutes=new.minutes)
    return Poll.objects.create(tweet=tweet, choices=list(new.choices), ends_at=ends_at)


@transaction.atomic
def vote(*, user: User, tweet_id: int, choice: int) -> Tweet:
    """
    Args:
        choice: its position, from 1.

    Returns:
        The tweet with the poll, which for a retweet is the original. The same vote again changes nothing.

    Raises:
        Tweet.DoesNotExist: there is no such tweet for this user, or it asks nothing.
        Rejected: one of its kinds says why the vote does not count.
    """
    original = queries.visible_original(tweet_id, user.pk)
    poll = Poll.objects.filter(pk=original.pk).first()
    if poll is None:
        raise Tweet.DoesNotExist
    mine = PollVote.objects.filter(poll=poll, user=user).first() or _cast(poll, original, user, choice)
    if mine.choice != choice:
        raise AlreadyVoted
    return original


def _cast(poll: Poll, original: Tweet, user: User, choice: int) -> PollVote:
    if original.author_id == user.pk:
        raise OwnPoll
    if poll.ends_at <= timezone.now():
        raise PollClosed
    if not 1 <= choice <= len(poll.choices):
        raise NoSuchChoice
    mine, created = rows.got_or_added(PollVote.objects, poll=poll, user=user, defaults={"choice": choice})
    if created:
        counts.change(poll.pk, f"choice_{choice}", +1)
        votes.block(user.pk, poll.pk)
    return mine


def close_due() -> int:
    """Notice the end of polls, each once, however many look at the same time and however late.

    Returns:
        How many it noticed.
    """
    due = Poll.objects.filter(closed_at=None, ends_at__lte=timezone.now(), tweet__deleted_at=None)
    ids = list(due.order_by("ends_at").values_list("pk", flat=True)[:CLOSED_AT_ONCE])
    return sum(_closed_or_put_off(poll_id) for poll_id in ids)


def _closed_or_put_off(poll_id: int) -> bool:
    """One that can't be closed now keeps nobody else's open."""
    try:
        return _close(poll_id)
    except Exception:
        logger.exception("the end of poll %d was not noticed", poll_id)
        return False


@transaction.atomic
def _close(poll_id: int) -> bool:
    if not Poll.objects.filter(pk=poll_id, closed_at=None).update(closed_at=timezone.now()):
        return False  # somebody else did
    poll_closed.send(Poll, poll=Poll.objects.select_related("tweet").get(pk=poll_id))
    return True
