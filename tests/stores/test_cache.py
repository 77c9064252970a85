from stores.cache import LenientCache

OPTIONS = {"REDIS_CLIENT_CLASS": "stores.redis.GuardedRedis", "IGNORE_EXCEPTIONS": True}


def test_without_redis_a_limit_lets_pass() -> None:
    cache = LenientCache("unix:///nowhere.sock", {"OPTIONS": OPTIONS})
    assert cache.add("lock", 1) is True
    assert cache.add("lock", 1) is True
    assert cache.get("lock") is None


def test_with_redis_a_lock_is_taken_once() -> None:
    from django.core.cache import cache as configured

    cache = LenientCache(configured._server, {"OPTIONS": OPTIONS})  # type: ignore[attr-defined]
    assert cache.add("lock", 1) is True
    assert cache.add("lock", 1) is False
