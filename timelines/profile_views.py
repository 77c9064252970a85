"""Pages under a person's name: what he wrote, and the people around him."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, queries
from accounts.counts import people as people_counts
from accounts.limits import limited
from accounts.models import User
from accounts.queries import PeoplePage
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
    person = _person(username)
    if person.username != username:
        return redirect("profile_replies" if with_replies else "profile", person.username)
    place = cursor(request)
    pinned_id = None if with_replies else tweets.pinned_id(person.pk)
    page = profiles.page(
        person, viewer_of(request), with_replies=with_replies, without_id=pinned_id, limit=PAGE, **place
    )
    is_first = not any(place.values())
    pinned = presenting.gather([pinned_id], request.user.pk).shown(pinned_id) if pinned_id and is_first else None
    return _tweets(request, person, page, {"tab": "replies" if with_replies else "tweets", "pinned": pinned})


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


def _person(username: str) -> User:
    try:
        return queries.person(username)
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
    person = _person(username)
    page = read(person, request.user.pk, before=id_from(request, "before"))
    more = f"{reverse(side, args=[person.username])}?before={page.next}" if page.next else None
    template = "timelines/_follows.html" if request.htmx else "timelines/follows.html"
    return for_both(render(request, template, {"person": person, "side": side, "people": page.people, "more": more}))


@limited(POST="follow")
@require_POST
@for_members
def follow(request: MemberRequest, username: str) -> HttpResponse:
    """Follow, or with the field `undo` unfollow; scripts get the button, or the profile's head, anew."""
    person = _person(username)
    try:
        change = actions.unfollow if "undo" in request.POST else actions.follow
        change(follower=request.user, followee=person)
    except actions.CannotFollowYourself:
        messages.error(request, "You can't follow yourself.")
        return redirect(person)
    except User.DoesNotExist:
        raise Http404 from None
    if not request.htmx:
        return back(request, person.get_absolute_url())
    head = request.htmx.target == "profile"
    return render(request, "timelines/_profile_head.html" if head else "_follow.html", _head(request, person))
