"""A real site for a real browser, Chromium before it."""

import asyncio
import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from accounts.models import User
from tests.site import Site
from tests.threads import at_once

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def session_chromium(chromium_path: str) -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """One browser for all tests of this process, and the event loop that Playwright keeps running in their thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM)
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def chromium(
    session_chromium: tuple[Browser, asyncio.AbstractEventLoop], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Browser]:
    """The browser. Its loop is this thread's only during a test of pages: asynchronous tests bring their own."""
    browser, loop = session_chromium
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Django takes the test for asynchronous code
    asyncio._set_running_loop(loop)
    yield browser
    asyncio._set_running_loop(None)


@pytest.fixture(scope="session")
def running_site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site") / "log")
    site.start()
    yield site
    site.stop()


@pytest.fixture
def site(running_site: Site, transactional_db: None) -> Iterator[Site]:
    """What a page that is closed has still asked for is answered before the tables are emptied."""
    yield running_site
    until = time.monotonic() + 10
    while _others_at_work() and time.monotonic() < until:
        time.sleep(0.02)


def _others_at_work() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT EXISTS (SELECT FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle')"""
        )
        return bool(cursor.fetchone()[0])


@pytest.fixture
def drain(drain: Callable[[], None]) -> Callable[[], None]:
    """The same in another thread: live hints can't be sent in one where Playwright keeps its loop."""

    def all_of_it() -> None:
        at_once(drain)

    return all_of_it


def _cookie(user: User) -> str:
    """The key of a session in which this person is logged in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


@pytest.fixture
def window(site: Site, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens windows: `window(ada)`, `window(ada, java_script_enabled=False)`. An error in one fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_window(user: User | None = None, **options: object) -> Page:
        options = {"viewport": DESKTOP, "reduced_motion": "reduce"} | options
        context = chromium.new_context(base_url=site.address, **options)  # type: ignore[arg-type]  # passed on
        context.set_default_timeout(10_000)
        if user:
            context.add_cookies([{"name": "sessionid", "value": _cookie(user), "url": site.address}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if _is_broken(message) else None)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert errors == []


def _is_broken(message: ConsoleMessage) -> bool:
    """A script that failed or something the content security policy refused; not a server that is away on purpose."""
    return message.type == "error" and "Failed to load resource" not in message.text and "WebSocket" not in message.text
