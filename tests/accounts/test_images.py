"""Uploads as attackers and phones make them."""

import struct
import tracemalloc
import zlib
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts import images

NOT_A_PICTURE = "This is not a picture that can be read; send a PNG, JPEG, WebP or GIF."
TOO_MANY_PIXELS = "This picture has too many pixels; at most 40 million are taken."
RED, BLUE = (255, 0, 0), (0, 0, 255)


def finished(content: bytes, shape: images.Shape = images.AVATAR, name: str = "photo.jpg") -> Image.Image:
    return Image.open(BytesIO(images.finished(SimpleUploadedFile(name, content), shape).read()))


def refusal(content: bytes, shape: images.Shape = images.AVATAR, name: str = "photo.png") -> str:
    with pytest.raises(images.Refused) as refused:
        finished(content, shape, name)
    return str(refused.value)


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of few bytes that claims, and truly has, this many black pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    squeezed = zlib.compressobj(9)
    rows = squeezed.compress(bytes(1 + 4 * width)) + squeezed.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def webp_header(width: int, height: int) -> bytes:
    """An extended WebP that claims a canvas of this size and holds a single small frame."""
    small = written(Image.new("RGB", (8, 8)), "WEBP")[12:]
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    extended = b"VP8X" + struct.pack("<I", 10) + b"\x00\x00\x00\x00" + size
    body = b"WEBP" + extended + small
    return b"RIFF" + struct.pack("<I", len(body)) + body


def near(color: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(color, tuple)
    return all(abs(one - other) < 30 for one, other in zip(color[:3], wanted, strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_each_format_becomes_webp_of_the_shape(kind: str) -> None:
    content = written(Image.new("RGB", (640, 480), RED), kind)
    avatar, header = finished(content), finished(content, images.HEADER)
    assert (avatar.format, avatar.size) == ("WEBP", (400, 400))
    assert (header.format, header.size) == ("WEBP", (1500, 500))
    assert near(avatar.getpixel((200, 200)), RED)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_each_mode_of_color(mode: str) -> None:
    assert finished(written(Image.new(mode, (10, 10)), "JPEG" if mode == "CMYK" else "PNG")).size == (400, 400)


def test_transparent_stays_transparent() -> None:
    avatar = finished(written(Image.new("RGBA", (10, 10), (255, 0, 0, 0)), "PNG"))
    assert avatar.convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_the_picture_is_turned_upright_and_tells_nothing_else() -> None:
    photo = Image.new("RGB", (200, 100), RED)
    photo.paste(BLUE, (100, 0, 200, 100))  # the right half
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter to the right
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)  # the latitude
    content = written(photo, "JPEG", exif=exif, icc_profile=b"profile", comment=b"at home", quality=95)
    assert b"Maker" in content
    avatar = finished(content)
    assert near(avatar.getpixel((200, 20)), RED)
    assert near(avatar.getpixel((200, 380)), BLUE)
    assert not avatar.getexif()
    assert {"exif", "xmp", "icc_profile", "comment"}.isdisjoint(avatar.info)


def test_only_the_first_frame_is_looked_at() -> None:
    frames = [Image.new("RGB", (20, 20), color) for color in (RED, *[BLUE] * 500)]
    avatar = finished(written(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert getattr(avatar, "n_frames", 1) == 1
    assert near(avatar.getpixel((200, 200)), RED)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"hello", id="text"),
        pytest.param(b"\x89PNG\r\n\x1a\n", id="signature only"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', id="svg"),
        pytest.param(b"GIF89a<script>alert(1)</script>", id="page that says it is a GIF"),
        pytest.param(b"BM" + bytes(100), id="bmp"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", id="eps"),
        pytest.param(b"\xff\xd8\xff\xe0" + bytes(50), id="broken jpeg"),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    assert refusal(content) == NOT_A_PICTURE


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_file_cut_off_is_refused(kind: str) -> None:
    content = written(Image.effect_noise((300, 300), 80).convert("RGB"), kind)
    for kept in (len(content) // 2, len(content) // 4, 40, 20):
        assert refusal(content[:kept]) == NOT_A_PICTURE


def test_a_tiff_called_png_is_refused() -> None:
    assert refusal(written(Image.new("RGB", (9, 9)), "TIFF")) == NOT_A_PICTURE


def test_a_page_hidden_behind_a_picture_does_not_survive() -> None:
    content = written(Image.new("RGB", (9, 9), RED), "JPEG") + b"<html><script>alert(1)</script></html>"
    stored = images.finished(SimpleUploadedFile("page.html", content), images.AVATAR)
    assert stored.name == "picture.webp"
    assert b"script" not in stored.read()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(png_bomb(50_000, 50_000), id="png"),
        pytest.param(png_bomb(8_000, 6_000), id="png below Pillow's own limit"),
        pytest.param(webp_header(16_000, 16_000), id="webp"),
        pytest.param(b"GIF89a" + struct.pack("<HH", 65_000, 65_000) + bytes(20), id="gif"),
    ],
)
def test_a_bomb_is_refused_without_being_decoded(content: bytes) -> None:
    tracemalloc.start()
    try:
        assert refusal(content) in {TOO_MANY_PIXELS, NOT_A_PICTURE}
        assert tracemalloc.get_traced_memory()[1] < 10 * images.MEGABYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("shape", "megabytes"), [(images.AVATAR, 5), (images.HEADER, 10)])
def test_too_many_bytes_are_refused_unread(shape: images.Shape, megabytes: int) -> None:
    picture = written(Image.new("RGB", (9, 9)), "PNG")
    assert refusal(picture + bytes(megabytes * images.MEGABYTE), shape) == (
        f"This file is too big; at most {megabytes} MB are taken."
    )
