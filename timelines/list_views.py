"""Pages about lists: which there are, what is on them, and what their owners do with them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import queries as people
from accounts.limits import limited
from accounts.lists import actions, presenting, queries
from accounts.lists.forms import ListForm, MemberForm
from accounts.lists.models import List
from accounts.models import User
from accounts.queries import PeoplePage
from timelines import lists as feeds
from timelines.views import PAGE, cursor, feed, viewer_of
from tweets.pages import MemberRequest, PageRequest, back, for_both, for_members, id_from

form_page = require_http_methods(["GET", "HEAD", "POST"])


def _visible(request: PageRequest, list_id: int) -> List:
    try:
        return queries.visible_list(request.user.pk, list_id)
    except List.DoesNotExist:
        raise Http404 from None


def _own(request: MemberRequest, list_id: int) -> List:
    try:
        return queries.own_list(request.user, list_id)
    except List.DoesNotExist:
        raise Http404 from None


def _person(request: PageRequest, username: str) -> User:
    try:
        return people.person(username, request.user.pk)
    except User.DoesNotExist:
        raise Http404 from None


# --- Many lists ------------------------------------------------------------------------------------------------


@require_safe
@for_members
def own_lists(request: MemberRequest) -> HttpResponse:
    page = queries.owned(request.user, request.user.pk, before=id_from(request, "before"))
    return _lists(request, "lists/lists.html", page, {})


@require_safe
@for_members
def followed_lists(request: MemberRequest) -> HttpResponse:
    page = queries.followed(request.user, before=id_from(request, "before"))
    return _lists(request, "lists/lists.html", page, {})


@require_safe
@for_members
def memberships(request: MemberRequest) -> HttpResponse:
    """The lists that oneself is on."""
    page = queries.with_member(request.user, request.user.pk, before=id_from(request, "before"))
    return _lists(request, "lists/lists.html", page, {})


@require_safe
def lists_of(request: PageRequest, username: str) -> HttpResponse:
    """The lists of a person, as far as the viewer may know of them."""
    person = _person(request, username)
    page = queries.owned(person, request.user.pk, before=id_from(request, "before"))
    return _lists(request, "lists/of_person.html", page, {"person": person})


def _lists(request: PageRequest, template: str, page: queries.ListsPage, context: dict[str, Any]) -> HttpResponse:
    context |= {
        "lists": presenting.shown(page.lists, request.user.pk),
        "more": f"{request.path}?before={page.next}" if page.next else None,
    }
    return for_both(render(request, "lists/_lists.html" if request.htmx else template, context))


# --- One list --------------------------------------------------------------------------------------------------


def _head(request: PageRequest, shown: List) -> dict[str, Any]:
    [described] = presenting.shown([shown], request.user.pk)
    return {"list": described, "list_id": shown.pk, "is_own": shown.owner_id == request.user.pk}


@require_safe
def show_list(request: PageRequest, list_id: int) -> HttpResponse:
    """What its members write."""
    shown = _visible(request, list_id)
    page = feeds.page(shown, viewer_of(request), limit=PAGE, **cursor(request))
    return feed(request, "lists/list.html", page, {} if request.htmx else _head(request, shown))


@require_safe
def members(request: PageRequest, list_id: int) -> HttpResponse:
    """Who is on it; for its owner with a way to change that."""
    shown = _visible(request, list_id)
    page = queries.members(shown, request.user.pk, before=id_from(request, "before"))
    return _people(request, shown, page, {"form": MemberForm()})


@require_safe
def followers(request: PageRequest, list_id: int) -> HttpResponse:
    shown = _visible(request, list_id)
    return _people(request, shown, queries.followers(shown, request.user.pk, before=id_from(request, "before")), {})


def _people(
    request: PageRequest, shown: List, page: PeoplePage, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    more = f"{request.path}?before={page.next}" if page.next else None
    context |= _head(request, shown) | {"people": page.people, "more": more}
    template = "lists/_people.html" if request.htmx else "lists/people.html"
    return for_both(render(request, template, context, status=status))


# --- What an owner does ----------------------------------------------------------------------------------------


@limited(POST="list")
@form_page
@for_members
def new_list(request: MemberRequest) -> HttpResponse:
    form = ListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_list(owner=request.user, **form.cleaned_data)
            return redirect("list_members", made.pk)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "lists/form.html", {"form": form}, status=422 if form.errors else 200)


@limited(POST="list")
@form_page
@for_members
def edit_list(request: MemberRequest, list_id: int) -> HttpResponse:
    edited = _own(request, list_id)
    form = ListForm.of(edited)
    if request.method == "POST":
        form = ListForm(request.POST)
        if form.is_valid():
            actions.edit_list(edited=edited, changes=form.cleaned_data)
            messages.success(request, "The list is saved.")
            return redirect(edited)
    return render(request, "lists/form.html", {"form": form, "list": edited}, status=422 if form.errors else 200)


@limited(POST="list")
@form_page
@for_members
def delete_list(request: MemberRequest, list_id: int) -> HttpResponse:
    """Asks first."""
    deleted = _own(request, list_id)
    if request.method != "POST":
        return render(request, "lists/delete.html", {"list": deleted})
    actions.delete_list(deleted=deleted)
    messages.success(request, "The list is deleted.")
    return redirect("lists")


@limited(POST="list")
@require_POST
@for_members
def change_member(request: MemberRequest, list_id: int) -> HttpResponse:
    """Put the person named on a list, or with the field `undo` take him off."""
    changed = _own(request, list_id)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            _change(changed, form.cleaned_data["username"], undo="undo" in request.POST)
            return redirect("list_members", list_id)
        except User.DoesNotExist:
            form.add_error("username", "There is nobody of this name.")
        except actions.Refused as refusal:
            form.add_error("username", str(refusal))
    return _people(request, changed, queries.members(changed, request.user.pk), {"form": form}, status=422)


def _change(changed: List, username: str, *, undo: bool) -> None:
    if undo:
        actions.remove_member(of=changed, person=people.anybody(username))
    else:
        actions.add_member(to=changed, person=people.person(username, changed.owner_id))


@limited(POST="list")
@form_page
@for_members
def put_on_lists(request: MemberRequest, username: str) -> HttpResponse:
    """All of the viewer's lists, with those marked that a person is on; what is sent back are those he is to be on."""
    person = _person(request, username)
    refusal = ""
    if request.method == "POST":
        try:
            actions.put_on_lists(owner=request.user, person=person, list_ids=_chosen(request))
            messages.success(request, "Your lists are saved.")
            return redirect(person)
        except List.DoesNotExist:
            raise Http404 from None
        except actions.Refused as reason:
            refusal = str(reason)
    context = {"person": person, "choices": queries.choices(request.user, person), "refusal": refusal}
    return render(request, "lists/put.html", context, status=422 if refusal else 200)


def _chosen(request: MemberRequest) -> set[int]:
    """
    Raises:
        BadRequest: one of them is no id.
    """
    texts = request.POST.getlist("list")
    if not all(text.isascii() and text.isdecimal() and len(text) <= 19 for text in texts):
        raise BadRequest("That is no list.")
    return {int(text) for text in texts}


# --- What others do --------------------------------------------------------------------------------------------


@limited(POST="list")
@require_POST
@for_members
def follow_list(request: MemberRequest, list_id: int) -> HttpResponse:
    """Follow, or with the field `undo` no longer."""
    shown = _visible(request, list_id)
    try:
        change = actions.unfollow_list if "undo" in request.POST else actions.follow_list
        change(follower=request.user, followed=shown)
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
    except List.DoesNotExist:
        raise Http404 from None
    return back(request, reverse("list", args=[list_id]))
