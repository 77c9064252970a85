"""One tweet and its thread, and what can be done with a tweet."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.limits import limited
from tweets import actions, presenting, queries
from tweets.forms import ComposeForm
from tweets.models import Tweet
from tweets.pages import MemberRequest, PageRequest, back, came_from, for_both, for_members, id_from, page_behind
from tweets.shown import shown, there

REPLIES = 20

# --- Reading ---------------------------------------------------------------------------------------------------


@require_safe
def tweet(request: PageRequest, username: str, tweet_id: int) -> HttpResponse:
    """A tweet, what it answers, and what was answered to it."""
    found = _found(request, tweet_id)
    if found.retweet_of_id:
        return redirect(_found(request, found.retweet_of_id))
    if found.author.username != username:
        return redirect(found)
    return _replies(request, found) if request.htmx else _thread(request, found)


def _found(request: PageRequest, tweet_id: int) -> Tweet:
    try:
        return queries.visible_tweet(tweet_id, request.user.pk)
    except Tweet.DoesNotExist:
        raise Http404 from None


def _thread(request: PageRequest, found: Tweet) -> HttpResponse:
    ancestors, replies = queries.ancestor_ids(found), _reply_ids(request, found)
    material = presenting.gather([*ancestors, found.pk, *replies], request.user.pk)
    context = {
        "tweet": there(material.shown(found.pk)),
        "is_pinned": queries.pinned_id(found.author_id) == found.pk,
        "ancestors": [material.shown(each) for each in ancestors],
        "composer": ComposeForm(initial={"in_reply_to_id": found.pk}, place="reply"),
    }
    return for_both(render(request, "tweets/tweet.html", context | _replies_context(found, replies, material)))


def _replies(request: PageRequest, found: Tweet) -> HttpResponse:
    """The next replies alone, for a page that shows the first."""
    replies = _reply_ids(request, found)
    material = presenting.gather(replies, request.user.pk)
    return for_both(render(request, "tweets/_replies.html", _replies_context(found, replies, material)))


def _reply_ids(request: PageRequest, found: Tweet) -> list[int]:
    """The ids of a page of replies, and one more if there are more."""
    return queries.reply_ids(found.pk, id_from(request, "after") or 0, REPLIES + 1)


def _replies_context(found: Tweet, ids: list[int], material: presenting.Material) -> dict[str, Any]:
    page = ids[:REPLIES]
    more = f"{found.get_absolute_url()}?after={page[-1]}" if len(ids) > REPLIES else None
    wanted = [each for each in page if material.is_wanted(each, whole_conversation=True)]
    seen = [json for each in wanted if (json := material.json(each)) != presenting.NOTHING]
    return {"replies": seen, "more": more}


# --- Doing -----------------------------------------------------------------------------------------------------

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
