"""Mails wait as rows, and are sent by the worker, whatever is away meanwhile."""

import socket
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import Client, TestCase
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django.fixtures import Settings

from accounts import mails, tasks
from accounts.models import OutgoingMail, User
from stores import redis
from tests.post import posted
from tests.threads import at_once
from twitterclone.celery import app

pytestmark = pytest.mark.django_db


def write(number: int = 1) -> None:
    for each in range(number):
        mails.write(message=EmailMessage(f"Subject {each}", "Text", to=[f"p{each}@example.com"]))


def ask_for_a_link(email: str) -> None:
    response = Client().post("/password/reset/", {"email": email})
    assert (response.status_code, response["Location"]) == (302, "/password/reset/sent/")


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_a_request_writes_one_row_and_sends_nothing_whether_or_not_there_is_an_account(ada: User, email: str) -> None:
    ask_for_a_link(email)
    assert (OutgoingMail.objects.count(), mail.outbox) == (1, [])
    [sent] = posted()
    assert (sent.to, sent.from_email) == ([email], "Chirp <noreply@localhost>")
    assert not OutgoingMail.objects.exists()


def test_the_worker_is_woken_after_the_commit_on_the_queue_of_mails(ada: User) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        ask_for_a_link("ada@example.com")
        assert redis.timelines().llen("mail") == 0
    assert redis.timelines().llen("mail") == 1


def test_without_a_broker_the_mail_waits_for_the_sweep(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.connection_for_write("redis://127.0.0.1:1/0") as nowhere:
        enqueue = partial(app.send_task, "accounts.tasks.send_mails", connection=nowhere)
        with pytest.raises(OperationalError):
            enqueue()
        monkeypatch.setattr(tasks.send_mails, "delay", enqueue)
        with TestCase.captureOnCommitCallbacks(execute=True):
            ask_for_a_link("ada@example.com")
    assert [each.to for each in posted()] == [["ada@example.com"]]


def test_what_is_rolled_back_is_not_sent() -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert posted() == []


@pytest.fixture
def deaf_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return int(attempt.getsockname()[1])


def test_while_the_mail_server_is_away_one_is_tried_and_all_are_kept(settings: Settings, deaf_port: int) -> None:
    write(3)
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", deaf_port, 5
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    before = timezone.now()
    mails.send_due()
    assert sorted(OutgoingMail.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    tried = OutgoingMail.objects.get(attempts=1)
    assert tried.due_at - before >= timedelta(minutes=1)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert len(posted()) == 2
    OutgoingMail.objects.update(due_at=timezone.now())
    assert {each.to[0] for each in posted()} == {"p0@example.com", "p1@example.com", "p2@example.com"}
    assert not OutgoingMail.objects.exists()


def test_what_nobody_takes_is_given_up(settings: Settings, deaf_port: int) -> None:
    write()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", deaf_port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    for _ in range(mails.MOST_TRIES):
        assert OutgoingMail.objects.count() == 1
        OutgoingMail.objects.update(due_at=timezone.now())
        mails.send_due()
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_each_mail_is_sent_by_one() -> None:
    write(20)
    send: Callable[[], None] = mails.send_due
    at_once(*[send] * 4)
    assert sorted(each.to[0] for each in mail.outbox) == sorted(f"p{n}@example.com" for n in range(20))
