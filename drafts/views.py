"""Drafts and scheduled tweets: the lists of them, saving, editing, posting now, deleting."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.limits import limited
from drafts import actions, queries
from drafts.models import Draft
from tweets import writing
from tweets.forms import ComposeForm
from tweets.models import Tweet
from tweets.pages import MemberRequest, changed, for_members, page_behind
from tweets.rejections import Rejected

WRITTEN_ON = ("compose", "compose_thread", "compose_more", "draft", "drafts")


@limited(POST="draft")
@for_members
@require_http_methods(["GET", "HEAD", "POST"])
def drafts(request: MemberRequest) -> HttpResponse:
    """What waits for its author; a POST adds to it, or to what waits for its time."""
    if request.method == "POST":
        return _save(request)
    return render(request, "drafts/list.html", {"drafts": queries.drafts_of(request.user)})


@for_members
@require_safe
def scheduled(request: MemberRequest) -> HttpResponse:
    """What waits for its time."""
    return render(request, "drafts/list.html", {"drafts": queries.scheduled_of(request.user)})


@limited(POST="draft")
@for_members
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: MemberRequest, draft_id: int) -> HttpResponse:
    """The composer with a draft in it; a POST writes the draft anew."""
    own = _own(request, draft_id)
    if request.method == "POST":
        return _save(request, own)
    about = {name: getattr(own, name) for name in ("in_reply_to_id", "quote_of_id", "reply_settings", "scheduled_at")}
    return writing.composer(request, ComposeForm(initial=about | {"draft_id": own.pk}, tweets=own.content()))


def _own(request: MemberRequest, draft_id: int) -> Draft:
    try:
        return queries.own_draft(request.user, draft_id)
    except Draft.DoesNotExist:
        raise Http404 from None


def _save(request: MemberRequest, own: Draft | None = None) -> HttpResponse:
    form = ComposeForm(request.POST, place=writing.place(request))
    if not form.is_valid():
        return writing.composer(request, form)
    try:
        saved = _saved(request, form, own)
    except Rejected as reason:
        form.refuse(reason)
        return writing.composer(request, form)
    except Draft.DoesNotExist:
        raise Http404 from None
    return _answer(request, form, saved)


def _saved(request: MemberRequest, form: ComposeForm, own: Draft | None) -> Draft:
    when = _when(request, form)
    if own:
        return actions.change(author=request.user, draft_id=own.pk, content=form.content(), scheduled_at=when)
    key = form.cleaned_data["idempotency_key"] or None
    return actions.save(author=request.user, content=form.content(), scheduled_at=when, idempotency_key=key)


def _when(request: MemberRequest, form: ComposeForm) -> datetime | None:
    """
    Raises:
        NoTime: it is to be scheduled, but nobody says when.
    """
    if request.POST.get("do") != "schedule":
        return None
    when: datetime | None = form.cleaned_data["scheduled_at"]
    if when is None:
        raise actions.NoTime
    return when


def _answer(request: MemberRequest, form: ComposeForm, saved: Draft) -> HttpResponse:
    """Scripts get an empty composer where people go on writing; else there is the list."""
    words = f"Will be posted on {saved.scheduled_at:%-d %B %Y, %H:%M} UTC." if saved.scheduled_at else "Draft saved."
    address = reverse("scheduled" if saved.scheduled_at else "drafts")
    if request.htmx and page_behind(request)[0] not in WRITTEN_ON:
        fresh = ComposeForm(initial={"in_reply_to_id": form.cleaned_data["in_reply_to_id"]}, place=form.place)
        context = {"composer": fresh, "place": form.place, "words": words, "address": address}
        return changed(render(request, "drafts/_saved.html", context), [])
    messages.success(request, words)
    return _lead(request, address)


def _lead(request: MemberRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


@limited(POST="thread")
@require_POST
@for_members
def post(request: MemberRequest, draft_id: int) -> HttpResponse:
    """Post a draft now: as it is, or as the composer that is sent along has it."""
    form = ComposeForm(request.POST, place=writing.place(request)) if "text" in request.POST else None
    if form and not form.is_valid():
        return writing.composer(request, form)
    try:
        posted = actions.post(author=request.user, draft_id=draft_id, content=form.content() if form else None)
    except Draft.DoesNotExist:
        raise Http404 from None
    except Rejected as reason:
        return _refused(request, form, draft_id, reason)
    return _posted(request, posted)


def _refused(request: MemberRequest, form: ComposeForm | None, draft_id: int, reason: Rejected) -> HttpResponse:
    if form:
        form.refuse(reason)
        return writing.composer(request, form)
    messages.error(request, str(reason))
    return redirect("draft", draft_id)


def _posted(request: MemberRequest, posted: list[Tweet]) -> HttpResponse:
    messages.success(request, "Your tweets were posted." if len(posted) > 1 else "Your tweet was posted.")
    first = posted[0]
    own_page = reverse("tweet", args=[request.user.username, first.pk])
    return _lead(request, own_page if first.in_reply_to_id else reverse("home"))


@limited(POST="draft")
@for_members
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: MemberRequest, draft_id: int) -> HttpResponse:
    """Delete a draft; a GET asks whether that is meant."""
    own = _own(request, draft_id)
    if request.method != "POST":
        return render(request, "drafts/delete.html", {"draft": own})
    try:
        actions.delete(author=request.user, draft_id=draft_id)
    except Draft.DoesNotExist:
        raise Http404 from None
    messages.success(request, "It was deleted.")
    return redirect("scheduled" if own.scheduled_at else "drafts")
