"""A tweet amid its conversation: above it, after it, beneath each answer, at a cost that does not grow."""

import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import actions as people
from accounts.models import User
from accounts.relations import actions as relations
from tests import factories
from tests.rest import UNKNOWN, only_error, queries_for, rest
from timelines.conversation import ABOVE, THREAD
from tweets import actions, conversations
from tweets.models import Tweet

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


@pytest.fixture
def note(grace: User) -> Tweet:
    return factories.tweet(grace, "A note")


@pytest.fixture
def browser(ada: User) -> Client:
    """Ada's."""
    client = Client()
    client.force_login(ada)
    return client


def blocked(viewer: User, person: User) -> None:
    relations.block(blocker=viewer, blocked=person)


def muted(viewer: User, person: User) -> None:
    relations.mute(muter=viewer, muted=person)


def answer(author: User, tweet: Tweet, text: str | None = None) -> Tweet:
    return factories.tweet(author, text, in_reply_to_id=tweet.pk)


def chain(author: User, tweet: Tweet, number: int) -> list[Tweet]:
    """So many tweets, each answering the one before, the first of them this one."""
    made = []
    for place in range(number):
        tweet = answer(author, tweet, f"link {place}")
        made.append(tweet)
    return made


def texts(tweets: list[bytes]) -> list[str]:
    return [orjson.loads(each)["text"] for each in tweets]


def page(tweet: Tweet, browser: Client | None = None, query: str = "") -> Any:
    answer = (browser or Client()).get(f"{tweet.get_absolute_url()}{query}")
    assert answer.status_code == 200
    return answer.context


def groups(context: Any) -> list[list[str]]:
    return [texts(each.tweets) for each in context["answers"]]


class TestAbove:
    def test_stands_all_that_is_answered(self, ada: User, grace: User, alan: User, note: Tweet) -> None:
        middle = answer(alan, note, "An answer")
        last = answer(ada, middle, "The end")
        context = page(last)
        assert [each["text"] for each in context["ancestors"]] == ["A note", "An answer"]
        assert context["has_earlier"] is False

    def test_what_is_gone_is_said_to_be_unavailable_before_and_after_it_is_cleared_away(
        self, ada: User, alan: User, note: Tweet, client: Client, drain: Callable[[], None]
    ) -> None:
        middle = answer(alan, note)
        last = answer(ada, middle)
        actions.delete_tweet(tweet=middle)
        assert page(last)["ancestors"][1] is None
        drain()
        context = page(last)
        assert context["ancestors"] == [None]
        assert "This tweet is unavailable." in client.get(last.get_absolute_url()).content.decode()

    def test_of_a_long_chain_the_nearest_and_the_way_to_the_others(self, ada: User, note: Tweet) -> None:
        links = chain(ada, note, ABOVE + 5)
        context = page(links[-1])
        shown = [each["text"] for each in context["ancestors"]]
        assert shown == [f"link {place}" for place in range(4, ABOVE + 4)]
        assert context["has_earlier"] is True
        more = Client().get(f"{links[4].get_absolute_url()}?above=1", headers=HTMX)
        assert [each["text"] for each in more.context["ancestors"]] == ["A note", *(f"link {n}" for n in range(4))]
        assert (more.context["has_earlier"], "<html" in more.content.decode()) == (False, False)

    def test_the_way_to_the_others_leads_over_what_can_be_seen(self, ada: User, note: Tweet) -> None:
        links = chain(ada, note, ABOVE + 5)
        actions.delete_tweet(tweet=links[4])
        context = page(links[-1])
        assert context["ancestors"][0]["text"] == "link 5"
        assert context["has_earlier"] is True


class TestThread:
    def test_the_author_goes_on_first_and_oldest_first(self, ada: User, grace: User, note: Tweet) -> None:
        answer(ada, note, "Before")
        first = answer(grace, note, "2/3")
        answer(grace, first, "3/3")
        answer(ada, note, "After")
        context = page(note)
        assert texts(context["thread"]) == ["2/3", "3/3"]
        assert groups(context) == [["After"], ["Before"]]

    def test_another_answer_to_oneself_stands_among_the_answers(self, grace: User, note: Tweet) -> None:
        answer(grace, note, "On")
        answer(grace, note, "By the way")
        context = page(note)
        assert (texts(context["thread"]), groups(context)) == (["On"], [["By the way"]])

    def test_a_long_one_goes_on_at_its_last(self, grace: User, note: Tweet) -> None:
        links = chain(grace, note, THREAD + 2)
        context = page(note)
        assert len(context["thread"]) == THREAD
        assert context["later"] == links[THREAD - 1].get_absolute_url()
        rest_of_it = page(links[THREAD - 1])
        assert texts(rest_of_it["thread"]) == [f"link {THREAD}", f"link {THREAD + 1}"]
        assert rest_of_it["later"] is None


class TestBeneath:
    def test_the_authors_answer_before_the_answerers_before_the_oldest(
        self, ada: User, grace: User, alan: User, note: Tweet
    ) -> None:
        by_anybody, by_self, by_author = (answer(ada, note, name) for name in ("anybody", "self", "author"))
        answer(alan, by_anybody, "alan's")
        answer(alan, by_self, "alan's")
        answer(ada, by_self, "ada's")
        for author, text in ((alan, "alan's"), (ada, "ada's"), (grace, "grace's")):
            answer(author, by_author, text)
        assert groups(page(note)) == [["author", "grace's"], ["self", "ada's"], ["anybody", "alan's"]]

    def test_two_one_answering_the_other_and_a_link_to_more(
        self, ada: User, grace: User, alan: User, note: Tweet, client: Client
    ) -> None:
        first = answer(ada, note, "one")
        second = answer(grace, first, "two")
        third = answer(ada, second, "three")
        [group] = page(note)["answers"]
        assert (texts(group.tweets), group.more) == (["one", "two", "three"], None)
        for cause in (answer(alan, first), answer(alan, third)):
            [group] = page(note)["answers"]
            assert (texts(group.tweets), group.more) == (["one", "two", "three"], first.get_absolute_url())
            Tweet.objects.filter(pk=cause.pk).delete()
        answer(alan, third)
        assert "Show more replies" in client.get(note.get_absolute_url()).content.decode()

    def test_nothing_hangs_on_what_cannot_be_seen(self, ada: User, grace: User, alan: User, note: Tweet) -> None:
        first = answer(ada, note, "one")
        answer(grace, answer(alan, first, "hidden"), "on hidden")
        people.suspend(user=alan)
        [group] = page(note)["answers"]
        assert (texts(group.tweets), group.more) == (["one"], first.get_absolute_url())

    @pytest.mark.parametrize("hide", [blocked, muted])
    def test_neither_does_it_on_whom_the_viewer_avoids(
        self, ada: User, grace: User, alan: User, note: Tweet, hide: Callable[[User, User], None], browser: Client
    ) -> None:
        first = answer(grace, answer(grace, note, "on"), "on and on")
        answer(alan, note, "top")
        other = answer(grace, note, "other")
        answer(grace, answer(alan, other, "hidden"), "on hidden")
        hide(ada, alan)
        context = page(note, browser)
        assert texts(context["thread"]) == ["on", "on and on"]
        assert groups(context) == [["other"]]
        assert first.text in browser.get(note.get_absolute_url()).content.decode()

    def test_deleted_ones_make_room(self, ada: User, alan: User, note: Tweet) -> None:
        first = answer(ada, note, "one")
        actions.delete_tweet(tweet=answer(alan, first, "gone"))
        answer(alan, first, "there")
        assert groups(page(note)) == [["one", "there"]]


class TestPages:
    def test_answers_come_newest_first_in_pages(self, ada: User, grace: User, note: Tweet) -> None:
        answer(grace, note, "mine")
        for number in range(23):
            answer(ada, note, f"answer {number}")
        first = page(note)
        assert groups(first) == [[f"answer {number}"] for number in range(22, 2, -1)]
        more = Client().get(first["more"], headers=HTMX)
        assert groups(more.context) == [["answer 2"], ["answer 1"], ["answer 0"]]
        assert (more.context["more"], "<html" in more.content.decode()) == (None, False)

    def test_every_tweet_is_there_once(self, ada: User, grace: User, alan: User, note: Tweet, client: Client) -> None:
        first = answer(ada, note)
        tweets = [note, first, answer(grace, first), answer(grace, note), answer(alan, note)]
        html = client.get(note.get_absolute_url()).content.decode()
        assert sorted(re.findall(r'<article[^>]*\bid="tweet-(\d+)"', html)) == sorted(str(each.pk) for each in tweets)

    def test_200_answers_with_answers_cost_what_2_do(self, ada: User, grace: User, note: Tweet) -> None:
        costs = []
        for number in (2, 198):
            about = {"author": ada, "in_reply_to": note, "in_reply_to_user": grace, "conversation": note}
            Tweet.objects.bulk_create(Tweet(text=str(each), **about) for each in range(number))
            Tweet.objects.bulk_create(
                Tweet(author=grace, text="re", in_reply_to=parent, in_reply_to_user=ada, conversation=note)
                for parent in Tweet.objects.filter(**about, replies=None)
            )
            Client().get(note.get_absolute_url())
            with CaptureQueriesContext(connection) as asked:
                context = page(note)
            assert all(len(each) == 2 for each in groups(context))
            costs.append(len(asked))
        assert len(groups(context)) == 20
        assert costs[0] == costs[1]

    def test_a_conversation_of_a_hundred_links_costs_what_one_of_two_does(self, ada: User, grace: User) -> None:
        costs = []
        for number in (2, 100):
            top = factories.tweet(grace)
            links = chain(grace, top, number)
            for each in (top, links[-1]):
                Client().get(each.get_absolute_url())
                with CaptureQueriesContext(connection) as asked:
                    page(each)
                costs.append(len(asked))
        assert costs[:2] == costs[2:]


def test_the_statements_use_their_indexes(ada: User, note: Tweet) -> None:
    factories.past_tweets([ada], 2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tweets_tweet")
        cursor.execute(f"EXPLAIN {conversations._ON}", {"tweet": note.pk, "most": 5})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "self_replies" in plan
    assert "Seq Scan on tweets_tweet" not in plan


class TestOverRest:
    def address(self, tweet: Tweet) -> str:
        return f"/api/tweets/{tweet.pk}/context/"

    def test_shows_what_is_above_and_how_the_author_goes_on(
        self, ada: User, grace: User, alan: User, note: Tweet
    ) -> None:
        middle = answer(alan, note)
        mine = answer(ada, middle)
        on = answer(ada, mine)
        again = actions.retweet(user=grace, tweet_id=mine.pk)
        for tweet in (mine, again):
            context = rest(ada).get(self.address(tweet)).json()
            assert [each["id"] for each in context["ancestors"]] == [str(note.pk), str(middle.pk)]
            assert [each["id"] for each in context["thread"]] == [str(on.pk)]
            assert (context["earlier"], context["later"]) == (None, None)

    def test_is_walked_up_and_down(self, ada: User, note: Tweet) -> None:
        links = chain(ada, note, 60)
        found: list[str] = []
        address = self.address(links[-1])
        while address:
            context = rest().get(address).json()
            found = [each["text"] for each in context["ancestors"]] + found
            address = context["earlier"]
        assert found == ["A note", *(f"link {place}" for place in range(59))]
        found, address = [], self.address(links[0])
        while address:
            context = rest().get(address).json()
            found += [each["text"] for each in context["thread"]]
            address = context["later"]
        assert found == [f"link {place}" for place in range(1, 60)]

    def test_leaves_a_gap_where_something_is_gone(self, ada: User, alan: User, note: Tweet) -> None:
        middle = answer(alan, note)
        mine = answer(ada, middle)
        actions.delete_tweet(tweet=middle)
        above = rest().get(self.address(mine)).json()["ancestors"]
        assert [each and each["text"] for each in above] == ["A note", None]

    def test_of_nothing_is_not_found(self, ada: User, note: Tweet) -> None:
        actions.delete_tweet(tweet=note)
        for tweet_id in (str(note.pk), "1", "9" * 30):
            response = rest(ada).get(f"/api/tweets/{tweet_id}/context/")
            assert (response.status_code, only_error(response)) == (404, UNKNOWN)

    def test_much_costs_what_little_does(self, ada: User, note: Tweet) -> None:
        links = chain(ada, note, 30)
        assert queries_for(rest(ada), self.address(links[1])) == queries_for(rest(ada), self.address(links[25]))
