"""How figures, moments, people and icons look on a page."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.template import Context, loader
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import cards
from accounts.models import User
from timelines.conversation import Answer
from tweets import editing, fragments, moments
from tweets.forms import new_key
from twitterclone import frames

register = template.Library()


@register.filter
def compact(number: int) -> str:
    """12345 as 12.3K; nothing is rounded up, so that 999,999 is not a million."""
    for unit, name in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")):
        if number >= unit:
            tenths = number * 10 // unit
            whole, tenth = divmod(tenths, 10)
            return f"{whole}.{tenth}{name}" if tenth and whole < 100 else f"{whole}{name}"
    return str(number)


@register.filter
def is_editable(tweet: dict[str, Any]) -> bool:
    """Whether it is worth offering; HTML that is kept may offer it for minutes longer, and the form then says no."""
    return editing.is_offered(moment(tweet["created_at"]), tweet["version"], has_poll=tweet["poll"] is not None)


@register.filter
def moment(iso: str) -> datetime:
    """The time that JSON carries as a string."""
    return datetime.fromisoformat(iso)


@register.simple_tag(takes_context=True)
def ago(context: Context, moment: datetime) -> str:
    """How long ago; in HTML that is kept, a mark for it."""
    return fragments.ago_mark(moment) if context.get("is_kept") else moments.ago(moment)


@register.simple_tag(takes_context=True)
def left(context: Context, moment: datetime) -> str:
    """How long it is until then; in HTML that is kept, a mark for it."""
    return fragments.left_mark(moment) if context.get("is_kept") else moments.left(moment)


@register.filter
def percent(part: int, whole: int) -> int:
    """How many hundredths of the whole a part is, rounded; of nothing, none."""
    return round(100 * part / whole) if whole else 0


@register.simple_tag(takes_context=True)
def feed(context: Context, tweets: Sequence[bytes]) -> SafeString:
    """The tweets of a feed, from the API's JSON of each."""
    if mark := _mark(context, "feed"):
        return mark
    return fragments.html(tweets, context["request"], str(context["csrf_token"]))


@register.simple_tag(takes_context=True)
def pieces(context: Context, answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """Answers with what stands beneath them, each with its `html` and where there is `more`."""
    tweets = [tweet for answer in answers for tweet in answer.tweets]
    made = iter(fragments.pieces(tweets, context["request"], str(context["csrf_token"])))
    return [{"html": [next(made) for _ in answer.tweets], "more": answer.more} for answer in answers]


@register.filter
def avatar(person: User) -> str:
    """The address of a person's picture."""
    return cards.avatar_url(person)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A drawing from static/images/icons.svg; what it stands for must be said in words beside it."""
    address = f"{static('images/icons.svg')}#{name}"
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', address)


# --- What stands around a page's content: twitterclone.frames ------------------------------------------------------


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> SafeString:
    """The way to everywhere else."""
    if mark := _mark(context, "navigation"):
        return mark
    request, unread = context["request"], str(context.get("unread") or "")
    here, viewer = _here(context), _viewer(context)
    own_profile = bool(viewer and here == "profile" and request.resolver_match.kwargs["username"] == viewer.username)
    made = frames.navigation(
        context["SITE_NAME"],
        here,
        member=viewer is not None,
        own_profile=own_profile,
        among_settings=bool(here and request.resolver_match.route.startswith("settings/")),
        unread=bool(unread),
    )
    if viewer is None:
        return frames.fill(made, {})
    words = {
        "name": viewer.get_full_name(),
        "username": viewer.username,
        "avatar": cards.avatar_url(viewer),
        "profile": viewer.get_absolute_url(),
        "unread": unread,
        "csrf_token": str(context["csrf_token"]),
    }
    return frames.fill(made, words)


@register.simple_tag(takes_context=True)
def side(context: Context) -> SafeString:
    if mark := _mark(context, "side"):
        return mark
    made = frames.side(context["SITE_NAME"], _here(context), member=_viewer(context) is not None)
    return frames.fill(made, {})


@register.simple_tag
def frame(template: str, place: str = "") -> SafeString:
    """A template that is the same on every page, but for where it stands."""
    return frames.fill(frames.constant(template, place), {})


@register.simple_tag(takes_context=True)
def composer(context: Context, place: str) -> SafeString:
    """One in which nothing has been written yet."""
    if mark := _mark(context, "composer"):
        return mark
    words = {
        "avatar": cards.avatar_url(context["request"].user),
        "idempotency_key": new_key(),
        "csrf_token": str(context["csrf_token"]),
    }
    return frames.fill(frames.composer(place), words)


@register.simple_tag(takes_context=True)
def home(context: Context) -> SafeString:
    """Home's whole page. The newest one, where nothing is to be said besides, differs in words only."""
    if context["newer"] or context.get("missed") or context.get("is_around") or len(context["messages"]):
        whole: Any = loader.get_template("timelines/_home.html")
        return SafeString(whole.template.render(context))
    unread, older, marker = str(context["unread"]), context["older"], context["marker"]
    made = frames.home(context["SITE_NAME"], unread=bool(unread), older=bool(older), empty=not context["tweets"])
    words = {
        "navigation": navigation(context),
        "side": side(context),
        "composer": composer(context, "home"),
        "feed": feed(context, context["tweets"]),
        "viewer": context["request"].user.pk,
        "live": context["LIVE_URL"],
        "newest": context["newest"],
        "read": marker.last_read_id if marker else 0,
        "version": marker.version if marker else 0,
        "older": older,
        "unread": unread,
    }
    return frames.fill(made, words)


def _mark(context: Context, part: str) -> SafeString | None:
    """What stands for a part while a whole page is made to be kept."""
    framed: dict[str, SafeString] = context.get("framed") or {}
    return framed.get(part)


def _here(context: Context) -> str:
    match = context["request"].resolver_match
    return match.url_name or "" if match else ""


def _viewer(context: Context) -> User | None:
    user = getattr(context["request"], "user", None)
    return user if isinstance(user, User) else None
