"""Rows of access that has expired by itself go, some time later."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone
from oauth2_provider.models import clear_expired

from accounts.models import PersonalToken


def sweep() -> None:
    clear_expired()
    PersonalToken.objects.filter(expires_at__lt=timezone.now()).delete()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    held = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.exclude(Exists(held)).delete()
