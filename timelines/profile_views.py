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
from accounts.relations import listings
from accounts.relations.queries import Closed
from timelines import marked
from timelines import profile as profiles
from timelines.feed import FeedPage
from timelines.views import PAGE, cursor, feed, viewer_of
from tweets import presenting
from tweets import queries as tweets
from tweets.pages import MemberRequest, PageRequest, back, for_both, for_members, id_from

KNOWN = 3


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
    return render(request, "timelines/profile_closed.html", head(request, person) | {"why": why})


def _tweets(request: PageRequest, person: User, page: FeedPage, context: dict[str, Any]) -> HttpResponse:
    """A page of the profile, with its head unless scripts ask for more of the same."""
    about = {} if request.htmx else head(request, person)
    return feed(request, "timelines/profile.html", page, about | context)


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


def person_of(request: PageRequest, username: str) -> User:
    try:
        return queries.person(username, request.user.pk)
    except User.DoesNotExist:
        raise Http404 from None


def head(request: PageRequest, person: User) -> dict[str, Any]:
    """Who a person is, how the viewer stands to him, and his figures."""
    queries.with_relations(request.user.pk, [person])
    return {
        "person": person,
        "counts": people_counts.shown([person.pk])[person.pk],
        "known": _known(request, person),
    }


def _known(request: PageRequest, person: User) -> list[User]:
    """Some of a person's followers whom the viewer follows."""
    viewer = viewer_of(request)
    try:
        return listings.known_followers(person, viewer, limit=KNOWN).people if viewer and viewer != person else []
    except Closed:
        return []


@require_safe
def followers(request: PageRequest, username: str) -> HttpResponse:
    return _follows(request, username, "followers", queries.followers)


@require_safe
def following(request: PageRequest, username: str) -> HttpResponse:
    return _follows(request, username, "following", queries.following)


@require_safe
@for_members
def known_followers(request: MemberRequest, username: str) -> HttpResponse:
    """Those of a person's followers whom the viewer follows."""

    def read(person: User, _viewer_id: int | None, before: int | None) -> PeoplePage:
        return listings.known_followers(person, request.user, before)

    return _follows(request, username, "known_followers", read)


def _follows(request: PageRequest, username: str, side: str, read: Callable[..., PeoplePage]) -> HttpResponse:
    person = person_of(request, username)
    try:
        page = read(person, request.user.pk, before=id_from(request, "before"))
    except Closed as closed:
        return _closed(request, person, closed)
    more = f"{reverse(side, args=[person.username])}?before={page.next}" if page.next else None
    template = "timelines/_follows.html" if request.htmx else "timelines/follows.html"
    context = {"person": person, "side": side, "people": page.people, "more": more}
    if side == "followers" and person == request.user:
        context["button"] = "relations/_remove.html"
    return for_both(render(request, template, context))


@limited(POST="follow")
@require_POST
@for_members
def follow(request: MemberRequest, username: str) -> HttpResponse:
    """Follow, or with the field `undo` unfollow; scripts get the button, or the profile's head, anew."""
    person = person_of(request, username)
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
    of_profile = request.htmx.target == "profile"
    return render(request, "timelines/_profile_head.html" if of_profile else "_follow.html", head(request, person))
