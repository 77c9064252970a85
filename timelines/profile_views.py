"""Pages under a person's name: what he wrote, and the people around him."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts import actions, queries
from accounts.counts import people as people_counts
from accounts.limits import limited
from accounts.models import User
from accounts.queries import PeoplePage
from accounts.relations import actions as relations
from accounts.relations.queries import Closed
from timelines import marked
from timelines import profile as profiles
from timelines.feed import FeedPage
from timelines.views import PAGE, cursor, feed, viewer_of
from tweets import presenting
from tweets import queries as tweets
from tweets.pages import MemberRequest, PageRequest, back, for_both, for_members, id_from


@require_safe
def profile(request: PageRequest, username: str, with_replies: bool = False) -> HttpResponse:
    """What a person wrote and retweeted."""
    try:
        person = queries.person(username, request.user.pk)
    except User.DoesNotExist:
        return _unavailable(request)
    if person.username != username:
        return redirect("profile_replies" if with_replies else "profile", person.username)
    place = cursor(request)
    pinned_id = None if with_replies else tweets.pinned_id(person.pk)
    try:
        page = profiles.page(
            person, viewer_of(request), with_replies=with_replies, without_id=pinned_id, limit=PAGE, **place
        )
    except Closed as closed:
        return _closed(request, person, closed)
    is_first = not any(place.values())
    pinned = presenting.gather([pinned_id], request.user.pk).shown(pinned_id) if pinned_id and is_first else None
    return _tweets(request, person, page, {"tab": "replies" if with_replies else "tweets", "pinned": pinned})


def _closed(request: PageRequest, person: User, why: Closed) -> HttpResponse:
    return render(request, "timelines/profile_closed.html", _head(request, person) | {"why": why})


def _tweets(request: PageRequest, person: User, page: FeedPage, context: dict[str, Any]) -> HttpResponse:
    """A page of the profile, with its head unless scripts ask for more of the same."""
    head = {} if request.htmx else _head(request, person)
    return feed(request, "timelines/profile.html", page, head | context)


@require_safe
@for_members
def likes(request: MemberRequest, username: str) -> HttpResponse:
    """What the viewer likes; the likes of everybody else are as unknown as those of nobody."""
    person = request.user
    if username.lower() != person.username.lower():
        raise Http404
    if person.username != username:
        return redirect("profile_likes", person.username)
    return _tweets(request, person, marked.likes(person, limit=PAGE, **cursor(request)), {"tab": "likes"})


def _unavailable(request: PageRequest) -> HttpResponse:
    """The same whether there is nobody, somebody suspended, or somebody who blocks the viewer."""
    return render(request, "timelines/unavailable.html", status=404)


def _person(request: PageRequest, username: str) -> User:
    try:
        return queries.person(username, request.user.pk)
    except User.DoesNotExist:
        raise Http404 from None


def _anybody(username: str) -> User:
    try:
        return queries.anybody(username)
    except User.DoesNotExist:
        raise Http404 from None


def _head(request: PageRequest, person: User) -> dict[str, Any]:
    """Who a person is, how the viewer stands to him, and his figures."""
    queries.with_relations(request.user.pk, [person])
    return {"person": person, "counts": people_counts.shown([person.pk])[person.pk]}


@require_safe
def followers(request: PageRequest, username: str) -> HttpResponse:
    return _follows(request, username, "followers", queries.followers)


@require_safe
def following(request: PageRequest, username: str) -> HttpResponse:
    return _follows(request, username, "following", queries.following)


def _follows(request: PageRequest, username: str, side: str, read: Callable[..., PeoplePage]) -> HttpResponse:
    person = _person(request, username)
    try:
        page = read(person, request.user.pk, before=id_from(request, "before"))
    except Closed as closed:
        return _closed(request, person, closed)
    more = f"{reverse(side, args=[person.username])}?before={page.next}" if page.next else None
    template = "timelines/_follows.html" if request.htmx else "timelines/follows.html"
    return for_both(render(request, template, {"person": person, "side": side, "people": page.people, "more": more}))


@limited(POST="follow")
@require_POST
@for_members
def follow(request: MemberRequest, username: str) -> HttpResponse:
    """Follow, or with the field `undo` unfollow; scripts get the button, or the profile's head, anew."""
    person = _person(request, username)
    try:
        change = actions.unfollow if "undo" in request.POST else actions.follow
        change(follower=request.user, followee=person)
    except actions.CannotFollowYourself:
        messages.error(request, "You can't follow yourself.")
        return redirect(person)
    except actions.CannotFollowBlocked:
        messages.error(request, f"You have blocked @{person.username}.")
        return redirect(person)
    except User.DoesNotExist:
        raise Http404 from None
    return _changed(request, person)


def _changed(request: MemberRequest, person: User) -> HttpResponse:
    """Back to where the form was sent; scripts get what it stood in anew."""
    if not request.htmx:
        return back(request, person.get_absolute_url())
    head = request.htmx.target == "profile"
    return render(request, "timelines/_profile_head.html" if head else "_follow.html", _head(request, person))


@limited(POST="write")
@require_POST
@for_members
def block(request: MemberRequest, username: str) -> HttpResponse:
    """Block, or with the field `undo` unblock."""
    person = _anybody(username)
    try:
        change = relations.unblock if "undo" in request.POST else relations.block
        change(blocker=request.user, blocked=person)
    except relations.CannotBlockYourself:
        messages.error(request, "You can't block yourself.")
        return redirect(person)
    return _told(request, person, "blocked")


@limited(POST="write")
@require_POST
@for_members
def mute(request: MemberRequest, username: str) -> HttpResponse:
    """Mute, or with the field `undo` unmute."""
    person = _anybody(username)
    try:
        change = relations.unmute if "undo" in request.POST else relations.mute
        change(muter=request.user, muted=person)
    except relations.CannotMuteYourself:
        messages.error(request, "You can't mute yourself.")
        return redirect(person)
    return _told(request, person, "muted")


def _told(request: MemberRequest, person: User, what: str) -> HttpResponse:
    """Back with a word about what is done. Of a list, scripts get the button anew; of a profile, all of the page."""
    if request.htmx and request.htmx.target != "profile":
        return render(request, "_follow.html", _head(request, person))
    negation = "no longer " if "undo" in request.POST else ""
    messages.success(request, f"@{person.username} is {negation}{what}.")
    return HttpResponseClientRedirect(person.get_absolute_url()) if request.htmx else back(request)
