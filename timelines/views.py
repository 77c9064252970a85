"""Pages that show a feed of many people: home, explore, and what came since."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import queries as people
from accounts.limits import limited
from accounts.models import User
from timelines import explore as everybody
from timelines import home as homes
from timelines import marked
from timelines.feed import FeedPage
from tweets.forms import ComposeForm
from tweets.pages import MemberRequest, PageRequest, for_both, for_members, id_from

PAGE = 20
NEWER_PAGE = 50
WELCOME_TWEETS = 5
PEOPLE_BESIDE = 4
PEOPLE = 30


@require_safe
def home(request: PageRequest) -> HttpResponse:
    """Home for who is logged in, a welcome for everybody else."""
    if not isinstance(request.user, User):
        return _welcome(request)
    page = homes.page(request.user, limit=PAGE, **cursor(request))
    return feed(request, "timelines/home.html", page, {"composer": ComposeForm(place="home")})


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


@require_safe
def people_to_follow(request: PageRequest) -> HttpResponse:
    """People the viewer does not follow yet: a page, or the few that stand beside other pages."""
    template, many = ("timelines/_people.html", PEOPLE_BESIDE) if request.htmx else ("timelines/people.html", PEOPLE)
    found = people.people_to_follow(request.user.pk, many)
    return for_both(render(request, template, {"people": found}))


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
