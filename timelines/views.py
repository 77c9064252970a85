"""Pages that show a feed of many people: home, explore, and what came since."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import ahead
from accounts.ahead import asks_ahead
from accounts.limits import limited
from accounts.models import User
from timelines import explore as everybody
from timelines import home as homes
from timelines import marked, markers
from timelines.feed import FeedPage
from timelines.models import Marker
from tweets.pages import MemberRequest, PageRequest, for_both, for_members, id_from, id_from_form

PAGE = homes.PAGE  # as long as what home asks ahead is for
NEWER_PAGE = 50
WELCOME_TWEETS = 5
MOST_MISSED = 100


@asks_ahead(homes.questions)
@require_safe
def home(request: PageRequest) -> HttpResponse:
    """Home for who is logged in, a welcome for everybody else."""
    if not isinstance(request.user, User):
        return _welcome(request)
    position = id_from(request, "around")
    if position is not None:
        return _home_around(request, request.user, position)
    before, since = cursor(request).values()
    page = homes.page(
        request.user, before=before, since=since, limit=PAGE, ahead=ahead.answers(request, request.user.pk)
    )
    if request.htmx:
        return feed(request, "timelines/home.html", page, {})
    marker = markers.of(request.user)
    missed = _missed(request.user, page, marker)
    context = {"marker": marker, "missed": missed, "more_missed": MOST_MISSED}
    return feed(request, "timelines/home.html", page, context)


def _missed(reader: User, page: FeedPage, marker: Marker | None) -> int:
    """How many tweets lie between the newest and where the reader was, if that is not on the page itself."""
    if marker is None or page.older is None or page.older <= marker.last_read_id:
        return 0
    return homes.feed_of(reader).count_newer(marker.last_read_id, MOST_MISSED)


def _home_around(request: PageRequest, reader: User, position: int) -> HttpResponse:
    above, below = homes.around(reader, position, PAGE)
    context = {
        "marker": markers.of(reader),
        "above": above.tweets,
        "is_around": True,
        "above_newer": f"{request.path}?since={above.newer}",
    }
    page = FeedPage(below.tweets, below.older, max(above.newer, position))
    return feed(request, "timelines/home.html", page, context)


def _welcome(request: PageRequest) -> HttpResponse:
    page = everybody.page(None, limit=WELCOME_TWEETS)
    return render(request, "timelines/welcome.html", {"tweets": page.tweets})


@limited(GET="poll")
@never_cache
@require_safe
@for_members
def home_newer(request: MemberRequest) -> HttpResponse:
    """The tweets nearest above `since`, for an open home page."""
    page = homes.page(request.user, since=id_from(request, "since") or 0, limit=NEWER_PAGE)
    context = {"tweets": page.tweets, "newest": page.newer, "more": len(page.tweets) == NEWER_PAGE}
    return render(request, "timelines/_newer.html", context)


@limited(POST="position")
@require_POST
@for_members
def read_home(request: MemberRequest) -> HttpResponse:
    """Everything up to `up_to` is read."""
    up_to = id_from_form(request, "up_to")
    try:
        markers.read_up_to(reader=request.user, last_read_id=up_to)
    except markers.NotWritten:
        raise BadRequest("up_to lies in the future.") from None
    except markers.Moved:
        messages.info(request, "You have read on elsewhere meanwhile.")
    return redirect("home")


@require_safe
@for_members
def bookmarks(request: MemberRequest) -> HttpResponse:
    """What the viewer keeps."""
    page = marked.bookmarks(request.user, limit=PAGE, **cursor(request))
    return feed(request, "timelines/bookmarks.html", page, {})


@require_safe
def explore(request: PageRequest) -> HttpResponse:
    """What everybody writes."""
    page = everybody.page(viewer_of(request), limit=PAGE, **cursor(request))
    return feed(request, "timelines/explore.html", page, {})


# --- What all pages with a feed share ----------------------------------------------------------------------------


def viewer_of(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def cursor(request: HttpRequest) -> dict[str, int | None]:
    """`before` and `since` as the address has them.

    Raises:
        BadRequest: they are no ids.
    """
    return {name: id_from(request, name) for name in ("before", "since")}


def feed(request: PageRequest, template: str, page: FeedPage, context: dict[str, Any]) -> HttpResponse:
    """A page with a feed; scripts that ask for more of it get the tweets alone."""
    tops = any(request.GET.get(name) for name in ("before", "since"))
    context |= {
        "tweets": page.tweets,
        "older": f"{request.path}?before={page.older}" if page.older else None,
        "newer": f"{request.path}?since={page.newer}" if tops else None,
        "newest": page.newer,
    }
    return for_both(render(request, "timelines/_page.html" if request.htmx else template, context))
