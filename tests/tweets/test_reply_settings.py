"""Who can reply is set by the tweet that begins a conversation, and holds in all of it."""

import pytest
from django.test import Client

from accounts.models import User
from tests import factories
from tests.rest import error, only_error, rest
from tests.tweets.test_views import HTMX
from tweets.actions import delete_tweet, like, post_thread, post_tweet, retweet
from tweets.composing import NewTweet
from tweets.models import Tweet
from tweets.presenting import gather
from tweets.rejections import MayNotReply, NotTheFirst

pytestmark = pytest.mark.django_db

EVERYONE, MENTIONED, FOLLOWING = Tweet.ReplySettings
FORBIDDEN = error("may_not_reply", kind="client_error")


@pytest.fixture
def closed(ada: User, grace: User) -> Tweet:
    """Ada's, for Grace alone."""
    return factories.tweet(ada, "Only @grace", reply_settings=MENTIONED)


def replies(author: User, tweet: Tweet, text: str = "hi") -> Tweet:
    return post_tweet(author=author, text=text, in_reply_to_id=tweet.pk)


def is_refused(author: User, tweet: Tweet) -> bool:
    before = Tweet.objects.count()
    try:
        replies(author, tweet)
    except MayNotReply:
        assert Tweet.objects.count() == before
        return True
    return False


def test_everyone_may_unless_it_is_said(ada: User, alan: User) -> None:
    assert not is_refused(alan, factories.tweet(ada))


def test_people_mentioned_and_the_author_may(closed: Tweet, ada: User, grace: User, alan: User) -> None:
    assert [is_refused(each, closed) for each in (ada, grace, alan)] == [False, False, True]


def test_people_whom_the_author_follows_or_mentions_may(ada: User, grace: User, alan: User) -> None:
    tweet = factories.tweet(ada, "@alan?", reply_settings=FOLLOWING)
    stranger = factories.person("stranger")
    factories.follow(ada, grace)
    factories.follow(stranger, ada)
    assert [is_refused(each, tweet) for each in (ada, grace, alan, stranger)] == [False, False, False, True]


def test_it_holds_in_all_of_the_conversation(closed: Tweet, grace: User, alan: User) -> None:
    middle = replies(grace, closed, "I mention @alan")
    assert is_refused(alan, middle)
    assert is_refused(alan, replies(grace, middle))


def test_whom_the_author_mentions_later_may_answer_that_and_go_on(closed: Tweet, ada: User, alan: User) -> None:
    invitation = replies(ada, closed, "and you, @alan")
    posted = post_thread(author=alan, tweets=[NewTweet("yes"), NewTweet("thanks")], in_reply_to_id=invitation.pk)
    assert not is_refused(alan, posted[1])
    assert is_refused(alan, closed)


def test_a_conversation_without_its_first_tweet_restricts_nobody(closed: Tweet, grace: User, alan: User) -> None:
    middle = replies(grace, closed)
    delete_tweet(tweet=closed)
    assert not is_refused(alan, middle)


def test_likes_retweets_and_quotes_are_free(closed: Tweet, alan: User) -> None:
    like(user=alan, tweet_id=closed.pk)
    again = retweet(user=alan, tweet_id=closed.pk)
    post_tweet(author=alan, text="look", quote_of_id=closed.pk)
    with pytest.raises(MayNotReply):
        replies(alan, again)


def test_a_reply_sets_nothing(ada: User) -> None:
    first = factories.tweet(ada)
    with pytest.raises(NotTheFirst):
        post_tweet(author=ada, text="hi", in_reply_to_id=first.pk, reply_settings=MENTIONED)
    assert Tweet.objects.count() == 1


def test_a_thread_sets_it_for_all_of_it(ada: User, alan: User) -> None:
    tweets = [NewTweet("one"), NewTweet("two")]
    first, second = post_thread(author=ada, tweets=tweets, reply_settings=MENTIONED)
    assert (first.reply_settings, second.reply_settings) == (MENTIONED, EVERYONE)
    assert is_refused(alan, first)
    assert is_refused(alan, second)


def test_the_card_says_it(closed: Tweet, ada: User, grace: User) -> None:
    answer, plain = replies(grace, closed), factories.tweet(ada)
    material = gather([closed.pk, answer.pk, plain.pk], ada.pk)
    said = [material.shown(each.pk)["reply_settings"] for each in (closed, answer, plain)]
    assert said == ["mentioned_users", None, "everyone"]


class TestPages:
    def test_say_who_can_reply_and_offer_it_to_nobody_else(self, closed: Tweet, ada: User, alan: User) -> None:
        client = Client()
        for user, offered in ((ada, True), (alan, False)):
            client.force_login(user)
            page = client.get(closed.get_absolute_url()).content.decode()
            assert "People @ada mentioned can reply" in page
            assert ('id="composer-reply"' in page) is offered
            assert ("and you can't." in page) is not offered
            composer = client.get(f"/compose/?in_reply_to_id={closed.pk}").content.decode()
            assert ("<textarea" in composer) is offered

    def test_refuse_what_is_sent_all_the_same(self, closed: Tweet, alan: User) -> None:
        client = Client()
        client.force_login(alan)
        sent = {"text": "hi", "in_reply_to_id": closed.pk}
        for headers, status in (({}, 403), (HTMX, 422)):
            answer = client.post("/compose/", sent, headers=headers)
            assert answer.status_code == status
            assert "Not everybody can reply" in answer.content.decode()
        assert Tweet.objects.count() == 1

    def test_the_composer_sets_it(self, ada: User) -> None:
        client = Client()
        client.force_login(ada)
        client.post("/compose/", {"text": "hi", "reply_settings": str(FOLLOWING.value)})
        assert Tweet.objects.get().reply_settings == FOLLOWING
        answer = client.post("/compose/", {"text": "hi", "reply_settings": "7"})
        assert answer.status_code == 422
        assert Tweet.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestApi:
    def test_sets_it_by_name(self, ada: User) -> None:
        response = rest(ada).post("/api/tweets/", {"text": "hi", "reply_settings": "following"})
        assert (response.status_code, response.json()["reply_settings"]) == (201, "following")
        assert Tweet.objects.get().reply_settings == FOLLOWING

    @pytest.mark.parametrize("given", ["nobody", 1, None, "", ["following"]])
    def test_nonsense_posts_nothing(self, ada: User, given: object) -> None:
        response = rest(ada).post("/api/tweets/", {"text": "hi", "reply_settings": given})
        assert response.status_code == 400
        assert only_error(response)[2] == "reply_settings"
        assert not Tweet.objects.exists()

    def test_whoever_may_not_reply_is_told_by_a_403(self, closed: Tweet, alan: User) -> None:
        client = rest(alan)
        body = {"text": "hi", "in_reply_to_id": str(closed.pk)}
        response = client.post("/api/tweets/", body)
        assert (response.status_code, only_error(response)) == (403, FORBIDDEN)
        threads = {"tweets": [{"text": "hi"}], "in_reply_to_id": str(closed.pk)}
        response = client.post("/api/threads/", threads)
        assert (response.status_code, only_error(response)) == (403, FORBIDDEN)
        assert Tweet.objects.count() == 1
