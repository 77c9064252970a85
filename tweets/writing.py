"""The composer: a tweet, or several that are posted as one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.limits import limited
from tweets import actions, presenting, queries
from tweets.composing import NewTweet
from tweets.forms import ComposeForm
from tweets.models import Tweet
from tweets.pages import MemberRequest, changed, for_both, for_members, id_from, page_behind
from tweets.rejections import MayNotReply, Rejected
from tweets.shown import Shown, shown


@limited(POST="post")
@for_members
@require_http_methods(["GET", "HEAD", "POST"])
def compose(request: MemberRequest) -> HttpResponse:
    """A composer of its own: for a reply, a quote, or just a tweet."""
    if request.method == "POST":
        form = ComposeForm(request.POST, place=place(request))
        if form.is_thread:
            raise BadRequest("Several tweets go to the address of threads.")
        return _post(request, form)
    about = {name: id_from(request, name) for name in ("in_reply_to_id", "quote_of_id")}
    return composer(request, ComposeForm(initial=about))


@limited(POST="thread")
@require_POST
@for_members
def compose_thread(request: MemberRequest) -> HttpResponse:
    """Post several tweets as one."""
    return _post(request, ComposeForm(request.POST, place=place(request)))


@limited(POST="read")
@require_POST
@for_members
def more(request: MemberRequest) -> HttpResponse:
    """The same composer with one tweet more, or without one of them. Nothing is posted, nothing is kept."""
    return composer(request, grown(request, ComposeForm(request.POST, place=place(request))))


def grown(request: MemberRequest, form: ComposeForm) -> ComposeForm:
    """What was sent, with one tweet more or without the one that is to be removed."""
    tweets = form.written()
    removed = request.POST.get("take_out", "")
    if removed:
        tweets = [each for each, part in zip(tweets, form.tweets, strict=True) if str(part.number) != removed]
    elif form.may_grow:
        tweets.append(NewTweet(""))
    fresh = ComposeForm(
        initial={name: form[name].value() for name in form.fields},
        tweets=tweets or [NewTweet("")],
        place=form.place,
    )
    fresh.was_changed = True
    return fresh


def _post(request: MemberRequest, form: ComposeForm) -> HttpResponse:
    if not form.is_valid():
        return composer(request, form)
    try:
        key = form.cleaned_data["idempotency_key"] or None
        first, *_ = posted = actions.post_thread(author=request.user, idempotency_key=key, **form.content())
    except Rejected as reason:
        form.refuse(reason)
        return composer(request, form, is_forbidden=isinstance(reason, MayNotReply))
    if request.htmx:
        return _posted(request, form, posted)
    messages.success(request, "Your tweets were posted." if form.is_thread else "Your tweet was posted.")
    return redirect("tweet", request.user.username, first.pk) if first.in_reply_to_id else redirect("home")


def place(request: MemberRequest) -> str:
    given = request.POST.get("place")
    return given if given in ("home", "reply") else "alone"


def composer(request: MemberRequest, form: ComposeForm, *, is_forbidden: bool = False) -> HttpResponse:
    """The composer with the tweets it is about; of a form that comes back, scripts get the form alone."""
    status = 422 if form.is_refused else 200
    if request.htmx and (form.is_bound or form.was_changed):
        return render(request, "tweets/_composer.html", {"composer": form, "place": form.place}, status=status)
    answered, quoted = (_about(request, form, name) for name in ("in_reply_to_id", "quote_of_id"))
    template = "tweets/_compose.html" if request.htmx else "tweets/compose.html"
    may_reply = answered is None or form.is_bound or queries.may_reply_to(request.user.pk, int(answered["id"]))
    context = {"composer": form, "answered": answered, "quoted": quoted, "may_reply": may_reply}
    return for_both(render(request, template, context, status=403 if is_forbidden else status))


def _about(request: MemberRequest, form: ComposeForm, name: str) -> Shown | None:
    """The tweet to answer or quote, for a look at it; None if it can't be had."""
    given = str(form[name].value() or "")
    if not given.isdecimal() or len(given) > 19:
        return None
    tweet = shown(int(given), request.user)
    return tweet and (tweet["retweet_of"] or tweet)


def _posted(request: MemberRequest, form: ComposeForm, posted: list[Tweet]) -> HttpResponse:
    fresh = ComposeForm(initial={"in_reply_to_id": form.cleaned_data["in_reply_to_id"]}, place=form.place)
    shown_in = _list_for(request, posted[0])
    material = presenting.gather([each.pk for each in posted], request.user.pk)
    entries = [material.shown(each.pk) for each in posted]
    context: dict[str, Any] = {
        "composer": fresh,
        "place": form.place,
        "first": entries[0],
        "entries": entries[::-1] if shown_in == HOME_FEED else entries,
        "shown_in": shown_in,
        "is_answer": shown_in == ANSWERS,
        "is_thread": form.is_thread,
    }
    about = [form.cleaned_data[name] for name in ("in_reply_to_id", "quote_of_id")]
    return changed(render(request, "tweets/_posted.html", context), [each for each in about if each])


HOME_FEED = "afterbegin:#feed"
ANSWERS = "afterbegin:#replies"


def _list_for(request: MemberRequest, tweet: Tweet) -> str | None:
    """Where on the reader's page the new tweet belongs, as htmx writes it."""
    name, arguments = page_behind(request)
    if name == "home":
        return HOME_FEED
    if name != "tweet" or not tweet.in_reply_to_id:
        return None
    if arguments["tweet_id"] != tweet.in_reply_to_id:
        return f"afterend:#tweet-{tweet.in_reply_to_id}"
    return "beforeend:#thread" if tweet.in_reply_to_user_id == tweet.author_id else ANSWERS
