"""Drafts are kept as they are; scheduled tweets are posted once each, however late, and whoever looks."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts import actions as people
from accounts.models import User
from drafts import actions, tasks
from drafts.actions import InThePast, Suspended, TooFarAhead, TooMany, TooMuch, change, delete, post, post_due, save
from drafts.models import Draft
from tests import factories
from tests.threads import at_once
from timelines.models import FeedEvent
from tweets import actions as tweeting
from tweets.actions import Empty, NothingToAnswer, NothingToQuote, TooLong
from tweets.composing import NewPoll, NewTweet
from tweets.models import Poll, Tweet
from tweets.rejections import MayNotReply, Rejected, TooFewChoices

pytestmark = pytest.mark.django_db


def content(*texts: str, **about: Any) -> Any:
    return {"tweets": [NewTweet(text) for text in texts or ("later",)], **about}


def soon() -> Any:
    return timezone.now() + timedelta(hours=1)


def come_due(*drafts: Draft) -> None:
    """Their time has long come: nobody looked for a day."""
    ids = [draft.pk for draft in drafts]
    Draft.objects.filter(pk__in=ids).update(scheduled_at=timezone.now() - timedelta(days=1))


def scheduled(author: User, *texts: str, **about: Any) -> Draft:
    return save(author=author, content=content(*texts, **about), scheduled_at=soon())


def state() -> list[Any]:
    return [list(Draft.objects.order_by("pk").values()), Tweet.objects.count(), FeedEvent.objects.count()]


class TestSaving:
    def test_keeps_everything_and_posts_nothing(self, ada: User, grace: User) -> None:
        note = factories.tweet(grace)
        when = soon()
        tweets = [NewTweet("one", NewPoll(("Tea", "Coffee"), 30)), NewTweet("two")]
        draft = save(
            author=ada,
            content={"tweets": tweets, "in_reply_to_id": note.pk, "quote_of_id": note.pk},
            scheduled_at=when,
        )
        draft.refresh_from_db()
        assert draft.content() == tweets
        assert (draft.in_reply_to_id, draft.quote_of_id, draft.scheduled_at) == (note.pk, note.pk, when)
        assert not Tweet.objects.filter(author=ada).exists()

    def test_a_draft_may_be_unfinished(self, ada: User) -> None:
        unfinished = [NewTweet("x" * 500, NewPoll(("", "only one"), 60)), NewTweet("")]
        assert save(author=ada, content={"tweets": unfinished}).content() == unfinished

    @pytest.mark.parametrize(
        ("given", "when", "reason"),
        [
            (content(" ", ""), None, Empty),
            (content("x" * 4001), None, TooMuch),
            (content(*["x"] * 26), None, TooMuch),
            ({"tweets": [NewTweet("x", NewPoll(("a",) * 5, 60))]}, None, TooMuch),
            (content("x" * 281), timedelta(hours=1), TooLong),
            ({"tweets": [NewTweet("x", NewPoll(("a",), 60))]}, timedelta(hours=1), TooFewChoices),
            (content(), timedelta(0), InThePast),
            (content(), timedelta(days=-1), InThePast),
            (content(), timedelta(days=548, minutes=1), TooFarAhead),
            (content(in_reply_to_id=1), None, NothingToAnswer),
            (content(quote_of_id=1), timedelta(hours=1), NothingToQuote),
        ],
    )
    def test_what_makes_no_sense_is_not_kept(
        self, ada: User, given: Any, when: timedelta | None, reason: type[Rejected]
    ) -> None:
        with pytest.raises(reason):
            save(author=ada, content=given, scheduled_at=timezone.now() + when if when is not None else None)
        assert not Draft.objects.exists()

    def test_twice_with_one_key_keeps_one(self, ada: User, grace: User) -> None:
        first = save(author=ada, content=content(), idempotency_key="k")
        assert save(author=ada, content=content("again"), idempotency_key="k") == first
        assert save(author=grace, content=content(), idempotency_key="k") != first
        assert Draft.objects.count() == 2

    def test_there_is_an_end_to_it(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(actions, "MOST", 2)
        drafts = [save(author=ada, content=content()) for _ in range(2)]
        with pytest.raises(TooMany):
            save(author=ada, content=content())
        for _ in range(2):
            scheduled(ada)
        before = state()
        with pytest.raises(TooMany):
            scheduled(ada)
        with pytest.raises(TooMany):
            change(author=ada, draft_id=drafts[0].pk, content=content(), scheduled_at=soon())
        assert state() == before


class TestChanging:
    def test_writes_anew_gives_another_time_and_forgets_what_was_wrong(self, ada: User) -> None:
        draft = scheduled(ada)
        Draft.objects.update(error="It was wrong.")
        changed = change(author=ada, draft_id=draft.pk, content=content("new"), scheduled_at=None)
        assert (changed.pk, changed.excerpt, changed.scheduled_at, changed.error) == (draft.pk, "new", None, "")

    def test_what_it_answers_may_be_gone_by_now(self, ada: User, grace: User) -> None:
        note = factories.tweet(grace)
        draft = save(author=ada, content=content(in_reply_to_id=note.pk))
        tweeting.delete_tweet(tweet=note)
        change(author=ada, draft_id=draft.pk, content=content("new", in_reply_to_id=note.pk))
        with pytest.raises(NothingToAnswer):
            change(author=ada, draft_id=draft.pk, content=content("new", in_reply_to_id=1))
        assert Draft.objects.get().excerpt == "new"

    def test_is_for_its_author_alone(self, ada: User, grace: User) -> None:
        draft = save(author=ada, content=content())
        before = state()
        for attempt in (
            lambda: change(author=grace, draft_id=draft.pk, content=content("mine")),
            lambda: delete(author=grace, draft_id=draft.pk),
            lambda: post(author=grace, draft_id=draft.pk),
        ):
            with pytest.raises(Draft.DoesNotExist):
                attempt()
        assert state() == before


class TestPostingNow:
    def test_is_posting_and_a_second_time_nothing(self, ada: User) -> None:
        draft = save(author=ada, content=content("one", "two"))
        first = post(author=ada, draft_id=draft.pk)
        assert [tweet.text for tweet in first] == ["one", "two"]
        assert post(author=ada, draft_id=draft.pk) == first
        assert (Draft.objects.count(), Tweet.objects.count()) == (0, 2)

    def test_that_is_refused_leaves_the_draft(self, ada: User) -> None:
        draft = save(author=ada, content=content("x" * 300))
        before = state()
        with pytest.raises(TooLong):
            post(author=ada, draft_id=draft.pk)
        assert state() == before
        assert post(author=ada, draft_id=draft.pk, content=content("short"))[0].text == "short"
        assert not Draft.objects.exists()

    def test_of_a_deleted_draft_posts_nothing(self, ada: User) -> None:
        draft = save(author=ada, content=content())
        delete(author=ada, draft_id=draft.pk)
        with pytest.raises(Draft.DoesNotExist):
            post(author=ada, draft_id=draft.pk)
        assert not Tweet.objects.exists()


class TestBeingDue:
    def test_posts_late_ones_and_no_early_ones(self, ada: User) -> None:
        late, early, draft = (
            scheduled(ada, "late", "very"),
            scheduled(ada, "early"),
            save(author=ada, content=content()),
        )
        come_due(late)
        tasks.post_due()
        tasks.post_due()
        assert list(Tweet.objects.order_by("pk").values_list("text", flat=True)) == ["late", "very"]
        assert set(Draft.objects.all()) == {early, draft}
        assert FeedEvent.objects.count() == 2

    def test_a_poll_lasts_from_the_posting_on(self, ada: User) -> None:
        draft = save(
            author=ada, content={"tweets": [NewTweet("Tea?", NewPoll(("Yes", "No"), 60))]}, scheduled_at=soon()
        )
        come_due(draft)
        post_due()
        assert timedelta(minutes=59) < Poll.objects.get().ends_at - timezone.now() <= timedelta(hours=1)

    def test_what_cannot_be_posted_is_kept_with_the_reason(self, ada: User, grace: User, alan: User) -> None:
        note, closed = factories.tweet(grace), factories.tweet(grace)
        drafts = [
            scheduled(ada, in_reply_to_id=note.pk),
            scheduled(ada, quote_of_id=note.pk),
            scheduled(ada, in_reply_to_id=closed.pk),
            scheduled(alan),
        ]
        tweeting.delete_tweet(tweet=note)
        Tweet.objects.filter(pk=closed.pk).update(reply_settings=Tweet.ReplySettings.MENTIONED_USERS)
        people.suspend(user=alan)
        come_due(*drafts)
        tweets = Tweet.objects.count()
        assert post_due() == 4
        reasons = [str(NothingToAnswer()), str(NothingToQuote()), str(MayNotReply()), str(Suspended())]
        assert list(Draft.objects.order_by("pk").values_list("error", flat=True)) == reasons
        assert post_due() == 0
        assert Tweet.objects.count() == tweets

    def test_one_that_raises_holds_up_no_other(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        bad, good = scheduled(ada, "bad"), scheduled(ada, "good")
        come_due(bad, good)
        post_thread = tweeting.post_thread

        def fail(**given: Any) -> Any:
            posted = post_thread(**given)
            if posted[0].text == "bad":
                raise RuntimeError("a mistake of ours")
            return posted

        monkeypatch.setattr(tweeting, "post_thread", fail)
        assert post_due() == 2
        assert list(Tweet.objects.values_list("text", flat=True)) == ["good"]
        assert Draft.objects.get().error == actions.OUR_FAULT

    def test_is_found_by_an_index(self, ada: User) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(
                "EXPLAIN SELECT id FROM drafts_draft WHERE scheduled_at <= now() AND scheduled_at IS NOT NULL"
                " AND error = '' ORDER BY scheduled_at"
            )
            assert "drafts_to_post" in str(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_four_schedulers_post_each_once(self, ada: User) -> None:
        drafts = [scheduled(ada, f"number {n}") for n in range(12)]
        come_due(*drafts)
        assert sum(at_once(post_due, post_due, post_due, post_due)) == 12
        assert sorted(Tweet.objects.values_list("text", flat=True)) == sorted(f"number {n}" for n in range(12))
        assert Draft.objects.count() == 0

    def test_a_scheduler_and_its_author_post_one(self, ada: User) -> None:
        draft = scheduled(ada, "once")
        come_due(draft)

        def now() -> int:
            return len(post(author=ada, draft_id=draft.pk))

        answers = at_once(post_due, now, post_due, now)
        assert (answers[1], answers[3]) == (1, 1)
        assert Tweet.objects.count() == 1
        assert Draft.objects.count() == 0

    def test_a_process_that_dies_after_posting_has_posted_nothing(
        self, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draft = scheduled(ada, "once")
        come_due(draft)

        def die(*_: object, **__: object) -> None:
            raise SystemExit

        with monkeypatch.context() as dying:
            dying.setattr(Draft, "delete", die)
            with pytest.raises(SystemExit):
                post_due()
        assert Tweet.objects.count() == 0
        assert post_due() == 1
        assert Tweet.objects.count() == 1

    def test_one_draft_saved_from_eight_threads_is_one(self, ada: User) -> None:
        saved = at_once(*[lambda: save(author=ada, content=content(), idempotency_key="k")] * 8)
        assert len({draft.pk for draft in saved}) == 1
        assert Draft.objects.count() == 1

    def test_no_thread_slips_past_the_end(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(actions, "MOST", 3)

        def keep() -> bool:
            try:
                return bool(save(author=ada, content=content()).pk)
            except TooMany:
                return False

        assert sum(at_once(*[keep] * 8)) == 3
        assert Draft.objects.count() == 3
