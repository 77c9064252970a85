"""Several tweets posted as one: all of them, each once, or none."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from accounts.models import User
from tests import factories
from tests.rest import ANONYMOUS, error, only_error, rest
from tests.threads import at_once
from timelines import home
from timelines.models import FeedEvent
from tweets import actions, entities
from tweets.actions import Empty, NothingToAnswer, TooLong, post_thread
from tweets.composing import NewPoll, NewTweet
from tweets.models import Hashtag, Poll, TagCountChange, Tweet, TweetCountChange
from tweets.polls import actions as polls
from tweets.rejections import Rejected, TooFewChoices, TooManyTweets

THREADS = "/api/threads/"


def new(*texts: str) -> list[NewTweet]:
    return [NewTweet(text) for text in texts]


def state() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Tweet, Poll, FeedEvent, TweetCountChange))


@pytest.mark.django_db
class TestPosting:
    def test_each_answers_the_one_before(self, ada: User) -> None:
        first, second, third = post_thread(author=ada, tweets=new("one", "two", "three"))
        assert [each.text for each in (first, second, third)] == ["one", "two", "three"]
        assert [each.in_reply_to_id for each in (first, second, third)] == [None, first.pk, second.pk]
        assert [each.conversation_id for each in (first, second, third)] == [None, first.pk, first.pk]
        assert [each.in_reply_to_user_id for each in (first, second, third)] == [None, ada.pk, ada.pk]
        assert first.pk < second.pk < third.pk

    def test_the_first_may_answer_and_quote_and_any_may_ask(self, ada: User, grace: User) -> None:
        note = factories.tweet(grace)
        tweets = [NewTweet("one"), NewTweet("two", factories.poll("Tea", "Coffee"))]
        first, second = post_thread(author=ada, tweets=tweets, in_reply_to_id=note.pk, quote_of_id=note.pk)
        assert (first.in_reply_to_id, first.quote_of_id) == (note.pk, note.pk)
        assert (second.in_reply_to_id, second.quote_of_id) == (first.pk, None)
        assert Poll.objects.get().pk == second.pk

    def test_all_of_them_reach_every_follower(self, ada: User, grace: User, drain: Any) -> None:
        factories.follow(grace, ada)
        home.page(grace)
        posted = post_thread(author=ada, tweets=new("one", "two", "three"))
        assert FeedEvent.objects.filter(kind=FeedEvent.Kind.POSTED).count() == 3
        drain()
        for reader in (ada, grace):
            ids = home.Home(reader.pk).older(None, 10)
            assert list(ids) == [each.pk for each in reversed(posted)]

    @pytest.mark.parametrize(
        ("tweets", "reason", "at"),
        [
            ([], Empty, 0),
            (new("one", " "), Empty, 1),
            (new("one", "x" * 281, "three"), TooLong, 1),
            (new(*["x"] * 26), TooManyTweets, 0),
            ([NewTweet("one"), NewTweet("two"), NewTweet("three", NewPoll(("a",), 60))], TooFewChoices, 2),
        ],
    )
    def test_with_one_that_cannot_be_posted_none_is(
        self, ada: User, tweets: list[NewTweet], reason: type[Rejected], at: int
    ) -> None:
        before = state()
        with pytest.raises(reason) as refused:
            post_thread(author=ada, tweets=tweets)
        assert refused.value.at == at
        assert state() == before

    def test_that_answers_what_is_gone_is_not_posted(self, ada: User, grace: User) -> None:
        note = factories.tweet(grace)
        actions.delete_tweet(tweet=note)
        before = state()
        with pytest.raises(NothingToAnswer):
            post_thread(author=ada, tweets=new("one", "two"), in_reply_to_id=note.pk)
        assert state() == before

    def test_that_fails_half_way_leaves_nothing(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        before = state()
        ask = polls.ask

        def fail(**given: Any) -> None:
            ask(**given)
            raise RuntimeError("the process dies")

        monkeypatch.setattr(polls, "ask", fail)
        with pytest.raises(RuntimeError):
            post_thread(author=ada, tweets=[*new("one", "two"), NewTweet("three", factories.poll())])
        assert state() == before

    def test_a_repeated_key_posts_once_and_answers_the_same(self, ada: User, grace: User) -> None:
        posted = post_thread(author=ada, tweets=new("one", "two"), idempotency_key="k")
        before = state()
        assert post_thread(author=ada, tweets=new("one", "two"), idempotency_key="k") == posted
        assert post_thread(author=ada, tweets=new("one", "two", "three"), idempotency_key="k") == posted
        assert state() == before
        factories.tweet(ada, in_reply_to_id=posted[1].pk)
        assert post_thread(author=ada, tweets=new("one", "two"), idempotency_key="k") == posted
        assert len(post_thread(author=grace, tweets=new("one", "two"), idempotency_key="k")) == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_thread_from_eight_threads_is_posted_once(ada: User) -> None:
    answers = at_once(*[lambda: post_thread(author=ada, tweets=new("one", "two", "three"), idempotency_key="k")] * 8)
    assert len({tuple(each.pk for each in answer) for answer in answers}) == 1
    assert (Tweet.objects.count(), FeedEvent.objects.count()) == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_two_with_the_same_new_tags_in_opposite_order_do_not_wait_for_each_other(
    ada: User, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each stops after its first tweet until the other has got as far, if it ever does."""
    record, meeting = entities.record, Barrier(2)

    def record_and_meet(tweet: Tweet) -> None:
        record(tweet)
        with suppress(BrokenBarrierError):
            meeting.wait(0.5)

    monkeypatch.setattr(entities, "record", record_and_meet)
    tags = ("#One #two", "#three", "#four")
    at_once(
        lambda: post_thread(author=ada, tweets=new(*tags)),
        lambda: post_thread(author=grace, tweets=new(*reversed(tags))),
    )
    assert Tweet.objects.count() == 6
    assert sorted(Hashtag.objects.values_list("name", flat=True)) == ["four", "one", "three", "two"]
    assert Hashtag.objects.get(name="one").shown == "One"
    assert TagCountChange.objects.count() == 8


@pytest.mark.django_db(transaction=True)
class TestApi:
    def test_answers_with_all_of_them(self, ada: User) -> None:
        poll = {"choices": ["Yes", "No"], "minutes": 60}
        body = {"tweets": [{"text": "one"}, {"text": "two", "poll": poll}]}
        answers = [rest(ada).post(THREADS, body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
        assert [each.status_code for each in answers] == [201, 201]
        assert answers[0].content == answers[1].content
        one, two = answers[0].json()["tweets"]
        assert (one["text"], two["text"], two["in_reply_to_id"]) == ("one", "two", one["id"])
        assert [choice["text"] for choice in two["poll"]["choices"]] == ["Yes", "No"]
        assert Tweet.objects.count() == 2

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({}, error("required", "tweets")),
            ({"tweets": []}, error("empty", "tweets.non_field_errors")),
            ({"tweets": "x"}, error("not_a_list", "tweets.non_field_errors")),
            ({"tweets": [{"text": "x"}] * 26}, error("too_many_tweets", "tweets")),
            ({"tweets": [{"text": "x"}, {}]}, error("required", "tweets.1.text")),
            ({"tweets": [{"text": "x"}, {"text": "y" * 281}]}, error("too_long", "tweets.1.text")),
            ({"tweets": [{"text": "x", "quote_of_id": "1"}]}, error("unknown", "tweets.0.quote_of_id")),
            (
                {"tweets": [{"text": "x", "poll": {"choices": ["a"], "minutes": 60}}]},
                error("too_few_choices", "tweets.0.poll"),
            ),
            ({"tweets": [{"text": "x"}], "in_reply_to_id": "1"}, error("nothing_to_answer", "in_reply_to_id")),
        ],
    )
    def test_nonsense_posts_nothing(self, ada: User, body: object, expected: tuple[str, str, str]) -> None:
        response = rest(ada).post(THREADS, body)
        assert (response.status_code, only_error(response)) == (400, expected)
        assert Tweet.objects.count() == 0

    def test_needs_somebody(self, db: None) -> None:
        response = rest().post(THREADS, {"tweets": [{"text": "x"}]})
        assert (response.status_code, only_error(response)) == (401, ANONYMOUS)
        assert Tweet.objects.count() == 0
