"""What is rising, and whom to follow: pages, and the cards beside other pages."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import queries as people
from accounts.limits import limited
from accounts.models import User
from discovery import actions, suggestions, trends
from tweets.pages import MemberRequest, PageRequest, back, for_both, for_members

PEOPLE_BESIDE = 3
PEOPLE = 30
TRENDS_BESIDE = 5
TRENDS = 30


@require_safe
def people_to_follow(request: PageRequest) -> HttpResponse:
    """People the viewer does not follow yet: a page, or the few that stand beside other pages."""
    template, many = ("discovery/_people.html", PEOPLE_BESIDE) if request.htmx else ("discovery/people.html", PEOPLE)
    found = suggestions.of(request.user.pk, many)
    return for_both(render(request, template, {"suggestions": found}))


@require_safe
def rising(request: PageRequest) -> HttpResponse:
    """What is rising: a page, or the few that stand beside other pages."""
    template, many = ("discovery/_trends.html", TRENDS_BESIDE) if request.htmx else ("discovery/trends.html", TRENDS)
    return for_both(render(request, template, {"terms": trends.rising(many)}))


@limited(POST="write")
@require_POST
@for_members
def dismiss(request: MemberRequest, username: str) -> HttpResponse:
    """Suggest this person no longer."""
    try:
        actions.dismiss(viewer=request.user, person=people.person(username, request.user.pk))
    except User.DoesNotExist:
        raise Http404 from None
    except actions.Yourself:
        messages.error(request, "You are not suggested to yourself.")
    return HttpResponse() if request.htmx else back(request, reverse("people_to_follow"))
