"""The only code that changes drafts. What is posted from them is posted by `tweets.actions.post_thread`."""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import User
from drafts import queries
from drafts.models import Draft, kept, posting_key
from tweets import actions as tweeting
from tweets.composing import MOST_IN_THREAD, Content, NewTweet
from tweets.models import MOST_CHOICES, TEXT_MAX_LENGTH, Tweet
from tweets.rejections import Rejected

MOST = 100
FARTHEST = timedelta(days=548)  # 18 months
POSTED_AT_ONCE = 200
OUR_FAULT = "Something went wrong on our side."

logger = logging.getLogger(__name__)


class TooMany(Rejected):
    field = "tweets"
    code = "too_many"

    def __init__(self, what: str) -> None:
        super().__init__(f"You have {MOST} {what}, and nobody may have more.")


class InThePast(Rejected):
    field = "scheduled_at"
    code = "in_the_past"

    def __init__(self) -> None:
        super().__init__("That time has passed.")


class TooFarAhead(Rejected):
    field = "scheduled_at"
    code = "too_far_ahead"

    def __init__(self) -> None:
        super().__init__("That is more than 18 months ahead.")


class NoTime(Rejected):
    field = "scheduled_at"
    code = "required"

    def __init__(self) -> None:
        super().__init__("Choose a day and a time.")


class TooMuch(Rejected):
    code = "too_much"

    def __init__(self) -> None:
        super().__init__("That is more than can be kept.")


class Suspended(Rejected):
    code = "suspended"

    def __init__(self) -> None:
        super().__init__("Your account was suspended at that time.")


@transaction.atomic
def save(
    *, author: User, content: Content, scheduled_at: datetime | None = None, idempotency_key: str | None = None
) -> Draft:
    """Keep something to be posted later.

    Args:
        scheduled_at: when to post it; None: when its author says so.
        idempotency_key: a second call with the author's same key keeps nothing and returns the first draft.

    Raises:
        Rejected: one of its kinds says what is wrong; nothing has changed.
    """
    _lock(author)
    if idempotency_key and (known := Draft.objects.filter(author=author, key=idempotency_key).first()):
        return known
    _check(author, content, scheduled_at)
    tweeting.check_targets(author, content.get("in_reply_to_id"), content.get("quote_of_id"))
    _check_room(author, scheduled_at)
    draft = Draft(author=author, **({"key": idempotency_key} if idempotency_key else {}))
    return _written(draft, content, scheduled_at)


@transaction.atomic
def change(*, author: User, draft_id: int, content: Content, scheduled_at: datetime | None = None) -> Draft:
    """Write a draft anew, or give it another time or none. What kept it from being posted is forgotten.

    Raises:
        Draft.DoesNotExist: the author has no such draft; it may have been posted.
        Rejected: as `save`; what it answers or quotes may be gone, however, if it was there once.
    """
    _lock(author)
    draft = _locked(author, draft_id)
    _check(author, content, scheduled_at)
    answered_id, quoted_id = content.get("in_reply_to_id"), content.get("quote_of_id")
    tweeting.check_targets(
        author,
        None if answered_id == draft.in_reply_to_id else answered_id,
        None if quoted_id == draft.quote_of_id else quoted_id,
    )
    if (scheduled_at is None) != (draft.scheduled_at is None):
        _check_room(author, scheduled_at)
    return _written(draft, content, scheduled_at)


def _lock(author: User) -> None:
    """One at a time, so that none slips past the limit."""
    User.objects.select_for_update(no_key=True).get(pk=author.pk)


def _locked(author: User, draft_id: int) -> Draft:
    return Draft.objects.select_for_update().get(pk=draft_id, author=author)


def _written(draft: Draft, content: Content, scheduled_at: datetime | None) -> Draft:
    draft.tweets = kept(content["tweets"])
    draft.in_reply_to_id = content.get("in_reply_to_id")
    draft.quote_of_id = content.get("quote_of_id")
    draft.reply_settings = content.get("reply_settings", Tweet.ReplySettings.EVERYONE)
    draft.scheduled_at, draft.error = scheduled_at, ""
    draft.save()
    return draft


def _check(author: User, content: Content, scheduled_at: datetime | None) -> None:
    """A draft may be anything unfinished; what will be posted by itself must be fit for it now."""
    if scheduled_at is None:
        _check_size(content["tweets"])
        return
    if scheduled_at <= timezone.now():
        raise InThePast
    if scheduled_at > timezone.now() + FARTHEST:
        raise TooFarAhead
    tweeting.checked(content["tweets"])


def _check_size(tweets: list[NewTweet]) -> None:
    if not any(each.text.strip() or each.poll for each in tweets):
        raise tweeting.Empty
    polls = [each.poll for each in tweets if each.poll]
    words = [each.text for each in tweets] + [choice for poll in polls for choice in poll.choices]
    if (
        len(tweets) > MOST_IN_THREAD
        or any(len(poll.choices) > MOST_CHOICES for poll in polls)
        or max(map(len, words)) > TEXT_MAX_LENGTH
    ):
        raise TooMuch


def _check_room(author: User, scheduled_at: datetime | None) -> None:
    mine = Draft.objects.filter(author=author, scheduled_at__isnull=scheduled_at is None)
    if mine.count() >= MOST:
        raise TooMany("drafts" if scheduled_at is None else "scheduled tweets")


@transaction.atomic
def delete(*, author: User, draft_id: int) -> None:
    """
    Raises:
        Draft.DoesNotExist: the author has no such draft; it may have been posted.
    """
    _locked(author, draft_id).delete()


def post(*, author: User, draft_id: int, content: Content | None = None) -> list[Tweet]:
    """Post a draft now; a second call returns what the first posted.

    Args:
        content: what to post instead of what the draft holds.

    Raises:
        Draft.DoesNotExist: the author never had such a draft, or has deleted it.
        Rejected: one of its kinds says what is wrong; the draft is still there.
    """
    try:
        with transaction.atomic():
            return _post(_locked(author, draft_id), author, content)
    except Draft.DoesNotExist:
        if posted := tweeting.posted_with(author, posting_key(draft_id)):
            return posted
        raise


def _post(draft: Draft, author: User, content: Content | None = None) -> list[Tweet]:
    """In the caller's transaction, which holds the row: it goes with the commit that brings the tweets."""
    given: Content = content or {
        "tweets": draft.content(),
        "in_reply_to_id": draft.in_reply_to_id,
        "quote_of_id": draft.quote_of_id,
        "reply_settings": draft.reply_settings,
    }
    posted = tweeting.post_thread(author=author, idempotency_key=draft.posting_key, **given)
    draft.delete()
    return posted


def post_due() -> int:
    """Post what is due, each once, however many do so at the same time and however late.

    Returns:
        How many it dealt with: posted, or kept with the reason why it could not be.
    """
    return sum(_dealt_with(draft_id) for draft_id in queries.due_ids(POSTED_AT_ONCE))


def _dealt_with(draft_id: int) -> bool:
    try:
        return _post_due(draft_id)
    except DatabaseError:
        logger.exception("draft %d is tried again", draft_id)
        return False
    except Exception:
        logger.exception("draft %d was not posted", draft_id)
        return bool(Draft.objects.filter(pk=draft_id).update(error=OUR_FAULT))


@transaction.atomic
def _post_due(draft_id: int) -> bool:
    due = Draft.objects.filter(pk=draft_id, scheduled_at__lte=timezone.now(), error="")
    draft = due.select_for_update(skip_locked=True, of=["self"]).select_related("author").first()
    if draft is None:
        return False  # somebody else is at it, or was
    try:
        with transaction.atomic():
            if not draft.author.is_active:
                raise Suspended
            _post(draft, draft.author)
    except Rejected as reason:
        draft.error = str(reason)
        draft.save(update_fields=["error"])
    return True
