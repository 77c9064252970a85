from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from rest_framework.test import APIClient

from accounts import actions, tokens
from accounts.models import Follow, PersonalToken, User
from accounts.relations.queries import Relation
from tests import factories
from tests.rest import ANONYMOUS, UNKNOWN, error, only_error, rest, walk

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "/api/auth/token/"
ME = "/api/users/me/"
WRONG = error("wrong_credentials")
REFUSED = error("authentication_failed", kind="client_error")


def picture() -> SimpleUploadedFile:
    written = BytesIO()
    Image.new("RGB", (20, 20), "teal").save(written, "PNG")
    return SimpleUploadedFile("me.png", written.getvalue(), "image/png")


def standing(**relation: bool) -> dict[str, bool]:
    """The `viewer` of a person, of whom only this is true."""
    return asdict(Relation(**relation))


class TestToken:
    @pytest.mark.parametrize("name", ["ada", "ADA", "ada@example.com"])
    def test_name_and_password_give_one(self, ada: User, name: str) -> None:
        response = rest().post(TOKEN, {"username": name, "password": "correct horse"})
        assert response.status_code == 200
        assert list(response.json()) == ["token"]
        client = APIClient(headers={"Authorization": f"Bearer {response.json()['token']}"})
        assert client.get(ME).json()["username"] == "ada"

    def test_is_kept_as_a_hash(self, ada: User) -> None:
        token = rest().post(TOKEN, {"username": "ada", "password": "correct horse"}).json()["token"]
        assert token not in str(PersonalToken.objects.values().get())

    @pytest.mark.parametrize(
        ("name", "password"), [("ada", "wrong"), ("nobody", "correct horse"), ("grace", "correct horse")]
    )
    def test_what_is_wrong_is_not_told(self, ada: User, grace: User, name: str, password: str) -> None:
        actions.suspend(user=grace)
        response = rest().post(TOKEN, {"username": name, "password": password})
        assert response.status_code == 400
        assert response.json()["errors"][0]["detail"] == "There is no account with this name and password."
        assert only_error(response) == WRONG
        assert PersonalToken.objects.count() == 0

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"username": "ada"}, error("required", "password")),
            ({"username": "ada", "password": ["x"]}, error("invalid", "password")),
            ({"username": "a\0da", "password": "x"}, error("null_characters_not_allowed", "username")),
            ({"username": "ada", "password": "x" * 100_000}, error("max_length", "password")),
            ({"username": "ada", "password": "x", "otp": "1"}, error("unknown", "otp")),
            ([], error("invalid", "non_field_errors")),
        ],
    )
    def test_nonsense_is_refused(self, ada: User, body: object, expected: tuple[str, str, str]) -> None:
        response = rest().post(TOKEN, body)
        assert (response.status_code, only_error(response)) == (400, expected)

    def test_guessing_ends(self, ada: User) -> None:
        guesses = [rest().post(TOKEN, {"username": "ada", "password": f"guess {each}"}) for each in range(6)]
        assert [each.status_code for each in guesses] == [400] * 5 + [429]
        assert only_error(guesses[-1]) == error("throttled", kind="client_error")

    def test_an_old_one_does_not_stand_in_the_way(self, ada: User) -> None:
        client = APIClient(headers={"Authorization": "Bearer forgotten"})
        assert client.post(TOKEN, {"username": "ada", "password": "correct horse"}).status_code == 200

    def test_the_one_used_is_revoked(self, ada: User) -> None:
        client, other = rest(ada), rest(ada)
        response = client.delete(TOKEN)
        assert (response.status_code, response.content) == (204, b"")
        assert (client.get(ME).status_code, other.get(ME).status_code) == (401, 200)

    def test_nothing_is_revoked_without_one(self, ada: User, as_user: Callable[[User], Client]) -> None:
        tokens.issue(user=ada)
        assert only_error(rest().delete(TOKEN)) == ANONYMOUS
        assert as_user(ada).delete(TOKEN).status_code == 401
        assert PersonalToken.objects.count() == 1

    @pytest.mark.parametrize(
        "header", ["Bearer", "Bearer a b", "Bearer nonsense", "Bearer \xff\xfe", "bearer " + "0" * 64]
    )
    def test_nonsense_opens_nothing(self, ada: User, header: str) -> None:
        response = APIClient(HTTP_AUTHORIZATION=header).get(ME)
        assert (response.status_code, only_error(response)) == (401, REFUSED)
        assert response["WWW-Authenticate"] == 'Bearer error="invalid_token"'

    def test_an_expired_one_opens_nothing(self, ada: User) -> None:
        token = tokens.issue(user=ada, until=timezone.now() - timedelta(seconds=1))
        response = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}").get(ME)
        assert (response.status_code, only_error(response)) == (401, REFUSED)

    def test_suspension_closes_it(self, ada: User) -> None:
        client = rest(ada)
        actions.suspend(user=ada)
        assert client.get(ME).status_code == 401

    def test_the_oldest_ends_when_there_are_too_many(self, ada: User) -> None:
        issued = [tokens.issue(user=ada) for _ in range(51)]
        answers = [APIClient(HTTP_AUTHORIZATION=f"Bearer {each}").get(ME).status_code for each in issued[:2]]
        assert (answers, PersonalToken.objects.count()) == ([401, 200], 50)


class TestMe:
    def test_is_all_about_oneself(self, ada: User) -> None:
        assert rest(ada).get(ME).json() == {
            "id": str(ada.pk),
            "username": "ada",
            "name": "Ada Lovelace",
            "protected": False,
            "bio": "",
            "location": "",
            "website": "",
            "avatar_url": f"/avatars/a-{ada.pk * 47 % 360}.svg",
            "header_url": None,
            "url": "/ada/",
            "created_at": ada.date_joined.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "counts": {"followers": 0, "following": 0, "tweets": 0},
            "viewer": standing(),
        }

    @pytest.mark.parametrize("method", ["get", "patch"])
    def test_needs_somebody(self, db: None, method: str) -> None:
        response = getattr(rest(), method)(ME)
        assert (response.status_code, response["WWW-Authenticate"], only_error(response)) == (401, "Bearer", ANONYMOUS)

    def test_changes_what_is_sent_and_nothing_else(self, ada: User) -> None:
        response = rest(ada).patch(ME, {"bio": " First\u202e programmer\0 ", "website": "https://ada.example"})
        assert response.status_code == 200
        shown = {field: response.json()[field] for field in ("name", "bio", "location", "website")}
        assert shown == {
            "name": "Ada Lovelace",
            "bio": "First programmer",
            "location": "",
            "website": "https://ada.example",
        }

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"name": "x" * 51}, error("max_length", "name")),
            ({"bio": "x" * 100_000}, error("max_length", "bio")),
            ({"bio": None}, error("null", "bio")),
            ({"location": {}}, error("invalid", "location")),
            ({"website": "javascript:alert(1)"}, error("invalid", "website")),
            ({"website": "ftp://ada.example"}, error("invalid", "website")),
            ({"website": "ada"}, error("invalid", "website")),
            ({"website": "https://ada.example/\0"}, error("null_characters_not_allowed", "website")),
            ({"username": "countess"}, error("unknown", "username")),
            ({"is_staff": True}, error("unknown", "is_staff")),
            ({"avatar": "https://ada.example/me.png"}, error("max_length", "avatar")),
            ("name", error("invalid", "non_field_errors")),
        ],
    )
    def test_nonsense_changes_nothing(self, ada: User, body: object, expected: tuple[str, str, str]) -> None:
        before = User.objects.filter(pk=ada.pk).values().get()
        response = rest(ada).patch(ME, body)
        assert response.status_code == 400
        assert expected in [(response.json()["type"], each["code"], each["attr"]) for each in response.json()["errors"]]
        assert User.objects.filter(pk=ada.pk).values().get() == before

    def test_a_picture_comes_and_goes(self, ada: User) -> None:
        client = rest(ada)
        changed = client.patch(ME, {"avatar": picture(), "name": "Countess"}, format="multipart").json()
        assert (changed["avatar_url"].startswith("/media/people/"), changed["name"]) == (True, "Countess")
        removed = client.patch(ME, {"avatar": None})
        assert (removed.status_code, removed.json()["avatar_url"][:9]) == (200, "/avatars/")

    def test_what_is_no_picture_is_refused(self, ada: User) -> None:
        upload = SimpleUploadedFile("me.png", b"<svg/>", "image/png")
        response = rest(ada).patch(ME, {"avatar": upload}, format="multipart")
        assert (response.status_code, only_error(response)) == (400, error("invalid", "avatar"))
        assert not User.objects.get(pk=ada.pk).avatar

    def test_a_session_needs_its_csrf_token(self, ada: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(ada)
        client.cookies["csrftoken"] = "a" * 32
        refused = client.patch(ME, {"name": "x"}, "application/json")
        assert (refused.status_code, only_error(refused)) == (403, error("permission_denied", kind="client_error"))
        assert User.objects.get(pk=ada.pk).name == "Ada Lovelace"
        accepted = client.patch(ME, {"name": "x"}, "application/json", headers={"X-CSRFToken": "a" * 32})
        assert accepted.json()["name"] == "x"


class TestUser:
    def test_is_shown_to_the_viewer(self, ada: User, grace: User) -> None:
        factories.follow(ada, grace)
        shown = rest(grace).get("/api/users/ADA/").json()
        assert (shown["username"], shown["counts"], shown["viewer"]) == (
            "ada",
            {"followers": 0, "following": 1, "tweets": 0},
            standing(followed_by=True),
        )

    @pytest.mark.parametrize("name", ["nobody", "grace", "a%00b", "a" * 16, "%F0%9F%A6%86", "ada%0A"])
    def test_who_is_not_there_is_not_found(self, ada: User, grace: User, name: str) -> None:
        actions.suspend(user=grace)
        response = rest(ada).get(f"/api/users/{name}/")
        assert (response.status_code, only_error(response)) == (404, UNKNOWN)


class TestFollow:
    def test_twice_is_once(self, ada: User, grace: User) -> None:
        client = rest(ada)
        answers = [client.post("/api/users/grace/follow/") for _ in range(2)]
        assert [(each.status_code, each.json()) for each in answers] == [(200, standing(following=True))] * 2
        assert list(Follow.objects.values_list("follower", "followee")) == [(ada.pk, grace.pk)]
        assert client.get("/api/users/grace/").json()["counts"]["followers"] == 1

    def test_ends_whether_or_not_it_held(self, ada: User, grace: User) -> None:
        factories.follow(ada, grace)
        factories.follow(grace, ada)
        client = rest(ada)
        answers = [client.delete("/api/users/grace/follow/") for _ in range(2)]
        assert [(each.status_code, each.json()) for each in answers] == [(200, standing(followed_by=True))] * 2
        assert list(Follow.objects.values_list("follower", "followee")) == [(grace.pk, ada.pk)]

    @pytest.mark.parametrize("method", ["post", "delete"])
    def test_needs_both(self, ada: User, grace: User, alan: User, method: str) -> None:
        factories.follow(ada, alan)
        actions.suspend(user=grace)
        calls = [(rest(ada), "nobody"), (rest(ada), "grace"), (rest(), "alan")]
        answers = [getattr(client, method)(f"/api/users/{name}/follow/") for client, name in calls]
        assert [only_error(each) for each in answers] == [UNKNOWN, UNKNOWN, ANONYMOUS]
        assert list(Follow.objects.values_list("follower", "followee")) == [(ada.pk, alan.pk)]

    def test_oneself_is_refused(self, ada: User) -> None:
        response = rest(ada).post("/api/users/ada/follow/")
        assert (response.status_code, only_error(response)) == (400, error("yourself"))
        assert Follow.objects.count() == 0


class TestPeople:
    def crowd(self, user: User, number: int) -> list[str]:
        """The names of so many new followers, the latest first."""
        followers = factories.people(number)
        for each in followers:
            factories.follow(each, user)
        return [each.username for each in reversed(followers)]

    def test_come_page_by_page_the_latest_first(self, ada: User) -> None:
        names = self.crowd(ada, 7)
        assert [each["username"] for each in walk(rest(), "/api/users/ada/followers/?limit=3")] == names
        shown = walk(rest(), f"/api/users/{names[0]}/following/")
        assert [each["username"] for each in shown] == ["ada"]

    def test_a_page_names_its_neighbours(self, ada: User) -> None:
        self.crowd(ada, 3)
        first = rest().get("/api/users/ada/followers/?limit=2")
        page = first.json()
        assert first["Link"] == f'<{page["next"]}>; rel="next", <{page["previous"]}>; rel="prev"'
        assert page["next"].startswith("http://testserver/api/users/ada/followers/?limit=2&before=")
        last = rest().get(page["next"]).json()
        assert (len(last["results"]), last["next"]) == (1, None)

    def test_newer_ones_are_found_later(self, ada: User) -> None:
        self.crowd(ada, 1)
        previous = rest().get("/api/users/ada/followers/").json()["previous"]
        empty = rest().get(previous).json()
        assert (empty["results"], empty["previous"]) == ([], previous)
        names = self.crowd(ada, 2)
        assert [each["username"] for each in rest().get(empty["previous"]).json()["results"]] == names

    def test_know_the_viewer(self, ada: User, grace: User, alan: User) -> None:
        factories.follow(grace, ada, alan)
        factories.follow(alan, ada)
        shown = {
            each["username"]: each["viewer"] for each in rest(alan).get("/api/users/ada/followers/").json()["results"]
        }
        assert shown == {
            "grace": standing(followed_by=True),
            "alan": standing(),
        }

    def test_the_suspended_are_left_out(self, ada: User, grace: User, alan: User) -> None:
        factories.follow(grace, ada)
        factories.follow(alan, ada)
        actions.suspend(user=grace)
        assert [each["username"] for each in walk(rest(), "/api/users/ada/followers/?limit=1")] == ["alan"]
