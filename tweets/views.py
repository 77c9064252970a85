"""Writing, one tweet and its thread, and what can be done with a tweet."""

from collections.abc import Callable
from typing import Any, TypeAlias

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from accounts.limits import limited
from accounts.models import User
from tweets import actions, presenting, queries
from tweets.forms import ComposeForm
from tweets.models import Tweet
from tweets.pages import MemberRequest, PageRequest, back, came_from, for_both, for_members, id_from

REPLIES = 20

Shown: TypeAlias = dict[str, Any]
"""A tweet as the API's plain data."""


# --- Writing ---------------------------------------------------------------------------------------------------


@limited(POST="post")
@for_members
@require_http_methods(["GET", "HEAD", "POST"])
def compose(request: MemberRequest) -> HttpResponse:
    """A composer of its own: for a reply, a quote, or just a tweet."""
    if request.method == "POST":
        return _post(request)
    about = {name: id_from(request, name) for name in ("in_reply_to_id", "quote_of_id")}
    return _composer(request, ComposeForm(initial=about))


def _post(request: MemberRequest) -> HttpResponse:
    form = ComposeForm(request.POST, place=_place(request))
    if not form.is_valid():
        return _composer(request, form)
    try:
        tweet = actions.post_tweet(author=request.user, **form.cleaned_data)
    except actions.Rejected as reason:
        form.refuse(reason)
        return _composer(request, form)
    if request.htmx:
        return _posted(request, form, tweet)
    messages.success(request, "Your tweet was posted.")
    return redirect("tweet", request.user.username, tweet.pk) if tweet.in_reply_to_id else redirect("home")


def _place(request: MemberRequest) -> str:
    place = request.POST.get("place")
    return place if place in ("home", "reply") else "alone"


def _composer(request: MemberRequest, form: ComposeForm) -> HttpResponse:
    """The composer with the tweets it is about; of a form that was wrong, scripts get the form alone."""
    status = 422 if form.errors else 200
    if request.htmx and form.is_bound:
        return render(request, "tweets/_composer.html", {"composer": form, "place": form.place}, status=status)
    answered, quoted = (_about(request, form, name) for name in ("in_reply_to_id", "quote_of_id"))
    template = "tweets/_compose.html" if request.htmx else "tweets/compose.html"
    context = {"composer": form, "answered": answered, "quoted": quoted}
    return for_both(render(request, template, context, status=status))


def _about(request: MemberRequest, form: ComposeForm, name: str) -> Shown | None:
    """The tweet to answer or quote, for a look at it; None if it can't be had."""
    given = str(form[name].value() or "")
    if not given.isdecimal():
        return None
    tweet = _shown(int(given), request.user)
    return tweet and (tweet["retweet_of"] or tweet)


def _posted(request: MemberRequest, form: ComposeForm, tweet: Tweet) -> HttpResponse:
    fresh = ComposeForm(initial={"in_reply_to_id": form.cleaned_data["in_reply_to_id"]}, place=form.place)
    context = {
        "composer": fresh,
        "place": form.place,
        "entry": _shown(tweet.pk, request.user),
        "shown_in": _list_for(request, tweet),
    }
    return trigger_client_event(render(request, "tweets/_posted.html", context), "posted", after="settle")


def _list_for(request: MemberRequest, tweet: Tweet) -> str | None:
    """Where on the reader's page the new tweet belongs, as htmx writes it."""
    name, arguments = _page_behind(request)
    if name == "home":
        return "afterbegin:#feed"
    if name == "tweet" and arguments["tweet_id"] == tweet.in_reply_to_id:
        return "beforeend:#replies"
    return None


def _page_behind(request: PageRequest) -> tuple[str, dict[str, Any]]:
    """The name and arguments of the page on which a script asks, unless it is a later page of a list."""
    try:
        match = resolve(request.htmx.current_url_abs_path or "")
    except Resolver404:
        return "", {}
    return match.url_name or "", match.kwargs


def _there(shown: Shown | None) -> Shown:
    """A tweet that may have gone since it was found."""
    if shown is None:
        raise Http404
    return shown


def _shown(tweet_id: int, viewer: User) -> Shown | None:
    """A tweet, None if it can't be seen."""
    shown: Shown | None = presenting.gather([tweet_id], viewer.pk).shown(tweet_id)
    return shown


# --- Reading ---------------------------------------------------------------------------------------------------


@require_safe
def tweet(request: PageRequest, username: str, tweet_id: int) -> HttpResponse:
    """A tweet, what it answers, and what was answered to it."""
    found = _found(tweet_id)
    if found.retweet_of_id:
        return redirect(_found(found.retweet_of_id))
    if found.author.username != username:
        return redirect(found)
    return _replies(request, found) if request.htmx else _thread(request, found)


def _found(tweet_id: int) -> Tweet:
    try:
        return queries.visible_tweet(tweet_id)
    except Tweet.DoesNotExist:
        raise Http404 from None


def _thread(request: PageRequest, found: Tweet) -> HttpResponse:
    ancestors, replies = queries.ancestor_ids(found), _reply_ids(request, found)
    material = presenting.gather([*ancestors, found.pk, *replies], request.user.pk)
    context = {
        "tweet": _there(material.shown(found.pk)),
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
    seen = [json for each in page if (json := material.json(each)) != presenting.NOTHING]
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
        return _buttons(request, tweet_id) if request.htmx else back(request)

    return view


def _buttons(request: MemberRequest, tweet_id: int) -> HttpResponse:
    entry = request.POST.get("entry", "")
    context = {"tweet": _there(_shown(tweet_id, request.user)), "entry_id": entry if entry.isdecimal() else tweet_id}
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
        return render(request, "tweets/delete.html", {"tweet": _there(_shown(tweet_id, request.user))})
    actions.delete_tweet(tweet=own)
    return _deleted(request, own)


def _deleted(request: MemberRequest, own: Tweet) -> HttpResponse:
    messages.success(request, "Your tweet was deleted.")
    profile = reverse("profile", args=[request.user.username])
    name, arguments = _page_behind(request)
    if name == "tweet" and arguments["tweet_id"] == own.pk:
        return HttpResponseClientRedirect(profile)
    if request.htmx:
        return render(request, "_notices.html")
    left = came_from(request, profile)
    return redirect(profile if f"/{own.pk}/" in left else left)
