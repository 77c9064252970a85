from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from accounts.models import User

LogIn = Callable[[User], Client]
NOT_A_PICTURE = "This is not a picture that can be read; send a PNG, JPEG, WebP or GIF."
FIELDS = {"name": "Ada", "bio": "Notes", "location": "London", "website": "https://example.com/"}


def picture(name: str = "a.png") -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (20, 20)).save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


def saved(user: User) -> dict[str, str]:
    return dict(User.objects.values(*FIELDS).get(pk=user.pk))


def test_strangers_are_asked_to_log_in(client: Client) -> None:
    assert client.get("/settings/")["Location"] == "/login/?next=/settings/"


def test_the_form_shows_what_is(ada: User, as_user: LogIn) -> None:
    assert 'value="Ada Lovelace"' in as_user(ada).get("/settings/").content.decode()


def test_saving_changes_the_profile(ada: User, as_user: LogIn) -> None:
    response = as_user(ada).post("/settings/", FIELDS)
    assert (response.status_code, response["Location"]) == (302, "/settings/")
    assert saved(ada) == FIELDS


def test_what_the_form_does_not_have_can_not_be_changed(ada: User, as_user: LogIn) -> None:
    as_user(ada).post("/settings/", FIELDS | {"username": "eve", "is_staff": "on", "followers_count": "9"})
    user = User.objects.get(pk=ada.pk)
    assert (user.username, user.is_staff, user.followers_count) == ("ada", False, 0)


def test_a_line_break_in_the_bio_is_one_character(ada: User, as_user: LogIn) -> None:
    as_user(ada).post("/settings/", FIELDS | {"bio": "x" * 80 + "\r\n" + "y" * 79})
    assert saved(ada)["bio"] == "x" * 80 + "\n" + "y" * 79


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("name", "x" * 51, "Ensure this value has at most 50 characters (it has 51)."),
        ("bio", "x" * 161, "Ensure this value has at most 160 characters (it has 161)."),
        ("location", "x" * 31, "Ensure this value has at most 30 characters (it has 31)."),
        ("website", "javascript:alert(1)", "Enter a web address, such as https://example.com."),
        ("website", "ftp://example.com/", "Enter a web address, such as https://example.com."),
        ("website", "https://example.com/" + "x" * 81, "Ensure this value has at most 100 characters (it has 101)."),
        ("avatar", SimpleUploadedFile("a.svg", b"<svg/>"), NOT_A_PICTURE),
        ("avatar", SimpleUploadedFile("a.png", b""), NOT_A_PICTURE),
        ("header", SimpleUploadedFile("a.png", bytes(11_000_000)), "This file is too big; at most 10 MB are taken."),
    ],
)
def test_mistakes_are_told_and_nothing_changes(ada: User, as_user: LogIn, field: str, value: str, error: str) -> None:
    before = saved(ada)
    response = as_user(ada).post("/settings/", FIELDS | {field: value})
    assert response.status_code == 422
    assert response.context["form"].errors == {field: [error]}
    assert saved(ada) == before
    assert "Ada Lovelace" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_pictures_come_and_go(ada: User, as_user: LogIn) -> None:
    client = as_user(ada)
    client.post("/settings/", FIELDS | {"avatar": picture("../../evil.html"), "header": picture()})
    user = User.objects.get(pk=ada.pk)
    assert (Image.open(user.avatar).size, Image.open(user.header).size) == ((400, 400), (1500, 500))
    assert str(user.avatar).startswith(f"people/{ada.pk}/")
    served = client.get(user.avatar.url)
    assert (served.status_code, served["Content-Type"]) == (200, "image/webp")
    client.post("/settings/", FIELDS)
    assert User.objects.get(pk=ada.pk).avatar == user.avatar
    client.post("/settings/", FIELDS | {"remove_avatar": "on", "remove_header": "on"})
    gone = User.objects.get(pk=ada.pk)
    assert (gone.avatar.name, gone.header.name) == ("", "")
    assert not default_storage.exists(str(user.avatar))
    assert not default_storage.exists(str(user.header))


class TestDefaultAvatar:
    def test_is_a_letter_that_any_cache_keeps(self, client: Client) -> None:
        response = client.get("/avatars/a-300.svg")
        assert response.status_code == 200
        assert response["Content-Type"] == "image/svg+xml"
        assert response["Cache-Control"] == "public, immutable, max-age=31536000"
        assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
        assert "Vary" not in response or "Cookie" not in response["Vary"]
        assert ">A</text>" in response.content.decode()

    @pytest.mark.parametrize("path", ["a-0", "_-359", "9-10"])
    def test_exists_for_every_name(self, client: Client, path: str) -> None:
        assert client.get(f"/avatars/{path}.svg").status_code == 200

    @pytest.mark.parametrize("path", ["A-1", "aa-1", "a-360", "a-007", "a-", "a--1", "<-1", "é-1", "a-1e1", "a-999"])
    def test_nothing_else_does(self, client: Client, db: None, path: str) -> None:
        assert client.get(f"/avatars/{path}.svg").status_code == 404


def test_a_body_beyond_all_measure_is_refused_unread(ada: User, as_user: LogIn, settings: Settings) -> None:
    settings.FILE_UPLOAD_HANDLERS = ["accounts.uploads.BoundedUploadHandler", *settings.FILE_UPLOAD_HANDLERS]
    client = as_user(ada)
    assert client.post("/settings/", FIELDS | {"avatar": picture()}).status_code == 302
    refused = client.post("/settings/", FIELDS | {"avatar": SimpleUploadedFile("a.png", bytes(33 * 1024 * 1024))})
    assert refused.status_code == 400
