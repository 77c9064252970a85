"""What can be done with a tweet."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.limits import limited
from tweets import actions, muting, queries
from tweets.models import Tweet
from tweets.pages import MemberRequest, back, came_from, for_members, page_behind
from tweets.shown import shown, there

Action = Callable[..., Any]


def _switch(do: Action, undo: Action) -> Callable[..., HttpResponse]:
    """The view of a button that is on or off; the form says which with the field `undo`."""

    @require_POST
    @for_members
    def view(request: MemberRequest, tweet_id: int) -> HttpResponse:
        try:
            (undo if "undo" in request.POST else do)(user=request.user, tweet_id=tweet_id)
        except Tweet.DoesNotExist:
            raise Http404 from None
        except actions.RetweetOfProtected:
            raise PermissionDenied from None
        return _buttons(request, tweet_id) if request.htmx else back(request)

    return view


def _buttons(request: MemberRequest, tweet_id: int) -> HttpResponse:
    entry = request.POST.get("entry", "")
    context = {"tweet": there(shown(tweet_id, request.user)), "entry_id": entry if entry.isdecimal() else tweet_id}
    return render(request, "tweets/_actions.html", context)


like = limited(POST="like")(_switch(actions.like, actions.unlike))
retweet = limited(POST="post")(_switch(actions.retweet, actions.undo_retweet))
bookmark = limited(POST="like")(_switch(actions.bookmark, actions.remove_bookmark))


@limited(POST="write")
@for_members
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: MemberRequest, tweet_id: int) -> HttpResponse:
    """Take a tweet back; a GET asks whether that is meant."""
    try:
        own = queries.own_tweet(request.user, tweet_id)
    except Tweet.DoesNotExist:
        raise Http404 from None
    if request.method != "POST":
        return render(request, "tweets/delete.html", {"tweet": there(shown(tweet_id, request.user))})
    actions.delete_tweet(tweet=own)
    return _deleted(request, own)


def _deleted(request: MemberRequest, own: Tweet) -> HttpResponse:
    messages.success(request, "Your tweet was deleted.")
    profile = reverse("profile", args=[request.user.username])
    name, arguments = page_behind(request)
    if name == "tweet" and arguments["tweet_id"] == own.pk:
        return HttpResponseClientRedirect(profile)
    if request.htmx:
        return render(request, "_notices.html")
    left = came_from(request, profile)
    return redirect(profile if f"/{own.pk}/" in left else left)


@limited(POST="write")
@require_POST
@for_members
def mute_conversation(request: MemberRequest, tweet_id: int) -> HttpResponse:
    """Mute the conversation of a tweet, or with the field `undo` unmute it."""
    try:
        change = muting.unmute if "undo" in request.POST else muting.mute
        change(user=request.user, tweet_id=tweet_id)
    except Tweet.DoesNotExist:
        raise Http404 from None
    no_longer = "no longer " if "undo" in request.POST else ""
    messages.success(request, f"This conversation is {no_longer}muted.")
    return back(request)
