"""Where a notice waits for the page that shows it."""

from django.conf import settings
from django.contrib.messages.storage import cookie, fallback, session


class CookieStorage(cookie.CookieStorage):
    """Over https its name is one that no other host can have set."""

    cookie_name = "__Host-messages" if settings.SESSION_COOKIE_SECURE else "messages"


class Storage(fallback.FallbackStorage):
    storage_classes = (CookieStorage, session.SessionStorage)
