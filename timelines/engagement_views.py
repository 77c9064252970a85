"""Pages about what people did with one tweet: who quoted it, who retweeted it and, for its author, who likes it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.queries import PeoplePage
from timelines import quotes as quotings
from timelines.views import PAGE, cursor, feed
from tweets import queries
from tweets.models import Tweet
from tweets.pages import MemberRequest, PageRequest, for_both, for_members, id_from


@require_safe
def quotes(request: PageRequest, username: str, tweet_id: int) -> HttpResponse:
    tweet = _original(request, tweet_id)
    if _is_elsewhere(tweet, username, tweet_id):
        return redirect("quotes", tweet.author.username, tweet.pk)
    page = quotings.page(tweet.pk, request.user.pk, limit=PAGE, **cursor(request))
    return feed(request, "timelines/quotes.html", page, _about(tweet, "quotes"))


@require_safe
def retweets(request: PageRequest, username: str, tweet_id: int) -> HttpResponse:
    tweet = _original(request, tweet_id)
    if _is_elsewhere(tweet, username, tweet_id):
        return redirect("retweets", tweet.author.username, tweet.pk)
    page = queries.retweeters(tweet.pk, request.user.pk, before=id_from(request, "before"))
    return _people(request, tweet, "retweets", page)


@require_safe
@for_members
def likes(request: MemberRequest, username: str, tweet_id: int) -> HttpResponse:
    """For the author alone."""
    try:
        page = queries.likers(tweet_id, request.user, before=id_from(request, "before"))
    except Tweet.DoesNotExist:
        raise Http404 from None
    tweet = _original(request, tweet_id)
    if _is_elsewhere(tweet, username, tweet_id):
        return redirect("likes", tweet.author.username, tweet.pk)
    return _people(request, tweet, "likes", page)


def _original(request: PageRequest, tweet_id: int) -> Tweet:
    try:
        return queries.visible_original(tweet_id, request.user.pk)
    except Tweet.DoesNotExist:
        raise Http404 from None


def _is_elsewhere(tweet: Tweet, username: str, tweet_id: int) -> bool:
    """Whether the address is another way to say the tweet's own."""
    return (tweet.author.username, tweet.pk) != (username, tweet_id)


def _people(request: PageRequest, tweet: Tweet, side: str, page: PeoplePage) -> HttpResponse:
    more = f"{request.path}?before={page.next}" if page.next else None
    template = "timelines/_follows.html" if request.htmx else "timelines/engaged.html"
    context = _about(tweet, side) | {"people": page.people, "more": more}
    return for_both(render(request, template, context))


def _about(tweet: Tweet, side: str) -> dict[str, Any]:
    """What the tabs need."""
    return {"tweet": tweet, "side": side}
