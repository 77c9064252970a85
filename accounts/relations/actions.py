"""The only code that changes whom people keep away and what they do not want to read."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import unfollow, wait_for_turn
from accounts.lists import actions as lists
from accounts.models import Block, Follow, FollowRequest, Mute, MutedConversation, MutedWord, User
from accounts.relations import sight, words
from accounts.relations.models import PHRASE_MAX_LENGTH
from stores import rows

MOST_PHRASES = 200


class CannotBlockYourself(Exception):
    """Nobody blocks himself."""


class CannotMuteYourself(Exception):
    """Nobody mutes himself."""


class NotFollowed(Exception):
    """Only of somebody one follows the retweets can be hidden."""


class BadPhrase(Exception):
    """A phrase that can't be muted; the message is for whoever typed it."""


class Past(Exception):
    """A mute that would have ended before it began."""

    def __init__(self) -> None:
        super().__init__("This moment has passed.")


# --- People ------------------------------------------------------------------------------------------------------


@transaction.atomic
def block(*, blocker: User, blocked: User) -> bool:
    """Let the two see nothing of each other any more: follows and requests between them end, and neither is on, or
    follows, a list of the other's.

    Returns:
        Whether this is new.

    Raises:
        CannotBlockYourself: they are the same.
    """
    if blocker.pk == blocked.pk:
        raise CannotBlockYourself
    wait_for_turn(blocker.pk, blocked.pk)
    created = rows.got_or_added(Block.objects, blocker=blocker, blocked=blocked)[1]
    if created:
        unfollow(follower=blocker, followee=blocked)
        unfollow(follower=blocked, followee=blocker)
        lists.part(blocker, blocked)
        sight.block([blocker.pk, blocked.pk])
    return created


@transaction.atomic
def unblock(*, blocker: User, blocked: User) -> bool:
    """
    Returns:
        Whether there was a block to end. The follows that it ended do not come back.
    """
    ended = Block.objects.filter(blocker=blocker, blocked=blocked).delete()[0]
    if ended:
        sight.block([blocker.pk, blocked.pk])
    return bool(ended)


@transaction.atomic
def mute(*, muter: User, muted: User, until: datetime | None = None) -> None:
    """Show the muter nothing by a person any more where many write; the other does not learn of it.

    Args:
        until: when it ends; None for never. A second call changes it.

    Raises:
        CannotMuteYourself: they are the same.
        Past: `until` is.
    """
    if muter.pk == muted.pk:
        raise CannotMuteYourself
    _refuse_past(until)
    Mute.objects.update_or_create(muter=muter, muted=muted, defaults={"until": until})
    sight.block([muter.pk])


def _refuse_past(until: datetime | None) -> None:
    if until is not None and until <= timezone.now():
        raise Past


@transaction.atomic
def unmute(*, muter: User, muted: User) -> bool:
    """
    Returns:
        Whether there was a mute to end.
    """
    ended = Mute.objects.filter(muter=muter, muted=muted).delete()[0]
    sight.block([muter.pk])
    return bool(ended)


@transaction.atomic
def show_retweets(*, follower: User, followee: User, show: bool) -> None:
    """Show, or do not show, what somebody retweets whom one follows.

    Raises:
        NotFollowed: nobody is followed here.
    """
    row = Follow.objects.filter(follower=follower, followee=followee).select_for_update().first()
    if row is None:
        raise NotFollowed
    row.shows_retweets = show
    row.save(update_fields=["shows_retweets"])
    sight.block([follower.pk])


@transaction.atomic
def remove_follower(*, followee: User, follower: User) -> bool:
    """Let somebody no longer follow; he may do so again.

    Returns:
        Whether he did.
    """
    return unfollow(follower=follower, followee=followee)


@transaction.atomic
def refuse_request(*, request: FollowRequest) -> bool:
    """
    Returns:
        Whether it was still there. Whoever asked does not learn of it, and may ask again.
    """
    return bool(FollowRequest.objects.filter(pk=request.pk).delete()[0])


# --- Words and conversations -------------------------------------------------------------------------------------


@transaction.atomic
def mute_phrase(*, user: User, phrase: str, until: datetime | None = None) -> MutedWord:
    """
    Args:
        phrase: a word, several, or a #hashtag, as typed.
        until: as for `mute`.

    Raises:
        BadPhrase: it is empty, too long, or one too many.
        Past: `until` is.
    """
    kept = _checked(phrase)
    _refuse_past(until)
    rows.wait_for_turn(f"muted words {user.pk}")
    others = MutedWord.objects.filter(user=user).exclude(phrase=kept)
    if others.count() >= MOST_PHRASES:
        raise BadPhrase(f"You mute {MOST_PHRASES} words, and nobody may mute more.")
    row = MutedWord.objects.update_or_create(user=user, phrase=kept, defaults={"until": until})[0]
    sight.block([user.pk])
    return row


def _checked(phrase: str) -> str:
    kept = words.phrase_of(phrase)
    if not kept.strip("#@ "):
        raise BadPhrase("Type a word, some words, or a #hashtag.")
    if len(kept) > PHRASE_MAX_LENGTH:
        raise BadPhrase(f"At most {PHRASE_MAX_LENGTH} characters.")
    return kept


@transaction.atomic
def unmute_phrase(*, user: User, pk: int) -> bool:
    """
    Returns:
        Whether the user had it muted.
    """
    ended = MutedWord.objects.filter(user=user, pk=pk).delete()[0]
    sight.block([user.pk])
    return bool(ended)


@transaction.atomic
def mute_conversation(*, user: User, conversation_id: int, until: datetime | None = None) -> None:
    """Show nothing of a conversation any more where many write.

    Args:
        conversation_id: the tweet that it began with.
        until: as for `mute`.

    Raises:
        Past: `until` is.
    """
    _refuse_past(until)
    MutedConversation.objects.update_or_create(user=user, conversation_id=conversation_id, defaults={"until": until})
    sight.block([user.pk])


@transaction.atomic
def unmute_conversation(*, user: User, conversation_id: int) -> bool:
    """
    Returns:
        Whether it was muted.
    """
    ended = MutedConversation.objects.filter(user=user, conversation_id=conversation_id).delete()[0]
    sight.block([user.pk])
    return bool(ended)


def sweep_mutes(at_once: int = 1000) -> int:
    """Delete mutes that are over, of all kinds, some at a time.

    Returns:
        How many there were.
    """
    return sum(_delete_over(kind, at_once) for kind in (Mute, MutedWord, MutedConversation))


@transaction.atomic
def _delete_over(kind: type[Mute] | type[MutedWord] | type[MutedConversation], at_once: int) -> int:
    some = list(kind.objects.over().values_list("pk", flat=True)[:at_once])
    return kind.objects.filter(pk__in=some).delete()[0]
