from functools import partial
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts import actions as people
from accounts.models import User
from tests import factories
from tests.rest import ANONYMOUS, UNKNOWN, error, only_error, rest
from tests.threads import at_once
from tweets import actions
from tweets.models import Bookmark, Like, Tweet, posted_at

pytestmark = pytest.mark.django_db(transaction=True)

TWEETS = "/api/tweets/"
KEY = "Idempotency-Key"


def shown_person(user: User) -> dict[str, Any]:
    return {
        "id": str(user.pk),
        "username": user.username,
        "name": user.name,
        "protected": False,
        "url": f"/{user.username}/",
        "avatar_url": f"/avatars/{user.username[0]}-{user.pk * 47 % 360}.svg",
    }


class TestPosting:
    def test_answers_with_the_tweet(self, ada: User, grace: User) -> None:
        response = rest(ada).post(TWEETS, {"text": " Hi @grace! "})
        tweet = Tweet.objects.get()
        assert response.status_code == 201
        assert response.json() == {
            "id": str(tweet.pk),
            "url": f"/ada/status/{tweet.pk}/",
            "author": shown_person(ada),
            "in_reply_to_user": None,
            "text": "Hi @grace!",
            "html": 'Hi <a class="mention" href="/grace/">@grace</a>!',
            "entities": {
                "mentions": [{"start": 3, "end": 9, "id": str(grace.pk), "username": "grace"}],
                "hashtags": [],
                "urls": [],
            },
            "created_at": posted_at(tweet.pk).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "in_reply_to_id": None,
            "conversation_id": str(tweet.pk),
            "retweet_of_id": None,
            "quote_of_id": None,
            "reply_settings": "everyone",
            "media": [],
            "version": 0,
            "edited_at": None,
            "poll": None,
            "retweet_of": None,
            "quote_of": None,
            "counts": {"replies": 0, "retweets": 0, "quotes": 0, "likes": 0},
            "viewer": {"liked": False, "retweeted": False, "bookmarked": False, "pinned": False},
        }

    def test_a_reply_and_a_quote(self, ada: User, grace: User) -> None:
        first = factories.tweet(grace, "first")
        client = rest(ada)
        reply = client.post(TWEETS, {"text": "reply", "in_reply_to_id": str(first.pk)}).json()
        quote = client.post(TWEETS, {"text": "quote", "quote_of_id": str(first.pk), "in_reply_to_id": None}).json()
        assert (reply["in_reply_to_id"], reply["in_reply_to_user"]["username"]) == (str(first.pk), "grace")
        assert (quote["quote_of"]["text"], quote["in_reply_to_id"]) == ("first", None)
        counts = client.get(f"{TWEETS}{first.pk}/").json()["counts"]
        assert counts == {"replies": 1, "retweets": 0, "quotes": 1, "likes": 0}

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({}, error("required", "text")),
            ({"text": ""}, error("blank", "text")),
            ({"text": None}, error("null", "text")),
            ({"text": ["x"]}, error("invalid", "text")),
            ({"text": 1}, error("invalid", "text")),
            ({"text": "\u200b"}, error("empty", "text")),
            ({"text": "x" * 281}, error("too_long", "text")),
            ({"text": "字" * 141}, error("too_long", "text")),
            ({"text": "x" * 100_000}, error("max_length", "text")),
            ({"text": "a\0b"}, error("null_characters_not_allowed", "text")),
            ({"text": "x", "in_reply_to": "1"}, error("unknown", "in_reply_to")),
            ({"text": "x", "in_reply_to_id": "1"}, error("nothing_to_answer", "in_reply_to_id")),
            ({"text": "x", "quote_of_id": "1"}, error("nothing_to_quote", "quote_of_id")),
            ({"text": "x", "quote_of_id": str(2**63)}, error("invalid", "quote_of_id")),
            ({"text": "x", "quote_of_id": 1}, error("invalid", "quote_of_id")),
            ({"text": "x", "quote_of_id": "-1"}, error("invalid", "quote_of_id")),
            (["x"], error("invalid", "non_field_errors")),
            ("x", error("invalid", "non_field_errors")),
        ],
    )
    def test_nonsense_posts_nothing(self, ada: User, body: object, expected: tuple[str, str, str]) -> None:
        response = rest(ada).post(TWEETS, body)
        assert (response.status_code, only_error(response)) == (400, expected)
        assert Tweet.objects.count() == 0

    @pytest.mark.parametrize(
        "body",
        [
            b"{",
            b"\xff",
            b"[" * 100_000,
            b'{"text": NaN}',
            b'{"text": "\\ud800"}',
            b'{"text": "%s"}' % (b"x" * 3_000_000),
        ],
        ids=["cut off", "no text", "deep", "no number", "half a character", "huge"],
    )
    def test_what_is_no_json_posts_nothing(self, ada: User, body: bytes) -> None:
        response = rest(ada).post(TWEETS, body, content_type="application/json")
        assert (response.status_code, only_error(response)) == (400, error("parse_error", kind="client_error"))
        assert Tweet.objects.count() == 0

    @pytest.mark.parametrize(
        ("call", "status", "code"),
        [
            (
                partial(APIClient.post, path=TWEETS, data="text=x", content_type="application/x-www-form-urlencoded"),
                415,
                None,
            ),
            (partial(APIClient.post, path=TWEETS, data="x", content_type="nonsense"), 415, None),
            (
                partial(APIClient.post, path=TWEETS, data={"text": "x"}, headers={"Accept": "text/html"}),
                406,
                "not_acceptable",
            ),
            (partial(APIClient.put, path=TWEETS, data={"text": "x"}), 405, "method_not_allowed"),
            (partial(APIClient.get, path=TWEETS), 405, "method_not_allowed"),
        ],
    )
    def test_the_wrong_way_posts_nothing(self, ada: User, call: Any, status: int, code: str | None) -> None:
        response = call(rest(ada))
        expected = error(code or "unsupported_media_type", kind="client_error")
        assert (response.status_code, only_error(response)) == (status, expected)
        assert Tweet.objects.count() == 0

    def test_needs_somebody(self, db: None) -> None:
        response = rest().post(TWEETS, {"text": "x"})
        assert (response.status_code, response["WWW-Authenticate"], only_error(response)) == (401, "Bearer", ANONYMOUS)
        assert Tweet.objects.count() == 0


class TestIdempotencyKey:
    def test_the_same_again_is_the_same_tweet(self, ada: User) -> None:
        answers = [rest(ada).post(TWEETS, {"text": "once"}, headers={KEY: "k-1"}) for _ in range(2)]
        assert [each.status_code for each in answers] == [201, 201]
        assert answers[0].content == answers[1].content
        assert Tweet.objects.count() == 1

    def test_is_the_authors_own(self, ada: User, grace: User) -> None:
        for client in (rest(ada), rest(grace)):
            assert client.post(TWEETS, {"text": "hi"}, headers={KEY: "k-1"}).status_code == 201
        assert Tweet.objects.count() == 2

    @pytest.mark.parametrize("key", ["", "k" * 65, "two words", "clé"])
    def test_nonsense_posts_nothing(self, ada: User, key: str) -> None:
        response = rest(ada).post(TWEETS, {"text": "x"}, headers={KEY: key})
        assert (response.status_code, only_error(response)[2]) == (400, KEY)
        assert Tweet.objects.count() == 0

    def test_of_a_tweet_that_is_gone_finds_nothing(self, ada: User) -> None:
        client = rest(ada)
        client.post(TWEETS, {"text": "once"}, headers={KEY: "k-1"})
        actions.delete_tweet(tweet=Tweet.objects.get())
        assert only_error(client.post(TWEETS, {"text": "once"}, headers={KEY: "k-1"})) == UNKNOWN

    def test_eight_at_once_post_one(self, ada: User) -> None:
        clients = [rest(ada) for _ in range(8)]
        calls = [partial(each.post, TWEETS, {"text": "once"}, headers={KEY: "k-1"}) for each in clients]
        answers = {(each.status_code, each.json()["id"]) for each in at_once(*calls)}
        assert answers == {(201, str(Tweet.objects.get().pk))}


class TestTweet:
    def test_is_there_for_anybody(self, ada: User) -> None:
        tweet = factories.tweet(ada, "hello")
        response = rest().get(f"{TWEETS}{tweet.pk}/")
        assert (response.status_code, response["Content-Type"], response.json()["text"]) == (
            200,
            "application/json",
            "hello",
        )

    @pytest.mark.parametrize("tweet_id", ["1", "0", str(2**63 - 1), str(2**63), "9" * 30, "x", "-1", "1%00", "١"])
    def test_what_never_was_is_not_found(self, db: None, tweet_id: str) -> None:
        response = rest().get(f"{TWEETS}{tweet_id}/")
        assert (response.status_code, only_error(response)) == (404, UNKNOWN)

    def test_of_somebody_suspended_is_not_found(self, ada: User) -> None:
        tweet = factories.tweet(ada)
        people.suspend(user=ada)
        assert only_error(rest().get(f"{TWEETS}{tweet.pk}/")) == UNKNOWN

    def test_is_deleted_once(self, ada: User) -> None:
        tweet, client = factories.tweet(ada), rest(ada)
        response = client.delete(f"{TWEETS}{tweet.pk}/")
        assert (response.status_code, response.content) == (204, b"")
        assert only_error(client.get(f"{TWEETS}{tweet.pk}/")) == UNKNOWN
        assert only_error(client.delete(f"{TWEETS}{tweet.pk}/")) == UNKNOWN

    def test_is_deleted_by_its_author_only(self, ada: User, grace: User) -> None:
        tweet = factories.tweet(ada)
        answers = [client.delete(f"{TWEETS}{tweet.pk}/") for client in (rest(grace), rest())]
        assert [only_error(each) for each in answers] == [UNKNOWN, ANONYMOUS]
        assert Tweet.objects.get().deleted_at is None


def marks() -> int:
    return (
        Like.objects.count()
        + Bookmark.objects.count()
        + Tweet.objects.filter(retweet_of__isnull=False, deleted_at=None).count()
    )


@pytest.mark.parametrize(
    ("verb", "mark", "count"),
    [("like", "liked", "likes"), ("retweet", "retweeted", "retweets"), ("bookmark", "bookmarked", None)],
)
class TestMarks:
    def test_twice_is_once(self, ada: User, grace: User, verb: str, mark: str, count: str | None) -> None:
        tweet, client = factories.tweet(grace), rest(ada)
        answers = [client.post(f"{TWEETS}{tweet.pk}/{verb}/") for _ in range(2)]
        for each in answers:
            shown = each.json()
            assert (each.status_code, shown["id"], shown["viewer"][mark]) == (200, str(tweet.pk), True)
            assert sum(shown["viewer"].values()) == 1
            assert shown["counts"] == {"replies": 0, "retweets": 0, "quotes": 0, "likes": 0} | (
                {count: 1} if count else {}
            )
        assert marks() == 1

    def test_is_taken_back_whether_or_not_it_is_there(
        self, ada: User, grace: User, verb: str, mark: str, count: str | None
    ) -> None:
        tweet, client = factories.tweet(grace), rest(ada)
        client.post(f"{TWEETS}{tweet.pk}/{verb}/")
        answers = [client.delete(f"{TWEETS}{tweet.pk}/{verb}/") for _ in range(2)]
        for each in answers:
            assert (each.status_code, each.json()["id"], each.json()["viewer"][mark]) == (200, str(tweet.pk), False)
            assert set(each.json()["counts"].values()) == {0}
        assert marks() == 0

    def test_of_a_retweet_is_of_the_original(
        self, ada: User, grace: User, alan: User, verb: str, mark: str, count: str | None
    ) -> None:
        tweet = factories.tweet(grace)
        retweet = actions.retweet(user=alan, tweet_id=tweet.pk)
        client = rest(ada)
        made = client.post(f"{TWEETS}{retweet.pk}/{verb}/").json()
        assert (made["id"], made["viewer"][mark]) == (str(tweet.pk), True)
        assert client.delete(f"{TWEETS}{retweet.pk}/{verb}/").json()["viewer"][mark] is False

    @pytest.mark.parametrize("method", ["post", "delete"])
    def test_needs_somebody_and_something(
        self, ada: User, grace: User, verb: str, mark: str, count: str | None, method: str
    ) -> None:
        tweet, hidden = factories.tweet(ada), factories.tweet(grace)
        people.suspend(user=grace)
        calls = [(rest(), tweet.pk), (rest(ada), hidden.pk), (rest(ada), 1), (rest(ada), "9" * 30)]
        answers = [getattr(client, method)(f"{TWEETS}{tweet_id}/{verb}/") for client, tweet_id in calls]
        assert [only_error(each) for each in answers] == [ANONYMOUS, UNKNOWN, UNKNOWN, UNKNOWN]
        assert marks() == 0


def test_undoing_by_the_retweets_own_id(ada: User, grace: User) -> None:
    tweet = factories.tweet(grace)
    retweet = actions.retweet(user=ada, tweet_id=tweet.pk)
    undone = rest(ada).delete(f"{TWEETS}{retweet.pk}/retweet/")
    assert (undone.status_code, undone.json()["id"], undone.json()["viewer"]["retweeted"]) == (
        200,
        str(tweet.pk),
        False,
    )
