"""From ids to JSON, joined from finished pieces."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from stores import redis, wire
from tests import factories
from tweets import presenting
from tweets.actions import delete_tweet, like, retweet
from tweets.editing import edit_tweet
from tweets.presenting import gather

pytestmark = pytest.mark.django_db


def test_a_tweet_is_what_the_api_promises(ada: User, grace: User) -> None:
    asked = factories.tweet(grace)
    tweet = factories.tweet(ada, 'a "quoted" <b>\nline', in_reply_to_id=asked.pk)
    shown = gather([tweet.pk], grace.pk).shown(tweet.pk)
    assert shown["id"] == str(tweet.pk)
    assert shown["url"] == f"/ada/status/{tweet.pk}/"
    assert shown["author"]["username"] == "ada"
    assert shown["in_reply_to_user"]["username"] == "grace"
    assert (shown["text"], shown["html"]) == (
        'a "quoted" <b>\nline',
        "a &quot;quoted&quot; &lt;b&gt;<br>line",
    )
    assert shown["created_at"] == tweet.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert (shown["in_reply_to_id"], shown["conversation_id"]) == (str(asked.pk), str(asked.pk))
    assert (shown["retweet_of"], shown["quote_of"], shown["media"]) == (None, None, [])
    assert shown["counts"] == {"replies": 0, "retweets": 0, "quotes": 0, "likes": 0}
    assert shown["viewer"] == {"liked": False, "retweeted": False, "bookmarked": False, "pinned": False}


def test_a_retweet_carries_the_original_with_its_counts_and_marks_and_what_it_quotes(
    ada: User, grace: User, alan: User
) -> None:
    quoted = factories.tweet(alan)
    original = factories.tweet(grace, quote_of_id=quoted.pk)
    like(user=ada, tweet_id=original.pk)
    again = retweet(user=ada, tweet_id=original.pk)
    redis.timelines().flushall()
    shown = gather([again.pk], ada.pk).shown(again.pk)
    assert shown["retweet_of"]["id"] == str(original.pk)
    assert shown["retweet_of"]["quote_of"]["id"] == str(quoted.pk)
    assert shown["retweet_of"]["quote_of"]["quote_of"] is None
    for each in (shown, shown["retweet_of"]):
        assert each["counts"] == {"replies": 0, "retweets": 1, "quotes": 0, "likes": 1}
        assert each["viewer"] == {"liked": True, "retweeted": True, "bookmarked": False, "pinned": False}


def test_quotes_do_not_nest_and_a_quoted_tweet_that_is_gone_is_null(ada: User) -> None:
    first = factories.tweet(ada)
    second = factories.tweet(ada, quote_of_id=first.pk)
    third = factories.tweet(ada, quote_of_id=second.pk)
    shown = gather([third.pk], None).shown(third.pk)
    assert shown["quote_of"]["id"] == str(second.pk)
    assert shown["quote_of"]["quote_of"] is None
    delete_tweet(tweet=second)
    redis.timelines().flushall()
    assert gather([third.pk], None).shown(third.pk)["quote_of"] is None


def test_of_somebody_suspended_nothing_is_shown_wherever_he_appears(ada: User, grace: User) -> None:
    tweet = factories.tweet(grace)
    quote = factories.tweet(ada, quote_of_id=tweet.pk)
    again = retweet(user=ada, tweet_id=tweet.pk)
    answer = factories.tweet(ada, in_reply_to_id=tweet.pk)
    User.objects.filter(pk=grace.pk).update(is_active=False)
    ids = [tweet.pk, quote.pk, again.pk, answer.pk]
    material = gather(ids, ada.pk)
    assert [material.may_be_seen(each) for each in ids] == [False, True, False, True]
    assert material.shown(tweet.pk) is None
    assert material.shown(quote.pk)["quote_of"] is None
    assert material.shown(answer.pk)["in_reply_to_user"] is None


def test_what_was_never_there_is_not_alive(ada: User) -> None:
    material = gather([5], ada.pk)
    assert not material.may_be_seen(5)
    assert material.shown(5) is None
    assert gather([], ada.pk).cards == {}


@pytest.mark.parametrize("tweets", [1, 30])
def test_a_warm_page_asks_redis_twice_whatever_its_size(
    ada: User, tweets: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [factories.tweet(each).pk for each in factories.people(tweets)]
    gather(ids, ada.pk)
    presenting.remembered.clear()
    asked: list[int] = []
    ask: Callable[..., object] = wire.ask
    monkeypatch.setattr(wire, "ask", lambda commands: (asked.append(len(commands)), ask(commands))[1])

    def refuse(*args: object) -> object:
        raise AssertionError("PostgreSQL was asked")

    with connection.execute_wrapper(refuse):
        material = gather(ids, ada.pk)
    assert all(material.may_be_seen(each) for each in ids)
    assert len(asked) == 2


@pytest.mark.parametrize("seen_before", [False, True])
def test_a_page_costs_two_conversations_with_redis_whatever_is_nested_in_it_and_one_when_seen_before(
    ada: User, grace: User, alan: User, seen_before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = factories.tweet(alan)
    quoted = factories.tweet(grace, in_reply_to_id=asked.pk)
    original = factories.tweet(alan, quote_of_id=quoted.pk)
    shared = [factories.tweet(ada).pk, retweet(user=ada, tweet_id=original.pk).pk]
    gather(shared, ada.pk)
    if not seen_before:
        presenting.remembered.clear()
    conversations: list[int] = []
    converse = wire.Line.converse

    def counted(line: wire.Line, commands: Sequence[wire.Command]) -> list[Any]:
        conversations.append(len(commands))
        return converse(line, commands)

    monkeypatch.setattr(wire.Line, "converse", counted)
    shown = gather(shared, ada.pk).shown(shared[1])
    assert len(conversations) == (1 if seen_before else 2)
    assert shown["retweet_of"]["quote_of"]["id"] == str(quoted.pk)
    assert shown["retweet_of"]["quote_of"]["in_reply_to_user"]["username"] == "alan"


def test_a_poll_of_the_tweet_retweeted_is_shown_with_it(ada: User, grace: User) -> None:
    asks = factories.tweet(grace, poll=factories.poll("tea", "coffee"))
    again = retweet(user=ada, tweet_id=asks.pk)
    redis.timelines().flushall()
    for _cold_then_warm in range(2):
        shown = gather([again.pk], ada.pk).shown(again.pk)
        assert [each["text"] for each in shown["retweet_of"]["poll"]["choices"]] == ["tea", "coffee"]


@pytest.mark.django_db(transaction=True)
def test_what_is_remembered_shows_nothing_that_has_gone_or_changed(ada: User, grace: User) -> None:
    kept, gone, edited = [factories.tweet(grace, text) for text in ("stays", "goes", "befor")]
    ids = [kept.pk, gone.pk, edited.pk]
    assert gather(ids, ada.pk).visible == {*ids}
    delete_tweet(tweet=gone)
    edit_tweet(author=grace, tweet_id=edited.pk, text="before", version=0)
    material = gather(ids, ada.pk)
    assert material.visible == {kept.pk, edited.pk}
    assert material.shown(gone.pk) is None
    assert material.shown(edited.pk)["text"] == "before"


def test_only_so_much_is_remembered(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presenting, "MOST_REMEMBERED", 2)
    tweets = [factories.tweet(ada).pk for _ in range(4)]
    presenting.remembered.clear()
    for each in tweets:
        assert gather([each], ada.pk).visible == {each}
    assert [*presenting.remembered] == tweets[3:]
