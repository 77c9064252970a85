"""The page of one tweet, in the middle of its conversation."""

from typing import Any

import orjson
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.relations import sight
from timelines import conversation
from timelines.views import PAGE
from tweets import queries
from tweets.forms import ComposeForm
from tweets.models import Tweet
from tweets.pages import PageRequest, for_both, id_from
from tweets.shown import there


@require_safe
def tweet(request: PageRequest, username: str, tweet_id: int) -> HttpResponse:
    """A tweet, what it answers, and what was answered to it; scripts get more of these."""
    found = _found(request, tweet_id)
    if found.retweet_of_id:
        return redirect(_found(request, found.retweet_of_id))
    if found.author.username != username:
        return redirect(found)
    if request.htmx:
        return _above(request, found) if "above" in request.GET else _replies(request, found)
    return _page(request, found)


def _found(request: PageRequest, tweet_id: int) -> Tweet:
    try:
        return queries.visible_tweet(tweet_id, request.user.pk)
    except Tweet.DoesNotExist:
        raise Http404 from None


def _page(request: PageRequest, found: Tweet) -> HttpResponse:
    context = {
        "composer": ComposeForm(initial={"in_reply_to_id": found.pk}, place="reply"),
        "is_muted": (found.conversation_id or found.pk) in sight.of(request.user.pk, ()).conversations,
        "may_reply": request.user.pk is not None and queries.may_reply(request.user.pk, found),
    }
    context |= _around(request, found) | _answers(request, found)
    return for_both(render(request, "timelines/conversation.html", context))


def _above(request: PageRequest, found: Tweet) -> HttpResponse:
    """What stands above a tweet, for a page that shows this tweet and what is below."""
    return for_both(render(request, "timelines/_ancestors.html", _around(request, found)))


def _around(request: PageRequest, found: Tweet) -> dict[str, Any]:
    around = conversation.around(found, request.user.pk)
    return {
        "tweet": there(orjson.loads(around.tweet)),
        "ancestors": [orjson.loads(each) for each in around.ancestors],
        "has_earlier": around.has_earlier,
        "thread": around.thread,
        "later": orjson.loads(around.thread[-1])["url"] if around.has_later else None,
    }


def _replies(request: PageRequest, found: Tweet) -> HttpResponse:
    """The next answers alone, for a page that shows the first."""
    return for_both(render(request, "timelines/_answers.html", _answers(request, found)))


def _answers(request: PageRequest, found: Tweet) -> dict[str, Any]:
    answers, page = conversation.answers(found, request.user.pk, id_from(request, "before"), PAGE)
    return {"answers": answers, "more": f"{request.path}?before={page.older}" if page.older else None}
