"""OWASP ASVS 5.0: what comes in and goes out; docs/security.md has the table."""

import logging
from collections.abc import Callable, Sequence
from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape
from pytest_django.fixtures import Settings

from accounts import actions, tokens
from accounts.models import Follow, User
from tests import factories
from tests.accounts.test_images import png_bomb, written
from tests.rest import used
from tests.routes import routes
from tests.security.pages import inline, read
from tests.servers import PrivateRedis
from tests.test_ownership import address_of, state, world  # noqa: F401  a fixture
from tests.threads import at_once
from tweets.models import Like, Tweet

LogIn = Callable[[User], Client]
SCRIPTS = (
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "JaVaScRiPt:alert(1)",
    'https://example.com/"onmouseover="alert(1)',
    "<script>alert(1)</script>",
)


@pytest.mark.django_db
@pytest.mark.parametrize("written", SCRIPTS)
def test_asvs_1_2_2_links_lead_to_the_web_and_run_nothing(ada: User, as_user: LogIn, written: str) -> None:
    """In a tweet, in all texts of a profile, and in its link."""
    api = used(ada)
    assert api.post("/api/tweets/", {"text": f"see {written} and example.com"}).status_code == 201
    assert (
        api.patch("/api/users/me/", {"name": written[:50], "bio": written, "location": written[:30]}).status_code == 200
    )
    before = state()
    if not written.startswith("https:"):
        assert api.patch("/api/users/me/", {"website": written}).status_code == 400
        assert state() == before
    for path in ("/", "/ada/", "/explore/", "/settings/"):
        page = read(as_user(ada).get(path).content.decode())
        assert page.inline == []
        assert [
            link for link in page.links if link and not link.startswith(("/", "http://", "https://", "?", "#"))
        ] == []


@pytest.mark.django_db(transaction=True)
def test_asvs_2_3_3_a_change_that_fails_half_way_leaves_nothing(ada: User, grace: User) -> None:
    """The last step of a follow fails: neither row nor count remains."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;"
            "CREATE CONSTRAINT TRIGGER fails AFTER INSERT ON accounts_follow DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION fails()"
        )
    try:
        before = state()
        with pytest.raises(Exception, match="no"):
            actions.follow(follower=ada, followee=grace)
        assert state() == before
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER fails ON accounts_follow; DROP FUNCTION fails()")
    assert not Follow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_asvs_2_3_4_of_many_at_once_one_counts(ada: User, grace: User) -> None:
    tweet, key = factories.tweet(grace), {"Idempotency-Key": "once"}
    api = [used(ada) for _ in range(4)]
    calls: Sequence[tuple[str, dict[str, str]]] = (
        ("/api/users/grace/follow/", {}),
        (f"/api/tweets/{tweet.pk}/like/", {}),
        (f"/api/tweets/{tweet.pk}/retweet/", {}),
        ("/api/tweets/", {"text": "once"}),
    )
    for path, body in calls:
        answers = at_once(*[lambda each=each: each.post(path, body, headers=key).status_code for each in api])  # noqa: B023
        assert set(answers) <= {200, 201}, path
    assert (Follow.objects.count(), Like.objects.count()) == (1, 1)
    assert Tweet.objects.filter(author=ada).count() == 2  # the retweet, and the one that was posted


@pytest.mark.django_db
@pytest.mark.parametrize(("limit", "path"), [("follow", "/api/users/grace/follow/"), ("post", "/api/tweets/")])
def test_asvs_2_4_1_machines_are_held_back(ada: User, grace: User, settings: Settings, limit: str, path: str) -> None:
    settings.LIMITS = settings.LIMITS | {limit: settings.LIMITS[limit]._replace(buckets={"account": (1, 3600)})}
    first, second = used(ada), used(ada)
    assert first.post(path, {"text": "one"}).status_code in (200, 201)
    before = state()
    refused = second.post(path, {"text": "two"})
    assert (refused.status_code, 3500 < int(refused["Retry-After"]) <= 3600) == (429, True)
    assert state() == before


@pytest.mark.django_db
def test_asvs_2_4_1_sign_ups_and_reads_by_strangers_are_held_back(settings: Settings) -> None:
    for limit, whose in (("signup", "address"), ("read", "stranger")):
        settings.LIMITS = settings.LIMITS | {limit: settings.LIMITS[limit]._replace(buckets={whose: (2, 3600)})}
    filled = {"email": "a@example.com", "password1": "correct horse"}
    tries = [Client().post("/signup/", filled | {"username": f"bot_{n}"}).status_code for n in range(3)]
    assert (tries, User.objects.count()) == ([302, 302, 429], 2)
    assert [Client().get("/api/timelines/public/").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.django_db
def test_asvs_3_5_3_looking_changes_nothing(world: dict[str, object], as_user: LogIn) -> None:  # noqa: F811
    """Every address, as its owner; a second look, since the first may be noted."""
    client = as_user(User.objects.get(username="ada"))
    for route in routes():
        where = address_of(route.path, world)
        client.get(where)
        before = state()
        assert client.get(where).status_code < 500
        assert state() == before, where
    assert client.get("/settings/").status_code == 200  # still logged in


@pytest.mark.django_db
def test_asvs_3_5_3_and_a_form_from_elsewhere_changes_nothing_either(ada: User, grace: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    before = state()
    for path, body in (
        ("/compose/", {"text": "forged"}),
        ("/grace/follow/", {}),
        ("/settings/", {"name": "Eve"}),
        ("/settings/sessions/end/", {}),
        (
            "/settings/password/",
            {"oldpassword": "correct horse", "password1": "eve's own 9", "password2": "eve's own 9"},
        ),
        ("/api/tweets/", {"text": "forged"}),
        ("/oauth/register/", {"redirect_uris": ["https://evil.example/"]}),
    ):
        assert browser.post(path, body).status_code in (400, 401, 403), path
    assert state() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "\t//evil",
    ],
)
def test_asvs_3_7_2_next_leads_only_to_ourselves(ada: User, as_user: LogIn, elsewhere: str) -> None:
    credentials = {"login": "ada", "password": "correct horse", "next": elsewhere}
    tweet = factories.tweet(ada)
    answers = [
        Client().post("/login/", credentials),
        Client().post(f"/login/?next={quote(elsewhere)}", {"login": "ada", "password": "correct horse"}),
        as_user(ada).get(f"/login/?next={quote(elsewhere)}"),
        as_user(ada).post("/logout/", {"next": elsewhere}),
        as_user(ada).post(f"/tweets/{tweet.pk}/like/", {"next": elsewhere}, headers={"Referer": elsewhere.strip()}),
        as_user(ada).post("/login/confirm/", {"password": "correct horse", "next": elsewhere}),
    ]
    for answer in answers:
        assert answer.status_code == 302
        assert "evil" not in answer["Location"]
        assert answer["Location"].startswith("/")
        assert not answer["Location"].startswith("//")


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"])
def test_asvs_4_1_3_no_header_moves_a_caller_to_another_bucket(settings: Settings, header: str) -> None:
    settings.LIMITS = settings.LIMITS | {"read": settings.LIMITS["read"]._replace(buckets={"stranger": (2, 3600)})}
    calls = [Client().get("/api/timelines/public/", headers={header: f"203.0.113.{n}"}) for n in range(3)]
    assert [each.status_code for each in calls] == [200, 200, 429]


def upload(user: User, content: bytes, name: str = "a.png", kind: str = "image/png") -> int:
    file = SimpleUploadedFile(name, content, kind)
    response = used(user).patch("/api/users/me/", {"avatar": file}, format="multipart")
    return int(response.status_code)


@pytest.mark.django_db
def test_asvs_5_2_1_what_is_too_big_is_refused(ada: User) -> None:
    before = state()
    assert upload(ada, b"\x89PNG\r\n\x1a\n" + bytes(5 * 1024 * 1024)) == 400
    assert state()["accounts_user"] == before["accounts_user"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<script>alert(1)</script>",
        b"GIF89a<script>",
        b"%PDF-1.7",
    ],
)
def test_asvs_5_2_2_what_a_file_is_its_content_says(ada: User, content: bytes) -> None:
    before = state()
    assert upload(ada, content) == 400
    assert state()["accounts_user"] == before["accounts_user"]


@pytest.mark.django_db
def test_asvs_5_2_3_a_picture_of_too_many_pixels_is_refused_unread(ada: User) -> None:
    assert upload(ada, png_bomb(9_000, 9_000)) == 400
    assert User.objects.get().avatar.name == ""


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["../../evil.py", "a.php.png", "<script>.png", "con.png", "a\u202egnp.exe"])
def test_asvs_5_3_2_files_have_names_of_our_own(ada: User, name: str) -> None:
    from PIL import Image

    assert upload(ada, written(Image.new("RGB", (8, 8)), "PNG"), name) == 200
    stored = str(User.objects.get().avatar.name)
    assert stored.startswith(f"people/{ada.pk}/")
    assert stored.removeprefix(f"people/{ada.pk}/").removesuffix(".webp").isalnum()
    default_storage.delete(stored)


@pytest.mark.django_db
def test_asvs_8_2_2_nobody_reaches_what_is_not_his(ada: User, grace: User) -> None:
    """A sample, named; tests/test_ownership.py holds every address against its table."""
    mine = factories.tweet(ada)
    thief = used(grace)
    before = state()
    assert thief.delete(f"/api/tweets/{mine.pk}/").status_code == 404
    assert thief.delete("/api/tweets/1/").status_code == 404
    assert state() == before


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["username", "is_staff", "followers_count", "id", "created_at", "email", "epoch"])
def test_asvs_8_2_3_a_field_that_is_not_to_be_set_is_refused(ada: User, field: str) -> None:
    api = used(ada)
    before = state()
    refused = api.patch("/api/users/me/", {"name": "Eve", field: "1"})
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, field)
    assert state() == before


@pytest.mark.django_db
def test_asvs_15_3_3_forms_and_calls_take_only_what_they_name(ada: User, grace: User, as_user: LogIn) -> None:
    extra = {"is_staff": "on", "is_superuser": "on", "username": "root", "author": grace.pk, "id": "1", "reach": "1"}
    as_user(ada).post("/settings/", {"name": "Ada"} | extra)
    as_user(ada).post("/compose/", {"text": "mine"} | extra)
    api = used(ada)
    before = state()
    assert api.post("/api/tweets/", {"text": "theirs"} | extra).status_code == 400
    assert state() == before
    user, tweet = User.objects.get(pk=ada.pk), Tweet.objects.get()
    assert (user.username, user.is_staff, user.is_superuser) == ("ada", False, False)
    assert (tweet.author_id, tweet.text, tweet.pk != 1) == (ada.pk, "mine", True)


@pytest.mark.django_db
def test_asvs_16_3_1_every_sign_in_is_noted(ada: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "audit")
    Client().post("/login/", {"login": "ada", "password": "wrong\npassword"})
    Client().post("/api/auth/token/", {"username": "ada", "password": "wrong"}, "application/json")
    Client().post("/login/", {"login": "ada", "password": "correct horse"})
    said = [each.getMessage().partition(":")[0] for each in caplog.records if each.name == "audit"]
    assert said == ["sign-in failed", "sign-in failed", "signed in"]
    assert "wrong" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_asvs_16_5_2_with_redis_away_people_read_and_write(
    ada: User, as_user: LogIn, settings: Settings, private_redis: PrivateRedis
) -> None:
    browser = as_user(ada)
    api_token = tokens.issue(user=ada)
    settings.CACHES = {name: options | {"LOCATION": private_redis.url} for name, options in settings.CACHES.items()}
    private_redis.kill()
    assert browser.get("/").status_code == 200
    assert browser.post("/compose/", {"text": "anyway"}).status_code == 302
    assert Client().get("/api/users/me/", headers={"Authorization": f"Bearer {api_token}"}).status_code == 200
    assert [each.text for each in Tweet.objects.all()] == ["anyway"]


@pytest.mark.django_db(transaction=True)
def test_asvs_16_5_3_with_redis_away_what_is_hidden_stays_hidden_and_tokens_that_ended_open_nothing(
    ada: User, grace: User, settings: Settings, private_redis: PrivateRedis
) -> None:
    tweet, token = factories.tweet(grace), tokens.issue(user=grace)
    settings.CACHES = {name: options | {"LOCATION": private_redis.url} for name, options in settings.CACHES.items()}
    private_redis.kill()
    actions.suspend(user=grace)
    assert used(ada).get(f"/api/tweets/{tweet.pk}/").status_code == 404
    assert Client().get("/api/users/me/", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert escape(tweet.text) not in Client().get("/explore/").content.decode()
    assert inline(Client().get("/explore/").content.decode()) == []
