"""The general cache, as it behaves while Redis is away."""

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django_redis.cache import RedisCache


class LenientCache(RedisCache):  # type: ignore[misc]  # django-redis comes without types
    """With IGNORE_EXCEPTIONS, everything reads as missing then; and `add` says that it added.

    `add` is how allauth takes the lock around a limit. Were it to fail, nobody could log in without Redis.
    """

    def add(self, key: str, value: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        added: bool | None = super().add(key, value, timeout=timeout, version=version)
        return True if added is None else added
