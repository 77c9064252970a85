"""The settings about who sees what: protection, requests, and whom and what one keeps away."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions as people
from accounts.fields import MAX_ID
from accounts.limits import limited
from accounts.models import FollowRequest
from accounts.queries import PeoplePage
from accounts.relations import actions, listings
from accounts.relations.forms import PrivacyForm, WordForm
from accounts.views import MemberRequest


@limited(POST="write")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: MemberRequest) -> HttpResponse:
    """Whether the account is protected, and the way to all of the following."""
    if request.method == "POST":
        form = PrivacyForm(request.POST)
        if form.is_valid():
            people.edit_profile(user=request.user, changes=form.cleaned_data)
            messages.success(request, "Your settings are saved.")
            return redirect("privacy")
    form = PrivacyForm(initial={"is_protected": request.user.is_protected})
    return render(request, "relations/privacy.html", {"form": form})


# --- Lists of people -------------------------------------------------------------------------------------------


@require_safe
@login_required
def blocked(request: MemberRequest) -> HttpResponse:
    return _people(request, "blocked", listings.blocked)


@require_safe
@login_required
def muted(request: MemberRequest) -> HttpResponse:
    return _people(request, "muted", listings.muted)


@require_safe
@login_required
def follow_requests(request: MemberRequest) -> HttpResponse:
    return _people(request, "requests", listings.requests)


def _people(request: MemberRequest, which: str, read: Callable[..., PeoplePage]) -> HttpResponse:
    page = read(request.user, _cursor(request))
    more = f"{request.path}?before={page.next}" if page.next else None
    return render(request, f"relations/{which}.html", {"people": page.people, "more": more})


def _cursor(request: MemberRequest) -> int | None:
    text = request.GET.get("before", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 19 and int(text) <= MAX_ID):
        raise Http404
    return int(text)


@limited(POST="follow")
@require_POST
@login_required
def answer_request(request: MemberRequest, username: str) -> HttpResponse:
    """Let somebody follow who has asked, or with the field `undo` refuse."""
    try:
        asked = listings.request_by(request.user, username)
    except FollowRequest.DoesNotExist:
        raise Http404 from None
    if "undo" in request.POST:
        actions.refuse_request(request=asked)
        messages.success(request, f"@{asked.requester.username} was refused, and is not told.")
    else:
        people.accept_request(request=asked)
        messages.success(request, f"@{asked.requester.username} follows you now.")
    return redirect("follow_requests")


# --- Words -----------------------------------------------------------------------------------------------------


@limited(POST="write")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def muted_words(request: MemberRequest) -> HttpResponse:
    """What is muted, and a form for more."""
    form = WordForm(request.POST) if request.method == "POST" else WordForm()
    if request.method == "POST" and form.is_valid():
        try:
            actions.mute_phrase(user=request.user, phrase=form.cleaned_data["phrase"], until=form.until())
            return redirect("muted_words")
        except actions.BadPhrase as refusal:
            form.add_error("phrase", str(refusal))
    context = {"form": form, "words": listings.muted_words(request.user)}
    return render(request, "relations/words.html", context, status=422 if form.errors else 200)


@limited(POST="write")
@require_POST
@login_required
def unmute_word(request: MemberRequest, word_id: int) -> HttpResponse:
    if not actions.unmute_phrase(user=request.user, pk=word_id):
        raise Http404
    return redirect("muted_words")
