"""What stands around a page's content and differs from viewer to viewer in some words only.

Navigation, composer and the like were about a third of home by profile, where tweets are kept (`tweets.fragments`), and
then the page around them a quarter. So these are rendered once in a process, with marks for the words, which are put in
for each page.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Any, ParamSpec

from django.conf import settings
from django.template import loader
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from tweets.forms import ComposeForm

MOST_KEPT = 1000

FRAMED = ("navigation", "side", "composer", "feed")
"""Parts of a page that are words of it, when the page itself is kept: their tags look for them in `framed`."""

# No text can hold a NUL: PostgreSQL does not take it, and Django refuses it in forms.
_MARK = re.compile(r"\0(\w+)\0")

Flags = ParamSpec("Flags")
Frame = list[str]
"""Text and names of words, in turn."""


def mark(word: str) -> SafeString:
    """Stands for a word in a frame."""
    return mark_safe(f"\0{word}\0")  # noqa: S308  a constant


def frame(make: Callable[Flags, str]) -> Callable[Flags, Frame]:
    """Keeps what a function renders, for each combination of its arguments; not while templates are being written."""

    def split(*args: Flags.args, **kwargs: Flags.kwargs) -> Frame:
        return _MARK.split(make(*args, **kwargs))

    kept = lru_cache(MOST_KEPT)(split)

    @wraps(make)
    def made(*args: Flags.args, **kwargs: Flags.kwargs) -> Frame:
        return split(*args, **kwargs) if settings.DEBUG else kept(*args, **kwargs)  # type: ignore[arg-type]  # hashable

    return made


def fill(made: Frame, words: Mapping[str, Any]) -> SafeString:
    """A frame with the words in their places, escaped."""
    parts = list(made)
    escaped = {name: conditional_escape(words[name]) for name in {*parts[1::2]}}
    parts[1::2] = [escaped[name] for name in parts[1::2]]
    return mark_safe("".join(parts))  # noqa: S308  a template made it, and the words are escaped


@frame
def navigation(
    site_name: str, here: str, *, member: bool, own_profile: bool, among_settings: bool, unread: bool
) -> str:
    """Words for a member: name, username, avatar, profile, unread, csrf_token.

    Args:
        here: the name of the page's address.
        among_settings: whether it is one of the settings' pages.
        unread: whether there is a number to show.
    """
    words = {word: mark(word) for word in ("name", "username", "avatar", "profile", "csrf_token")}
    place = {"here": here, "own_profile": own_profile, "among_settings": among_settings}
    told = {"SITE_NAME": site_name, "member": member, "unread": mark("unread") if unread else ""}
    return _render("_nav.html", words | place | told)


@frame
def side(site_name: str, here: str, *, member: bool) -> str:
    """What stands beside most pages; no words.

    Args:
        here: the name of the page's address: what a page is about does not stand beside it again.
    """
    return _render("_side.html", {"SITE_NAME": site_name, "here": here, "member": member})


@frame
def constant(template: str, place: str) -> str:
    """What is the same on every page; no words.

    Args:
        place: tells the template where it stands.
    """
    return _render(template, {"place": place})


@frame
def composer(place: str) -> str:
    """One in which nothing has been written. Words: avatar, idempotency_key, csrf_token."""
    form = ComposeForm(place=place, initial={"idempotency_key": mark("idempotency_key")})
    words = {word: mark(word) for word in ("avatar", "csrf_token")}
    return _render("tweets/_composer.html", {"composer": form, "place": place} | words)


@frame
def home(site_name: str, *, unread: bool, older: bool, empty: bool) -> str:
    """The newest page of a member's home. Words: navigation, side, composer, feed, viewer, live, newest, read,
    version, older, unread.

    Args:
        unread: whether there is a number to show.
        older: whether there is a page below.
        empty: whether there is no tweet at all.
    """
    words = {word: mark(word) for word in FRAMED}
    told = {
        "SITE_NAME": site_name,
        "LIVE_URL": mark("live"),
        "request": {"user": {"is_authenticated": True, "pk": mark("viewer")}, "resolver_match": {"url_name": "home"}},
        "unread": mark("unread") if unread else "",
        "marker": {"last_read_id": mark("read"), "version": mark("version")},
        "newest": mark("newest"),
        "older": mark("older") if older else None,
        "tweets": not empty,
    }
    return _render("timelines/_home.html", told | {"framed": words})


def _render(template: str, context: dict[str, Any]) -> str:
    return loader.get_template(template).render(context)
