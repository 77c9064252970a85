"""What is rising: counted by people, held against the usual, robust to who repeats himself."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import actions as people
from accounts.models import User
from discovery import tasks, trends
from discovery.models import Term
from tests import factories
from tests.rest import only_error, rest
from tweets import actions

pytestmark = pytest.mark.django_db

TRENDS = "/api/trends/"


@pytest.fixture
def crowd() -> list[User]:
    return [factories.person() for _ in range(12)]


def say(crowd: list[User], text: str) -> None:
    for each in crowd:
        factories.tweet(each, text)


def begin(crowd: list[User]) -> datetime:
    """A first count, an hour and more ago by the clock given to the later ones, of what is usual."""
    say(crowd, "Morning coffee #coffee")
    trends.count()
    return timezone.now()


def names() -> list[str]:
    return [str(term) for term in trends.rising(10)]


def test_on_the_first_count_everything_is_as_usual(crowd: list[User]) -> None:
    say(crowd, "Morning coffee #coffee")
    assert trends.count() == 0
    assert names() == []
    assert sorted(Term.objects.values_list("text", "authors")) == [("coffee", 12), ("coffee", 12), ("morning", 12)]


def test_what_several_begin_to_use_rises_and_what_is_usual_does_not(crowd: list[User]) -> None:
    begin(crowd)
    say(crowd, "Morning coffee #coffee")
    say(crowd[:5], "The rocket flies #Launch")
    say(crowd[:3], "Tea")
    assert trends.count() == 3
    assert names() == ["#Launch", "rocket", "flies"]
    assert {term.authors for term in trends.rising(10)} == {5}


def test_one_person_makes_no_trend_however_often_he_repeats_himself(crowd: list[User]) -> None:
    begin(crowd)
    for number in range(40):
        factories.tweet(crowd[0], f"Buy gadgets #gadgets {number}")
    say(crowd[1:3], "Buy gadgets #gadgets")
    trends.count()
    assert {term.authors for term in trends.rising(10)} == {3}
    Term.objects.all().delete()
    begin(crowd)
    for number in range(40):
        factories.tweet(crowd[4], f"Only mine #mine {number}")
    assert trends.count() == 0
    assert not Term.objects.filter(text="mine").exists()


def test_what_goes_on_becomes_usual(crowd: list[User]) -> None:
    now = begin(crowd)
    say(crowd[:4], "#Launch")
    trends.count()
    before = Term.objects.get(text="launch")
    for minutes in range(2, 12, 2):
        trends.count(now + timedelta(minutes=minutes))
    after = Term.objects.get(text="launch")
    assert 0 < before.usual < after.usual < 4 / 12
    assert 0 < after.score < before.score


def test_what_was_not_used_for_a_day_is_half_as_usual(crowd: list[User]) -> None:
    begin(crowd)
    usual = Term.objects.get(text="morning").usual
    Term.objects.update(counted_at=timezone.now() - timedelta(days=1) - trends.STEP)
    trends.count()
    step = trends._half(trends.STEP)
    assert Term.objects.get(text="morning").usual == pytest.approx(step * usual / 2 + (1 - step), abs=1e-4)


def test_nothing_of_the_suspended_the_protected_the_deleted_or_of_long_ago_counts(crowd: list[User]) -> None:
    begin(crowd)
    say(crowd[:3], "#Gone")
    for tweet in crowd[0].tweets.filter(text="#Gone"):
        actions.delete_tweet(tweet=tweet)
    say(crowd[3:6], "#Banned")
    people.suspend(user=crowd[3])
    say(crowd[6:9], "#Secret")
    User.objects.filter(pk=crowd[6].pk).update(is_protected=True)
    assert trends.count() == 0
    say(crowd[6:10], "#Later")
    assert trends.count(timezone.now() + timedelta(hours=2)) == 0
    assert names() == []


def test_a_retweet_is_no_use_of_its_words(crowd: list[User]) -> None:
    begin(crowd)
    tweet = factories.tweet(crowd[0], "#Launch")
    for each in crowd[1:]:
        actions.retweet(user=each, tweet_id=tweet.pk)
    assert trends.count() == 0


def test_what_fell_is_no_longer_rising_and_old_counts_say_nothing(crowd: list[User]) -> None:
    now = begin(crowd)
    say(crowd[:5], "#Launch")
    tasks.count_trends()
    assert names() == ["#Launch"]
    Term.objects.update(counted_at=now - trends.STALE_AFTER)
    assert names() == []
    assert trends.count(now + timedelta(hours=3)) == 0
    assert not Term.objects.filter(score__gt=0).exists()


def test_only_the_newest_are_looked_at(crowd: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    begin(crowd)
    say(crowd[:4], "#Launch")
    monkeypatch.setattr(trends, "SAMPLE", 2)
    assert trends.count() == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The QUICK brown fox isn't here", ["QUICK", "brown", "isn't", "here"]),
        ("@somebody says #something at https://example.com/long/words $CASH", ["says"]),
        ("Größe über-all naïve", ["Größe", "über", "naïve"]),
        ("x" * 31 + " 12345 a1b2c3 abc", ["a1b2c3"]),
        ("", []),
    ],
)
def test_words_are_of_four_letters_and_neither_links_nor_names(text: str, expected: list[str]) -> None:
    assert trends.words(text) == expected


class TestShown:
    @pytest.fixture
    def risen(self, crowd: list[User]) -> None:
        begin(crowd)
        say(crowd[:5], "The rocket #Launch")
        trends.count()

    def test_over_rest(self, risen: None) -> None:
        answer = rest().get(f"{TRENDS}?limit=1").json()
        assert answer == {"results": [{"kind": "hashtag", "text": "Launch", "url": "/hashtag/launch/", "authors": 5}]}
        assert [each["url"] for each in rest().get(TRENDS).json()["results"]] == [
            "/hashtag/launch/",
            "/search/?q=rocket",
        ]

    @pytest.mark.parametrize("limit", ["0", "51", "x"])
    def test_nonsense_is_refused(self, limit: str) -> None:
        response = rest().get(f"{TRENDS}?limit={limit}")
        assert response.status_code == 400
        assert only_error(response)[2] == "limit"

    def test_on_a_page_and_beside_others(self, risen: None, client: Client) -> None:
        page = client.get("/explore/trends/").content.decode()
        assert 'href="/hashtag/launch/"' in page
        assert "rocket" in page
        assert 'aria-label="Trending"' not in page
        assert 'aria-label="Trending"' in client.get("/explore/people/").content.decode()
        beside = client.get("/explore/trends/", headers={"HX-Request": "true"}).content.decode()
        assert ('href="/hashtag/launch/"' in beside, "<html" in beside) == (True, False)

    def test_when_nothing_rises_that_is_said(self, client: Client) -> None:
        assert "Nothing is rising just now" in client.get("/explore/trends/").content.decode()
