from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.access import sweeping
from accounts.models import PersonalToken, User


@pytest.mark.django_db
def test_what_has_expired_goes_and_all_else_stays(ada: User) -> None:
    past, future = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1)
    for until in (past, future, None):
        tokens.issue(user=ada, until=until)
    for _ in range(2):
        browser = Client()
        browser.force_login(ada)
        browser.get("/settings/")
    Session.objects.filter(session_key=browser.session.session_key).update(expire_date=past)
    sweeping.sweep()
    assert PersonalToken.objects.count() == 2
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)
