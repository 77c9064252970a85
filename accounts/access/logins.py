"""Where somebody is logged in."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User


def sessions(user: User) -> list[UserSession]:
    """The sessions in which this person is logged in, in two questions, however many there are; the library asks two
    for each. What is left of others is swept away."""
    held = {each.session_key: each for each in UserSession.objects.filter(user=user)}
    kept = Session.objects.filter(session_key__in=held, expire_date__gt=timezone.now())
    return [held[each.session_key] for each in kept if _is_open(each, user)]


def _is_open(session: Session, user: User) -> bool:
    """Whether it still knows what a session of this person must know to go on."""
    known = session.get_decoded()
    hashes = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    return known.get(SESSION_KEY) == str(user.pk) and known.get(HASH_SESSION_KEY) in hashes
