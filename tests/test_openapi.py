"""The API's description: valid, complete, and true."""

from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from accounts.lists import actions as lists
from accounts.models import User
from notifications import draining
from tests import factories
from tests.rest import UNKNOWN, only_error, rest
from tweets import actions, editing, pinning
from tweets.polls.actions import vote

METHODS = {"get", "post", "put", "patch", "delete"}
SHAPES = {"POST /api/markers/ 409": "MarkersConflict"}  # the one shape, and what holds now beside it
ANSWERS = {
    "/api/users/me/": "User",
    "/api/users/grace/": "User",
    "/api/users/grace/followers/": "UserPage",
    "/api/timelines/home/": "TweetPage",
    "/api/users/ada/lists/": "ListPage",
    "/api/markers/": "Markers",
    "/api/trends/": "Trends",
    "/api/suggestions/": "Suggestions",
    "/api/timelines/public/?limit=1": "TweetPage",
    "/api/users/ada/pinned/": "Tweet",
    "/api/users/me/likes/": "TweetPage",
    "/api/users/me/bookmarks/": "TweetPage",
    "/api/notifications/": "NotificationPage",
    "/api/notifications/unread/": "Unread",
    "/api/nothing/": "Error",
}
CALLS = {
    "POST /api/auth/token/",
    "DELETE /api/auth/token/",
    "GET /api/users/me/",
    "PATCH /api/users/me/",
    "GET /api/users/{username}/",
    "POST /api/users/{username}/follow/",
    "DELETE /api/users/{username}/follow/",
    "POST /api/users/{username}/block/",
    "DELETE /api/users/{username}/block/",
    "POST /api/users/{username}/mute/",
    "DELETE /api/users/{username}/mute/",
    "POST /api/users/{username}/hidden-retweets/",
    "DELETE /api/users/{username}/hidden-retweets/",
    "GET /api/users/{username}/followers-you-know/",
    "GET /api/users/me/blocks/",
    "GET /api/users/me/mutes/",
    "GET /api/users/me/muted-words/",
    "POST /api/users/me/muted-words/",
    "DELETE /api/users/me/muted-words/{word_id}/",
    "GET /api/users/me/follow-requests/",
    "POST /api/users/me/follow-requests/{username}/",
    "DELETE /api/users/me/follow-requests/{username}/",
    "DELETE /api/users/me/followers/{username}/",
    "POST /api/tweets/{tweet_id}/mute/",
    "DELETE /api/tweets/{tweet_id}/mute/",
    "GET /api/users/{username}/followers/",
    "GET /api/users/{username}/following/",
    "GET /api/users/{username}/tweets/",
    "POST /api/tweets/",
    "POST /api/threads/",
    "GET /api/drafts/",
    "POST /api/drafts/",
    "GET /api/drafts/{draft_id}/",
    "PUT /api/drafts/{draft_id}/",
    "DELETE /api/drafts/{draft_id}/",
    "POST /api/drafts/{draft_id}/post/",
    "POST /api/tweets/{tweet_id}/vote/",
    "GET /api/tweets/{tweet_id}/",
    "DELETE /api/tweets/{tweet_id}/",
    "GET /api/tweets/{tweet_id}/replies/",
    "POST /api/tweets/{tweet_id}/like/",
    "DELETE /api/tweets/{tweet_id}/like/",
    "POST /api/tweets/{tweet_id}/retweet/",
    "DELETE /api/tweets/{tweet_id}/retweet/",
    "POST /api/tweets/{tweet_id}/bookmark/",
    "DELETE /api/tweets/{tweet_id}/bookmark/",
    "PATCH /api/tweets/{tweet_id}/",
    "GET /api/tweets/{tweet_id}/history/",
    "GET /api/tweets/{tweet_id}/context/",
    "POST /api/tweets/{tweet_id}/pin/",
    "DELETE /api/tweets/{tweet_id}/pin/",
    "GET /api/users/{username}/pinned/",
    "GET /api/tweets/{tweet_id}/likes/",
    "GET /api/tweets/{tweet_id}/retweets/",
    "GET /api/tweets/{tweet_id}/quotes/",
    "GET /api/users/me/likes/",
    "GET /api/users/me/bookmarks/",
    "GET /api/users/me/hashtags/",
    "GET /api/hashtags/{tag}/",
    "GET /api/hashtags/{tag}/tweets/",
    "POST /api/hashtags/{tag}/follow/",
    "DELETE /api/hashtags/{tag}/follow/",
    "GET /api/search/tweets/",
    "GET /api/search/people/",
    "GET /api/complete/people/",
    "GET /api/complete/hashtags/",
    "GET /api/trends/",
    "GET /api/suggestions/",
    "DELETE /api/suggestions/{username}/",
    "GET /api/markers/",
    "GET /api/timelines/catch_up/",
    "POST /api/markers/",
    "GET /api/lists/",
    "POST /api/lists/",
    "GET /api/lists/followed/",
    "GET /api/lists/{list_id}/",
    "PATCH /api/lists/{list_id}/",
    "DELETE /api/lists/{list_id}/",
    "GET /api/lists/{list_id}/members/",
    "POST /api/lists/{list_id}/members/{username}/",
    "DELETE /api/lists/{list_id}/members/{username}/",
    "GET /api/lists/{list_id}/followers/",
    "POST /api/lists/{list_id}/follow/",
    "DELETE /api/lists/{list_id}/follow/",
    "GET /api/lists/{list_id}/tweets/",
    "GET /api/users/{username}/lists/",
    "GET /api/users/{username}/memberships/",
    "GET /api/timelines/home/",
    "GET /api/timelines/public/",
    "GET /api/notifications/",
    "GET /api/notifications/unread/",
    "POST /api/notifications/read/",
}


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    described: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return described


def operations(description: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {address}": operation
        for address, methods in description["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def test_is_valid(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_names_every_call(description: dict[str, Any]) -> None:
    assert set(operations(description)) == CALLS


def test_success_has_one_status(description: dict[str, Any]) -> None:
    unusual = {"DELETE /api/auth/token/": "204", "DELETE /api/tweets/{tweet_id}/": "204"}
    unusual |= dict.fromkeys(("POST /api/tweets/", "POST /api/threads/", "POST /api/lists/"), "201")
    unusual |= {"DELETE /api/users/me/muted-words/{word_id}/": "204"}
    unusual |= dict.fromkeys(("DELETE /api/lists/{list_id}/", "DELETE /api/suggestions/{username}/"), "204")
    unusual |= dict.fromkeys(("POST /api/drafts/", "POST /api/drafts/{draft_id}/post/"), "201")
    unusual |= {"DELETE /api/drafts/{draft_id}/": "204"}
    for name, operation in operations(description).items():
        assert [each for each in operation["responses"] if each < "400"] == [unusual.get(name, "200")], name


def test_every_refusal_has_the_one_shape(description: dict[str, Any]) -> None:
    for name, operation in operations(description).items():
        refusals = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert {"400", "405", "406", "500"} <= refusals.keys(), name
        for status, answer in refusals.items():
            shape = SHAPES.get(f"{name} {status}", "Error")
            assert answer["content"]["application/json"]["schema"] == {"$ref": f"#/components/schemas/{shape}"}, name


def nullable_as_type(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(schema, list):
        return [nullable_as_type(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: nullable_as_type(value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


def closed(schema: Any) -> Any:
    """The same, refusing members that are not described."""
    for described in schema["components"]["schemas"].values():
        described.setdefault("additionalProperties", False)
    return schema


@pytest.mark.django_db(transaction=True)
def test_what_comes_out_is_what_is_described(description: dict[str, Any], ada: User, grace: User) -> None:
    factories.follow(ada, grace)
    first = factories.tweet(grace, "first")
    quote = factories.tweet(ada, "quote", quote_of_id=first.pk)
    answer = factories.tweet(ada, "reply", in_reply_to_id=first.pk)
    factories.tweet(ada, "on", in_reply_to_id=answer.pk)
    asking = factories.tweet(grace, "tea?", poll=factories.poll())
    vote(user=ada, tweet_id=asking.pk, choice=1)
    unanswered = factories.tweet(grace, "milk?", poll=factories.poll())
    actions.retweet(user=ada, tweet_id=quote.pk)
    actions.like(user=ada, tweet_id=quote.pk)
    actions.bookmark(user=ada, tweet_id=quote.pk)
    made = lists.create_list(owner=ada, name="Friends")
    editing.edit_tweet(author=ada, tweet_id=quote.pk, text="Quote", version=0)
    pinning.pin(user=ada, tweet_id=quote.pk)
    factories.follow(grace, ada)
    draining.drain()
    components = closed(nullable_as_type({"components": description["components"]}))
    client = rest(ada)
    for address, shape in (
        ANSWERS
        | {
            f"/api/lists/{made.pk}/": "List",
            f"/api/tweets/{quote.pk}/": "Tweet",
            f"/api/tweets/{first.pk}/quotes/": "TweetPage",
            f"/api/tweets/{quote.pk}/history/": "History",
            f"/api/tweets/{answer.pk}/context/": "Context",
            f"/api/tweets/{quote.pk}/retweets/": "UserPage",
            f"/api/tweets/{quote.pk}/likes/": "UserPage",
            f"/api/tweets/{asking.pk}/": "Tweet",
            f"/api/tweets/{unanswered.pk}/": "Tweet",
        }
    ).items():
        schema = components | {"$ref": f"#/components/schemas/{shape}"}
        jsonschema.validate(client.get(address).json(), schema)


@pytest.mark.parametrize("method", ["get", "post", "delete", "options"])
@pytest.mark.parametrize(
    "address", ["/api/", "/api/nothing/", "/api/tweets", "/api/users/ada", "/api/%00/", "/api/x/?format=html"]
)
def test_an_unknown_address_is_a_404_in_the_one_shape(db: None, method: str, address: str) -> None:
    response = getattr(rest(), method)(address)
    assert (response.status_code, only_error(response)) == (404, UNKNOWN)


@pytest.mark.parametrize("header", ["Bearer", "Bearer nonsense"])
def test_a_refusal_before_anybody_asked_who_calls(db: None, header: str) -> None:
    client = APIClient(HTTP_AUTHORIZATION=header)
    answers = [client.get("/api/nothing/"), client.get("/api/timelines/home/", headers={"Accept": "text/html"})]
    assert [each.status_code for each in answers] == [404, 406]


def test_the_page_of_it_needs_nothing_inline(db: None) -> None:
    response = Client().get("/api/docs/")
    html = response.content.decode()
    assert response.status_code == 200
    assert "unsafe" not in response["Content-Security-Policy"]
    assert html.count("<script") == html.count('<script src="/static/') == 2
    assert 'data-schema="/api/schema/?format=json"' in html


def test_the_description_is_there_for_anybody(ada: User) -> None:
    for client in (rest(), rest(ada), APIClient(HTTP_AUTHORIZATION="Bearer nonsense")):
        described = client.get("/api/schema/?format=json")
        assert (described.status_code, described.json()["openapi"][:2]) == (200, "3.")
