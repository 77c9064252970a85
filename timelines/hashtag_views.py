"""Pages of hashtags: what was written with one, and those that somebody follows."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.limits import limited
from timelines import tagged
from timelines.views import PAGE, cursor, feed, viewer_of
from tweets import hashtags
from tweets.counts import tags as counts
from tweets.hashtags import Tag
from tweets.pages import MemberRequest, PageRequest, back, for_members


@require_safe
def hashtag(request: PageRequest, tag: str) -> HttpResponse:
    """What was written with a tag."""
    found = hashtags.tag(tag)
    page = tagged.page(found, viewer_of(request), limit=PAGE, **cursor(request))
    context = {} if request.htmx else _head(request, found)
    return feed(request, "timelines/hashtag.html", page, context)


def _head(request: PageRequest, tag: Tag) -> dict[str, object]:
    tweets = counts.shown([tag.pk])[tag.pk]["tweets"] if tag.pk else 0
    return {"tag": tag, "count": tweets, "is_followed": hashtags.is_followed(tag, request.user.pk)}


@limited(POST="follow")
@require_POST
@for_members
def follow(request: MemberRequest, tag: str) -> HttpResponse:
    """Follow a tag, or with the field `undo` unfollow it; scripts get the button anew."""
    try:
        change = hashtags.unfollow if "undo" in request.POST else hashtags.follow
        change(user=request.user, written=tag)
    except hashtags.TooManyFollowed as refusal:
        messages.error(request, str(refusal))
    if request.htmx:
        return render(request, "timelines/_tag_followed.html", _head(request, hashtags.tag(tag)))
    return back(request, reverse("hashtag", args=[tag]))


@require_safe
@for_members
def followed(request: MemberRequest) -> HttpResponse:
    """The tags that the viewer follows."""
    rows = hashtags.followed(request.user.pk)
    return render(request, "timelines/hashtags.html", {"tags": [Tag(row.shown, row) for row in rows]})
