"""The pages of notifications."""

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.limits import limited
from notifications import actions, reading
from notifications.forms import ReadForm
from notifications.queries import Filter
from tweets.pages import MemberRequest, back, for_both, for_members, id_from

PAGE = 20


@require_safe
@never_cache
@for_members
def notifications(request: MemberRequest, which: Filter = Filter.ALL) -> HttpResponse:
    """What others did that concerns the viewer.

    The first page of all says by itself, once seen, that it has been read (`read`); the filtered ones do not, since
    they show but a part of what is older than their latest.
    """
    before = id_from(request, "before")
    page = reading.page(request.user, which, before=before, limit=PAGE)
    context = {
        "entries": page.entries,
        "which": which,
        "more": f"{request.path}?before={page.older}" if page.older else None,
        "newest": page.newest if which == Filter.ALL and not before else 0,
    }
    template = "notifications/_page.html" if request.htmx else "notifications/notifications.html"
    return for_both(render(request, template, context))


@limited(POST="write")
@require_POST
@for_members
def read(request: MemberRequest) -> HttpResponse:
    """Mark everything up to a position as read: scripts send the form when they see it, people by its button."""
    form = ReadForm(request.POST)
    if not form.is_valid():
        raise BadRequest("It does not say up to where.")
    actions.mark_read(user=request.user, up_to=form.cleaned_data["up_to"])
    if request.htmx:
        return HttpResponse(status=204)
    return back(request, "notifications")
