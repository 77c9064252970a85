"""Changing a tweet, what it said before, and what open pages show of tweets that have changed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.limits import limited
from tweets import editing, pinning, presenting, queries
from tweets.edit_forms import EditForm
from tweets.models import Tweet
from tweets.pages import MemberRequest, PageRequest, back, changed, for_both, for_members, ids_from, page_behind
from tweets.rejections import Rejected

# --- Editing ---------------------------------------------------------------------------------------------------


@limited(POST="post")
@for_members
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, tweet_id: int) -> HttpResponse:
    """A form with the text as it is; a POST changes it."""
    own = _own(request, tweet_id)
    if request.method == "POST":
        return _change(request, own)
    try:
        editing.check_editable(own)
    except Rejected as reason:
        return _refused(request, own, reason)
    return _form(request, own, EditForm.of(own))


def _own(request: MemberRequest, tweet_id: int) -> Tweet:
    try:
        return queries.own_tweet(request.user, tweet_id)
    except Tweet.DoesNotExist:
        raise Http404 from None


def _change(request: MemberRequest, own: Tweet) -> HttpResponse:
    form = EditForm(request.POST)
    if not form.is_valid():
        return _form(request, own, form)
    try:
        editing.edit_tweet(author=request.user, tweet_id=own.pk, **form.cleaned_data)
    except Rejected as reason:
        form.refuse(reason)
        return _form(request, own, form)
    except editing.EditedMeanwhile as conflict:
        return _form(request, conflict.tweet, form.after(conflict.tweet))
    except Tweet.DoesNotExist:
        raise Http404 from None
    messages.success(request, "Your tweet was edited.")
    if not request.htmx:
        return redirect("tweet", request.user.username, own.pk)
    return changed(render(request, "_notices.html"), [own.pk])


def _form(request: MemberRequest, own: Tweet, form: EditForm) -> HttpResponse:
    template = "tweets/_edit.html" if request.htmx else "tweets/edit.html"
    context = {"form": form, "tweet": own}
    return for_both(render(request, template, context, status=422 if form.problems() else 200))


def _refused(request: MemberRequest, own: Tweet, reason: Rejected) -> HttpResponse:
    messages.error(request, str(reason))
    return render(request, "_notices.html") if request.htmx else redirect("tweet", request.user.username, own.pk)


# --- Pinning ---------------------------------------------------------------------------------------------------


@limited(POST="write")
@require_POST
@for_members
def pin(request: MemberRequest, tweet_id: int) -> HttpResponse:
    """Show a tweet first on the profile, or with the field `undo` no longer."""
    undo = "undo" in request.POST
    pinned_before = queries.pinned_id(request.user.pk)
    try:
        (pinning.unpin if undo else pinning.pin)(user=request.user, tweet_id=tweet_id)
    except Tweet.DoesNotExist:
        raise Http404 from None
    except Rejected as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, f"Your tweet was {'unpinned from' if undo else 'pinned to'} your profile.")
    return _pinned(request, [each for each in (tweet_id, pinned_before) if each])


def _pinned(request: MemberRequest, tweet_ids: list[int]) -> HttpResponse:
    """On the profile everything is in another place now; elsewhere a word will do, and other words in the menus."""
    profile = reverse("profile", args=[request.user.username])
    if not request.htmx:
        return back(request, profile)
    name, arguments = page_behind(request)
    if name == "profile" and arguments["username"] == request.user.username:
        return HttpResponseClientRedirect(profile)
    return changed(render(request, "_notices.html"), tweet_ids)


# --- Reading ---------------------------------------------------------------------------------------------------


@require_safe
def history(request: PageRequest, username: str, tweet_id: int) -> HttpResponse:
    """What a tweet says and said."""
    try:
        tweet = queries.visible_original(tweet_id, request.user.pk)
    except Tweet.DoesNotExist:
        raise Http404 from None
    if (tweet.author.username, tweet.pk) != (username, tweet_id):
        return redirect("history", tweet.author.username, tweet.pk)
    return render(request, "tweets/history.html", {"tweet": tweet, "versions": queries.versions(tweet)})


MOST_ENTRIES = 100


@limited(GET="poll")
@never_cache
@require_safe
@for_members
def entries(request: MemberRequest) -> HttpResponse:
    """Tweets to be put in the place of what a page shows of them; without those that can't be seen any more.

    In the address, `ids` are those to be shown as in a feed, `main` the one that a page is about, `pinned` the first of
    a profile.
    """
    asked = {name: ids_from(request, name) for name in ("ids", "main", "pinned")}
    everything = [each for ids in asked.values() for each in ids]
    if len(everything) > MOST_ENTRIES:
        raise BadRequest(f"More than {MOST_ENTRIES} ids.")
    material = presenting.gather(everything, request.user.pk)
    plain: dict[str, Any] = {name: [material.shown(each) for each in asked[name]] for name in ("main", "pinned")}
    shown = [json for each in asked["ids"] if (json := material.json(each)) != presenting.NOTHING]
    return render(request, "tweets/_entries.html", plain | {"tweets": shown})
