"""Editing: for an hour, five times at most, nothing lost, and everything that was said stays to be read."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from stores import redis
from tests import factories
from tests.rest import ANONYMOUS, UNKNOWN, error, only_error, rest
from tests.threads import at_once
from timelines.models import FeedEvent
from tweets import actions, cards, editing
from tweets.models import Edit, Mention, Tweet, TweetTag, posted_at
from tweets.presenting import gather

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


@pytest.fixture
def mine(ada: User) -> Tweet:
    return factories.tweet(ada, "First")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Makes editing believe that so much time has passed."""

    def passes(time: timedelta) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now() + time)

    now = timezone.now
    return passes


def state() -> Iterator[object]:
    yield list(Tweet.objects.order_by("pk").values())
    yield from ([*model.objects.order_by("pk").values()] for model in (Edit, FeedEvent, Mention, TweetTag))


def edit(tweet: Tweet, text: str, version: int = 0, key: str | None = None) -> Tweet:
    return editing.edit_tweet(author=tweet.author, tweet_id=tweet.pk, text=text, version=version, idempotency_key=key)


@pytest.mark.django_db
class TestTheAction:
    def test_keeps_what_was_said(self, ada: User, mine: Tweet) -> None:
        edit(mine, " Second ")
        edited = edit(mine, "Third", 1)
        assert (edited.text, edited.edits_count) == ("Third", 2)
        edits = Edit.objects.filter(tweet=mine).order_by("number")
        assert list(edits.values_list("number", "text_before")) == [(1, "First"), (2, "Second")]
        assert edited.edited_at == edits[1].made_at

    def test_is_told_by_an_event_of_the_same_transaction(self, ada: User, mine: Tweet) -> None:
        FeedEvent.objects.all().delete()
        edit(mine, "Second")
        event = FeedEvent.objects.get()
        assert (event.kind, event.subject_id, event.author_id) == (FeedEvent.Kind.EDITED, mine.pk, ada.pk)

    def test_the_same_text_again_is_no_edit(self, mine: Tweet) -> None:
        before = list(state())
        assert edit(mine, "First\n").edits_count == 0
        assert list(state()) == before

    def test_a_repeated_key_makes_one_edit(self, mine: Tweet) -> None:
        edit(mine, "Second", 0, "k1")
        before = list(state())
        assert edit(mine, "Second", 0, "k1").edits_count == 1
        assert list(state()) == before
        assert edit(mine, "Third", 1, "k2").edits_count == 2

    @pytest.mark.parametrize(("text", "reason"), [("", actions.Empty), ("x" * 281, actions.TooLong)])
    def test_texts_are_held_to_what_posts_are(self, mine: Tweet, text: str, reason: type[Exception]) -> None:
        before = list(state())
        with pytest.raises(reason):
            edit(mine, text)
        assert list(state()) == before

    def test_five_times_and_no_more(self, mine: Tweet) -> None:
        for number in range(editing.MOST_EDITS):
            edit(mine, f"edit {number}", number)
        before = list(state())
        with pytest.raises(editing.TooManyEdits):
            edit(mine, "one more", 5)
        assert list(state()) == before

    def test_an_hour_and_no_longer(self, mine: Tweet, later: Callable[[timedelta], None]) -> None:
        age = timezone.now() - posted_at(mine.pk)
        later(timedelta(minutes=59) - age)
        assert edit(mine, "Second").edits_count == 1
        before = list(state())
        later(timedelta(hours=1))
        with pytest.raises(editing.TooLate):
            edit(mine, "Third", 1)
        assert list(state()) == before

    def test_an_old_version_is_refused_with_the_new_one(self, mine: Tweet) -> None:
        edit(mine, "Second")
        before = list(state())
        with pytest.raises(editing.EditedMeanwhile) as refused:
            edit(mine, "Also second")
        assert refused.value.tweet.text == "Second"
        assert list(state()) == before

    def test_only_of_ones_own_that_are_there_and_no_retweets(self, ada: User, grace: User, mine: Tweet) -> None:
        gone = factories.tweet(ada)
        actions.delete_tweet(tweet=gone)
        before = list(state())
        for author, tweet in ((grace, mine), (ada, gone), (ada, Tweet(pk=1))):
            with pytest.raises(Tweet.DoesNotExist):
                editing.edit_tweet(author=author, tweet_id=tweet.pk, text="Mine now", version=0)
        assert list(state()) == before
        again = actions.retweet(user=ada, tweet_id=factories.tweet(grace).pk)
        with pytest.raises(editing.IsRetweet):
            edit(again, "Words")
        assert Edit.objects.count() == 0

    def test_mentions_and_tags_are_those_of_the_new_text(self, ada: User, grace: User, alan: User) -> None:
        tweet = factories.tweet(ada, "@grace #one #two")
        edit(tweet, "@alan #two #three @nobody")
        assert list(Mention.objects.values_list("person__username", flat=True)) == ["alan"]
        assert sorted(TweetTag.objects.values_list("tag__name", flat=True)) == ["three", "two"]
        shown = gather([tweet.pk], ada.pk).shown(tweet.pk)
        assert '<a class="mention" href="/alan/">' in shown["html"]
        assert "@nobody</a>" not in shown["html"]

    def test_what_a_tweet_answers_and_quotes_stays(self, ada: User, grace: User) -> None:
        asked, quoted = factories.tweet(grace), factories.tweet(grace)
        tweet = factories.tweet(ada, in_reply_to_id=asked.pk, quote_of_id=quoted.pk)
        edited = edit(tweet, "Other words")
        edited.refresh_from_db()
        assert (edited.in_reply_to_id, edited.quote_of_id, edited.text) == (asked.pk, quoted.pk, "Other words")

    def test_one_with_a_poll_cannot_be_edited(self, ada: User) -> None:
        tweet = factories.tweet(ada, poll=factories.poll())
        before = list(state())
        with pytest.raises(editing.HasPoll):
            edit(tweet, "Other words")
        assert list(state()) == before

    def test_the_edits_go_with_the_tweet(self, mine: Tweet, drain: Callable[[], None]) -> None:
        edit(mine, "Second")
        actions.delete_tweet(tweet=mine)
        drain()
        assert (Edit.objects.count(), Tweet.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_of_two_from_the_same_version_one_is_refused(self, mine: Tweet) -> None:
        def try_it(text: str) -> str:
            try:
                return edit(mine, text).text
            except editing.EditedMeanwhile as refused:
                return f"refused: {refused.tweet.text}"

        outcomes = at_once(*(partial(try_it, text) for text in ("One", "Two")))
        mine.refresh_from_db()
        assert sorted(outcomes) == [mine.text, f"refused: {mine.text}"]
        assert list(Edit.objects.values_list("number", "text_before")) == [(1, "First")]

    def test_the_same_form_sent_twice_at_once_makes_one_edit(self, mine: Tweet) -> None:
        edited = at_once(*[partial(edit, mine, "Second", 0, "k1")] * 4)
        assert [each.edits_count for each in edited] == [1] * 4
        assert Edit.objects.count() == 1

    def test_deleted_meanwhile_it_stays_so(self, mine: Tweet) -> None:
        def try_it() -> None:
            try:
                edit(mine, "Second")
            except Tweet.DoesNotExist:
                pass

        at_once(try_it, lambda: actions.delete_tweet(tweet=mine))
        mine.refresh_from_db()
        assert mine.deleted_at is not None
        assert Edit.objects.count() == mine.edits_count


@pytest.mark.django_db(transaction=True)
class TestEveryCopy:
    def test_changes_at_once(self, ada: User, grace: User, alan: User, mine: Tweet) -> None:
        retweet, quote = actions.retweet(user=grace, tweet_id=mine.pk), factories.tweet(alan, quote_of_id=mine.pk)
        ids = [mine.pk, retweet.pk, quote.pk]
        gather(ids, None)  # cards of all of them are kept
        edit(mine, "Second")
        material = gather(ids, None)
        own, retweeted, quoting = (material.shown(each) for each in ids)
        for shown in (own, retweeted["retweet_of"], quoting["quote_of"]):
            assert (shown["text"], shown["html"], shown["version"]) == ("Second", "Second", 1)
            assert shown["edited_at"] == cards._iso(Edit.objects.get().made_at)
        assert (retweeted["edited_at"], quoting["edited_at"]) == (None, None)

    def test_changes_by_the_event_where_the_process_died(self, mine: Tweet, drain: Callable[[], None]) -> None:
        gather([mine.pk], None)
        kept = redis.timelines().get(f"{cards.KIND}:{mine.pk}")
        assert kept
        edit(mine, "Second")
        redis.timelines().set(f"{cards.KIND}:{mine.pk}", kept)  # as if nothing had followed the commit
        assert gather([mine.pk], None).shown(mine.pk)["text"] == "First"
        drain()
        assert gather([mine.pk], None).shown(mine.pk)["text"] == "Second"
        assert FeedEvent.objects.count() == 0


@pytest.mark.django_db
class TestOverRest:
    def test_changes_the_text_and_shows_it(self, ada: User, mine: Tweet) -> None:
        response = rest(ada).patch(f"/api/tweets/{mine.pk}/", {"text": "Second", "version": 0}, format="json")
        assert (response.status_code, response.json()["text"], response.json()["version"]) == (200, "Second", 1)

    def test_an_old_version_is_a_conflict(self, ada: User, mine: Tweet) -> None:
        edit(mine, "Second")
        response = rest(ada).patch(f"/api/tweets/{mine.pk}/", {"text": "Third", "version": 0}, format="json")
        assert (response.status_code, only_error(response)) == (409, error("edited_meanwhile", kind="client_error"))
        mine.refresh_from_db()
        assert (mine.text, mine.edits_count) == ("Second", 1)

    def test_a_repeated_key_answers_like_the_first(self, ada: User, mine: Tweet) -> None:
        client = rest(ada)
        for _ in range(2):
            response = client.patch(
                f"/api/tweets/{mine.pk}/",
                {"text": "Second", "version": 0},
                format="json",
                headers={"Idempotency-Key": "k1"},
            )
            assert (response.status_code, response.json()["version"]) == (200, 1)

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"text": "x"}, error("required", "version")),
            ({"version": 0}, error("required", "text")),
            ({"text": "x", "version": -1}, error("min_value", "version")),
            ({"text": "x", "version": 2**15}, error("max_value", "version")),
            ({"text": "x", "version": 10**30}, error("invalid", "version")),
            ({"text": "x", "version": "zero"}, error("invalid", "version")),
            ({"text": "x" * 281, "version": 0}, error("too_long", "text")),
            ({"text": " ", "version": 0}, error("blank", "text")),
            ({"text": "x", "version": 0, "quote_of_id": "1"}, error("unknown", "quote_of_id")),
        ],
    )
    def test_nonsense_is_refused(
        self, ada: User, mine: Tweet, body: dict[str, object], expected: tuple[str, str, str | None]
    ) -> None:
        response = rest(ada).patch(f"/api/tweets/{mine.pk}/", body, format="json")
        assert (response.status_code, only_error(response)) == (400, expected)
        mine.refresh_from_db()
        assert mine.text == "First"

    def test_what_is_no_longer_editable_says_why(
        self, ada: User, mine: Tweet, later: Callable[[timedelta], None]
    ) -> None:
        later(timedelta(hours=1))
        response = rest(ada).patch(f"/api/tweets/{mine.pk}/", {"text": "Second", "version": 0}, format="json")
        assert (response.status_code, only_error(response)) == (400, error("too_late"))

    def test_one_with_a_poll_is_refused(self, ada: User) -> None:
        tweet = factories.tweet(ada, "First", poll=factories.poll())
        response = rest(ada).patch(f"/api/tweets/{tweet.pk}/", {"text": "Second", "version": 0}, format="json")
        assert (response.status_code, only_error(response)) == (400, error("has_poll"))
        tweet.refresh_from_db()
        assert (tweet.text, tweet.edits_count, Edit.objects.count()) == ("First", 0, 0)

    def test_of_others_are_not_found(self, grace: User, mine: Tweet) -> None:
        body = {"text": "Mine now", "version": 0}
        response = rest(grace).patch(f"/api/tweets/{mine.pk}/", body, format="json")
        assert (response.status_code, only_error(response)) == (404, UNKNOWN)
        response = rest().patch(f"/api/tweets/{mine.pk}/", body, format="json")
        assert (response.status_code, only_error(response)) == (401, ANONYMOUS)
        mine.refresh_from_db()
        assert mine.text == "First"

    def test_the_history_is_there_for_anybody(self, ada: User, grace: User, mine: Tweet) -> None:
        assert [each["text"] for each in rest().get(f"/api/tweets/{mine.pk}/history/").json()["results"]] == ["First"]
        edit(mine, "Second, @grace @nobody <b>")
        again = actions.retweet(user=grace, tweet_id=mine.pk)
        for tweet_id in (mine.pk, again.pk):
            latest, first = rest().get(f"/api/tweets/{tweet_id}/history/").json()["results"]
            assert (latest["version"], latest["text"]) == (1, "Second, @grace @nobody <b>")
            assert latest["html"] == 'Second, <a class="mention" href="/grace/">@grace</a> @nobody &lt;b&gt;'
            assert (first["version"], first["text"], first["html"]) == (0, "First", "First")
        actions.delete_tweet(tweet=mine)
        response = rest().get(f"/api/tweets/{mine.pk}/history/")
        assert (response.status_code, only_error(response)) == (404, UNKNOWN)


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def browser(self, ada: User) -> Client:
        client = Client()
        client.force_login(ada)
        return client

    def address(self, tweet: Tweet) -> str:
        return f"/tweets/{tweet.pk}/edit/"

    def test_the_form_has_the_text_and_its_version(self, browser: Client, mine: Tweet) -> None:
        for headers in ({}, HTMX):
            page = browser.get(self.address(mine), headers=headers).content.decode()
            assert "First</textarea>" in page
            assert '<input type="hidden" name="version" value="0"' in page
            assert ("<html" in page) == (not headers)

    def test_saved_it_leads_to_the_tweet_which_says_so(self, browser: Client, mine: Tweet) -> None:
        answer = browser.post(self.address(mine), {"text": "Second", "version": "0"})
        assert answer["Location"] == f"/ada/status/{mine.pk}/"
        page = browser.get(answer["Location"]).content.decode()
        assert "Second" in page
        assert f'href="/ada/status/{mine.pk}/history/"' in page

    def test_scripts_are_told_what_to_fetch_again(self, browser: Client, mine: Tweet) -> None:
        answer = browser.post(self.address(mine), {"text": "Second", "version": "0"}, headers=HTMX)
        assert answer["HX-Trigger-After-Settle"] == f'{{"posted": {{"changed": ["{mine.pk}"]}}}}'
        assert "Your tweet was edited." in answer.content.decode()

    def test_sent_twice_it_is_one_edit(self, browser: Client, mine: Tweet) -> None:
        for _ in range(2):
            answer = browser.post(self.address(mine), {"text": "Second", "version": "0", "idempotency_key": "k1"})
            assert answer.status_code == 302
        assert Edit.objects.count() == 1

    def test_from_an_old_version_it_comes_back_with_both_texts(self, browser: Client, mine: Tweet) -> None:
        edit(mine, "Second")
        answer = browser.post(self.address(mine), {"text": "Mine", "version": "0", "idempotency_key": "k1"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Mine</textarea>" in page
        assert '<blockquote dir="auto">Second</blockquote>' in page
        assert 'name="version" value="1"' in page
        assert "k1" not in page
        browser.post(self.address(mine), {"text": "Mine", "version": "1"})
        mine.refresh_from_db()
        assert (mine.text, mine.edits_count) == ("Mine", 2)

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            ({"text": "", "version": "0"}, "Write something first."),
            ({"text": "x" * 281, "version": "0"}, "1 too long"),
            ({"text": "x"}, "Load the page again"),
            ({"text": "x", "version": "x"}, "Load the page again"),
            ({"text": "x", "version": "-1"}, "Load the page again"),
        ],
    )
    def test_what_cannot_be_saved_says_why(
        self, browser: Client, mine: Tweet, data: dict[str, str], reason: str
    ) -> None:
        answer = browser.post(self.address(mine), data, headers=HTMX)
        assert (answer.status_code, reason in answer.content.decode()) == (422, True)
        mine.refresh_from_db()
        assert mine.text == "First"

    def test_too_late_it_is_said_before_anything_is_written(
        self, browser: Client, mine: Tweet, later: Callable[[timedelta], None]
    ) -> None:
        assert self.address(mine) in browser.get(f"/ada/status/{mine.pk}/").content.decode()
        later(timedelta(hours=1))
        assert self.address(mine) not in browser.get(f"/ada/status/{mine.pk}/").content.decode()
        assert "for an hour" in browser.get(self.address(mine), headers=HTMX).content.decode()
        assert "for an hour" in browser.get(self.address(mine), follow=True).content.decode()

    def test_one_with_a_poll_is_not_offered_and_says_why(self, browser: Client, ada: User) -> None:
        tweet = factories.tweet(ada, "First", poll=factories.poll())
        assert self.address(tweet) not in browser.get(f"/ada/status/{tweet.pk}/").content.decode()
        assert "with a poll can" in browser.get(self.address(tweet), headers=HTMX).content.decode()
        answer = browser.post(self.address(tweet), {"text": "Second", "version": "0"}, headers=HTMX)
        assert (answer.status_code, "with a poll can" in answer.content.decode()) == (422, True)
        tweet.refresh_from_db()
        assert (tweet.text, Edit.objects.count()) == ("First", 0)

    def test_the_history_shows_every_version(self, browser: Client, client: Client, mine: Tweet) -> None:
        edit(mine, "Second")
        page = client.get(f"/ada/status/{mine.pk}/history/").content.decode()
        assert page.index("Second") < page.index("First")
        assert client.get(f"/grace/status/{mine.pk}/history/")["Location"] == f"/ada/status/{mine.pk}/history/"
        actions.delete_tweet(tweet=mine)
        assert client.get(f"/ada/status/{mine.pk}/history/").status_code == 404

    def test_tweets_are_fetched_again_each_as_it_was_shown(
        self, browser: Client, client: Client, grace: User, mine: Tweet
    ) -> None:
        other, gone = factories.tweet(grace, "Other"), factories.tweet(grace, "Gone")
        actions.delete_tweet(tweet=gone)
        page = browser.get(f"/tweets/entries/?ids={other.pk},{gone.pk}&main={mine.pk}&pinned={mine.pk}")
        content = page.content.decode()
        assert content.count("<article") == 3
        assert content.count('class="main-tweet"') == content.count("data-pinned") == 1
        assert "Gone" not in content
        assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
        assert client.get("/tweets/entries/")["Location"].startswith("/login/")
        for query in ("ids=x", "main=-1", f"ids={2**63}", "ids=1,,2", "ids=" + ",".join(["1"] * 101)):
            assert browser.get(f"/tweets/entries/?{query}").status_code == 400
