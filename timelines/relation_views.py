"""What a viewer does about a person besides following: blocking, muting, retweets, and followers he wants to lose."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts import queries
from accounts.limits import limited
from accounts.models import User
from accounts.relations import actions
from accounts.relations.forms import MuteForm
from timelines.profile_views import head, person_of
from tweets.pages import MemberRequest, back, for_members


def _anybody(username: str) -> User:
    try:
        return queries.anybody(username)
    except User.DoesNotExist:
        raise Http404 from None


@limited(POST="write")
@require_POST
@for_members
def block(request: MemberRequest, username: str) -> HttpResponse:
    """Block, or with the field `undo` unblock."""
    person = _anybody(username)
    try:
        change = actions.unblock if "undo" in request.POST else actions.block
        change(blocker=request.user, blocked=person)
    except actions.CannotBlockYourself:
        messages.error(request, "You can't block yourself.")
        return redirect(person)
    return _told(request, person, f"@{person.username} is {_no_longer(request)}blocked.")


@limited(POST="write")
@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def mute(request: MemberRequest, username: str) -> HttpResponse:
    """Mute, for good or for a time, or with the field `undo` unmute; a GET asks for how long."""
    person = _anybody(username)
    form = MuteForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        shown = person_of(request, username)
        return render(request, "relations/mute.html", {"person": shown, "form": MuteForm()})
    try:
        if "undo" in request.POST:
            actions.unmute(muter=request.user, muted=person)
        else:
            actions.mute(muter=request.user, muted=person, until=form.until())
    except actions.CannotMuteYourself:
        messages.error(request, "You can't mute yourself.")
        return redirect(person)
    return _told(request, person, f"@{person.username} is {_no_longer(request)}muted.")


@limited(POST="follow")
@require_POST
@for_members
def retweets(request: MemberRequest, username: str) -> HttpResponse:
    """Hide the retweets of somebody followed, or with the field `undo` show them."""
    person = person_of(request, username)
    try:
        actions.show_retweets(follower=request.user, followee=person, show="undo" in request.POST)
    except actions.NotFollowed:
        raise Http404 from None
    return _told(request, person, f"Retweets by @{person.username} are {_no_longer(request)}hidden.")


@limited(POST="follow")
@require_POST
@for_members
def remove_follower(request: MemberRequest, username: str) -> HttpResponse:
    """Let somebody no longer follow the viewer."""
    person = _anybody(username)
    if not actions.remove_follower(followee=request.user, follower=person):
        raise Http404
    messages.success(request, f"@{person.username} follows you no longer.")
    return back(request)


def _no_longer(request: MemberRequest) -> str:
    return "no longer " if "undo" in request.POST else ""


def _told(request: MemberRequest, person: User, word: str) -> HttpResponse:
    """Back with a word about what is done. Of a list, scripts get the button anew; of a profile, all of the page."""
    if request.htmx and request.htmx.target != "profile":
        return render(request, "_follow.html", head(request, person))
    messages.success(request, word)
    return HttpResponseClientRedirect(person.get_absolute_url()) if request.htmx else back(request)
