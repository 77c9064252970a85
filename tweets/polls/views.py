"""The buttons of a poll."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.limits import limited
from tweets import presenting
from tweets.models import Tweet
from tweets.pages import MemberRequest, back, for_members
from tweets.polls import actions
from tweets.rejections import NoSuchChoice, Rejected


@limited(POST="vote")
@require_POST
@for_members
def vote(request: MemberRequest, tweet_id: int) -> HttpResponse:
    """Vote; whoever can't is told why, and sees the poll as it is by now."""
    try:
        original_id = actions.vote(user=request.user, tweet_id=tweet_id, choice=_choice(request)).pk
    except Rejected as reason:
        messages.error(request, str(reason))
        original_id = tweet_id
    except Tweet.DoesNotExist:
        raise Http404 from None
    return _poll(request, original_id) if request.htmx else back(request)


def _choice(request: MemberRequest) -> int:
    given = request.POST.get("choice", "")
    if given not in {"1", "2", "3", "4"}:
        raise NoSuchChoice
    return int(given)


def _poll(request: MemberRequest, tweet_id: int) -> HttpResponse:
    shown = presenting.gather([tweet_id], request.user.pk).shown(tweet_id)
    tweet = shown and (shown["retweet_of"] or shown)
    if not tweet:
        raise Http404
    entry = request.POST.get("entry", "")
    context = {"tweet": tweet, "entry_id": entry if entry.isdecimal() else tweet_id}
    return render(request, "tweets/_voted.html", context)
