"""Mentions and hashtags are read from the text once, and stay true to it through edits and deletion."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import actions as people
from accounts.models import User
from tests import factories
from tests.threads import at_once
from tweets import cards, entities
from tweets.actions import delete_tweet
from tweets.counts import tags as tag_counts
from tweets.models import Hashtag, Mention, TagCountChange, Tweet, TweetTag, TweetWords


def mentioned(tweet: Tweet) -> set[str]:
    return set(Mention.objects.filter(tweet=tweet).values_list("person__username", flat=True))


def tags(tweet: Tweet) -> set[str]:
    return set(TweetTag.objects.filter(tweet=tweet).values_list("tag__name", flat=True))


def counted() -> dict[str, int]:
    """How many tweets each tag has."""
    ids = dict(Hashtag.objects.values_list("pk", "name"))
    return {ids[tag_id]: orjson.loads(figures)["tweets"] for tag_id, figures in tag_counts.load(list(ids)).items()}


def edited(tweet: Tweet, text: str) -> Tweet:
    tweet.text = text
    tweet.save(update_fields=["text"])
    entities.record_again(tweet)
    return tweet


@pytest.mark.django_db
class TestPosting:
    def test_those_who_exist_are_mentioned_each_once(self, ada: User, grace: User, alan: User) -> None:
        people.suspend(user=alan)
        tweet = factories.tweet(ada, "@GRACE @grace, @alan, @nobody and me, @ada")
        assert mentioned(tweet) == {"grace", "ada"}

    def test_whoever_comes_later_is_not_mentioned(self, ada: User) -> None:
        tweet = factories.tweet(ada, "@grace")
        factories.person("grace")
        assert mentioned(tweet) == set()

    def test_fifty_are_the_most(self, ada: User) -> None:
        names = [each.username for each in factories.people(51)]
        tweet = Tweet.objects.create(author=ada, text=" ".join(f"@{name}" for name in names))
        entities.record(tweet)
        assert mentioned(tweet) == set(names[:50])

    def test_a_tag_is_one_whatever_its_case_and_keeps_its_first_form(self, ada: User) -> None:
        first, second = factories.tweet(ada, "#Straße #STRASSE"), factories.tweet(ada, "#strasse")
        assert (tags(first), tags(second)) == ({"strasse"}, {"strasse"})
        assert list(Hashtag.objects.values_list("name", "shown")) == [("strasse", "Straße")]
        assert counted() == {"strasse": 2}

    def test_text_without_either_asks_no_more_than_search_needs(self, ada: User) -> None:
        tweet = Tweet.objects.create(author=ada, text="plain words, ada@example.com")
        with CaptureQueriesContext(connection) as captured:
            entities.record(tweet)
        assert len(captured) == 1, "search is told of it"

    def test_many_cost_as_much_as_few(self, ada: User, grace: User) -> None:
        names = " ".join(f"@{each.username}" for each in factories.people(9))
        questions = []
        for text in ("@grace #a1", f"{names} #b1 #b2 #b3 #b4 #b5 #b6 #b7"):
            tweet = Tweet.objects.create(author=ada, text=text)
            with CaptureQueriesContext(connection) as captured:
                entities.record(tweet)
            questions.append(len(captured))
        assert questions[0] == questions[1] == 9

    def test_it_is_said_who_is_mentioned(self, ada: User, grace: User, heard: list[Any]) -> None:
        factories.tweet(ada, "nobody")
        tweet = factories.tweet(ada, "@grace @nobody")
        assert heard == [(tweet.pk, {grace.pk}, {grace.pk})]


@pytest.fixture
def heard() -> Any:
    """What `entities.mentioned` has said: tweet, people, and whom the rows then named."""
    said: list[Any] = []

    def hear(tweet: Tweet, person_ids: frozenset[int], **kwargs: object) -> None:
        rows = set(Mention.objects.filter(tweet=tweet).values_list("person_id", flat=True))
        said.append((tweet.pk, set(person_ids), rows))

    entities.mentioned.connect(hear)
    yield said
    entities.mentioned.disconnect(hear)


@pytest.mark.django_db
class TestChanging:
    def test_an_edit_brings_and_takes(self, ada: User, grace: User, alan: User, heard: list[Any]) -> None:
        tweet = factories.tweet(ada, "@grace #one #two")
        edited(tweet, "@grace @alan #two #three")
        assert (mentioned(tweet), tags(tweet)) == ({"grace", "alan"}, {"two", "three"})
        assert counted() == {"one": 0, "two": 1, "three": 1}
        assert heard[1:] == [(tweet.pk, {alan.pk}, {grace.pk, alan.pk})]
        edited(tweet, "nothing")
        assert (mentioned(tweet), tags(tweet)) == (set(), set())
        assert counted() == {"one": 0, "two": 0, "three": 0}

    def test_a_deleted_tweet_counts_no_more_and_its_rows_go(
        self, ada: User, grace: User, drain: Callable[[], None]
    ) -> None:
        tweet, other = factories.tweet(ada, "@grace #one"), factories.tweet(ada, "@grace #one")
        delete_tweet(tweet=tweet)
        delete_tweet(tweet=tweet)
        assert counted() == {"one": 1}
        drain()
        assert list(Tweet.objects.all()) == [other]
        assert list(Mention.objects.values_list("tweet", flat=True)) == [other.pk]
        assert list(TweetTag.objects.values_list("tweet", flat=True)) == [other.pk]

    def test_figures_are_settled(self, ada: User) -> None:
        factories.tweet(ada, "#one #two")
        factories.tweet(ada, "#one")
        while tag_counts.settle():
            pass
        assert dict(Hashtag.objects.values_list("name", "tweets_count")) == {"one": 2, "two": 1}
        assert not TagCountChange.objects.exists()


@pytest.mark.django_db
class TestCards:
    def test_what_is_a_link_has_its_place(self, ada: User, grace: User) -> None:
        tweet = factories.tweet(ada, "😀 @Grace @nobody #Ünter example.com")
        card = cards.fetch([tweet.pk])[tweet.pk]
        assert orjson.loads(b"{%b}" % card.json)["entities"] == {
            "mentions": [{"start": 2, "end": 8, "id": str(grace.pk), "username": "grace"}],
            "hashtags": [{"start": 17, "end": 23, "tag": "Ünter"}],
            "urls": [{"start": 24, "end": 35, "url": "https://example.com"}],
        }
        assert orjson.loads(b"{%b}" % card.json)["html"] == (
            '😀 <a class="mention" href="/grace/">@Grace</a> @nobody '
            '<a class="hashtag" href="/hashtag/%C3%9Cnter/">#Ünter</a> '
            '<a href="https://example.com" rel="nofollow noopener noreferrer ugc" target="_blank">example.com</a>'
        )
        assert card.tag_ids == Hashtag.objects.get().pk.to_bytes(8, "big")

    def test_cards_are_loaded_in_one_query(self, ada: User, grace: User) -> None:
        ids = [factories.tweet(ada, f"@grace #tag{n} #more").pk for n in range(5)]
        with CaptureQueriesContext(connection) as captured:
            cards.load(ids)
        assert len(captured) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_new_tags_at_once_are_one_row_each(ada: User, grace: User) -> None:
    texts = ["#one #two #three", "#three #two #one"] * 3
    at_once(*[lambda text=text: factories.tweet(ada, text) for text in texts])
    assert sorted(Hashtag.objects.values_list("name", flat=True)) == ["one", "three", "two"]
    assert counted() == {"one": 6, "two": 6, "three": 6}


@pytest.mark.django_db
def test_tweets_from_before_there_was_a_search_are_indexed_by_a_command(
    ada: User, capsys: pytest.CaptureFixture[str]
) -> None:
    tweets = [factories.tweet(ada, text) for text in ("green tea", "#milk")]
    kept = dict(TweetWords.objects.values_list("pk", "words"))
    TweetWords.objects.all().delete()
    call_command("index_tweets")
    assert capsys.readouterr().out == "Indexed: 2 tweets\n"
    assert dict(TweetWords.objects.values_list("pk", "words")) == kept
    assert kept[tweets[1].pk] == "'#milk' 'milk':1"
