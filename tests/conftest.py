"""What every test may rely on: real PostgreSQL and Redis, the latter empty, and the real drain."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client, TransactionTestCase
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from stores import redis
from tests import database, factories
from timelines import fanout, generation, pulled
from tweets import presenting

PLAIN_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"  # no collectstatic before tests


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Most tests are one transaction, which may take longer than a request's."""
    django_settings.TRANSACTION_TIMEOUT = 120
    with django_db_blocker.unblock():
        database.copy_when_created()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", database.empty)
        yield


@pytest.fixture(autouse=True)
def _clean_slate(settings: Settings) -> Iterator[None]:
    """Redis is flushed and in-process memories are dropped before each test, so tests run in any order."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": PLAIN_STATIC}}
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "accounts.access.hashers.SecretHasher",
    ]
    redis.timelines().flushall()
    cache.clear()
    generation.forget_kept()
    presenting.remembered.clear()
    pulled.known.clear()
    yield
    generation.forget_kept()


@pytest.fixture
def ada(db: None) -> User:
    return factories.person("ada", name="Ada Lovelace")


@pytest.fixture
def grace(db: None) -> User:
    return factories.person("grace", name="Grace Hopper")


@pytest.fixture
def alan(db: None) -> User:
    return factories.person("alan", name="Alan Turing")


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """A browser in which somebody is logged in."""

    def logged_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return logged_in


@pytest.fixture
def drain() -> Callable[[], None]:
    """Deliver everything that has happened, as the worker does."""

    def all_of_it() -> None:
        while not fanout.drain():
            pass

    return all_of_it
