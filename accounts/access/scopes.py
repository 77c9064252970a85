"""What a token may be allowed to do. `write` holds all of `write:…`; only `follow` changes whom one follows."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

SCOPES = {
    "read": "See timelines, tweets and people as you see them, and hear of new tweets at once",
    "read:profile": "See who you are: your name, picture and profile",
    "read:notifications": "See what you are notified of",
    "write": "Everything below but following",
    "write:tweets": "Post, retweet and delete tweets, and vote, for you; see and change your drafts",
    "write:likes": "Like tweets, and take likes back",
    "write:bookmarks": "Keep and drop bookmarks",
    "write:lists": "Make and change lists, and follow those of others",
    "write:markers": "Remember for you up to where you have read",
    "write:profile": "Change your profile",
    "write:notifications": "Mark your notifications as read",
    "follow": "Follow, block and mute people for you, and see whom you block and mute",
}
DEFAULT = ("read",)
OF_APPS_ALONE = ("read",)
ANY = ""


@lru_cache(1024)
def granted(text: str) -> frozenset[str]:
    """All scopes that a token with these ones has; a wider one brings its parts, an unknown one brings nothing."""
    named = set(text.split())
    return frozenset(scope for scope in SCOPES if scope in named or scope.partition(":")[0] in named)


def written(scopes: Iterable[str]) -> str:
    """Scopes as they are stored and sent, in the order of the table; a part is left out beside its whole."""
    named = set(scopes)
    return " ".join(
        scope for scope in SCOPES if scope in named and (":" not in scope or scope.partition(":")[0] not in named)
    )


def scoped(**names: str) -> Callable[[View], View]:
    """Say which scope a token needs for each method of a view. Without that a view is closed to tokens."""

    def declare(view: View) -> View:
        view.scopes = names  # type: ignore[attr-defined]
        return view

    return declare


def needed(view: Any, method: str | None) -> str | None:
    """The scope that a token needs; `ANY` if every token will do, None if no token will."""
    if method == "OPTIONS" or not hasattr(view, str(method).lower()):
        return ANY  # what is not there is refused for that reason
    names: dict[str, str] = getattr(view, "scopes", {})
    return names.get("GET" if method == "HEAD" else str(method))


class Scopes:
    """The same for django-oauth-toolkit."""

    def get_all_scopes(self) -> dict[str, str]:
        return SCOPES

    def get_available_scopes(self, application: Any = None, *_: object, **__: object) -> list[str]:
        alone = application is not None and application.speaks_for_itself
        return list(OF_APPS_ALONE if alone else SCOPES)

    def get_default_scopes(self, *_: object, **__: object) -> list[str]:
        return list(DEFAULT)
