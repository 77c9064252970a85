"""Pictures that people upload: refused before decoding if too big, and stored as a fresh WebP without metadata."""

import struct
from dataclasses import dataclass
from io import BytesIO
from threading import BoundedSemaphore
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")  # told by content, whatever the file is called
MOST_PIXELS = 40_000_000
MEGABYTE = 1024 * 1024

# One decode at a time in a process bounds its memory: 40 million pixels are 160 MB, held two to three times.
_decoding = BoundedSemaphore(1)
_broken = (OSError, ValueError, SyntaxError, EOFError, OverflowError, struct.error, Image.DecompressionBombError)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a picture is cut to, and how big the upload may be."""

    width: int
    height: int
    most_bytes: int


AVATAR = Shape(400, 400, 5 * MEGABYTE)
HEADER = Shape(1500, 500, 10 * MEGABYTE)


class Refused(Exception):
    """A picture that is not taken; the message is for its sender."""


class TooHeavy(Refused):
    def __init__(self, shape: Shape) -> None:
        super().__init__(f"This file is too big; at most {shape.most_bytes // MEGABYTE} MB are taken.")


class TooManyPixels(Refused):
    def __init__(self) -> None:
        super().__init__(f"This picture has too many pixels; at most {MOST_PIXELS // 1_000_000} million are taken.")


class NotAPicture(Refused):
    def __init__(self) -> None:
        super().__init__("This is not a picture that can be read; send a PNG, JPEG, WebP or GIF.")


def finished(upload: "UploadedFile[bytes]", shape: Shape) -> "ContentFile[bytes]":
    """The picture cut to its shape, upright, the first frame only, as WebP.

    Raises:
        Refused: one of its kinds above says what is wrong.
    """
    if not upload.size:
        raise NotAPicture
    if upload.size > shape.most_bytes:
        raise TooHeavy(shape)
    with _decoding:
        return ContentFile(_cut(BytesIO(upload.read()), shape), name="picture.webp")


def _cut(file: IO[bytes], shape: Shape) -> bytes:
    try:
        with Image.open(file, formats=FORMATS) as image:
            _check_pixels(image)
            return _webp(_upright(image, shape), shape)
    except _broken as error:
        raise NotAPicture from error


def _check_pixels(image: Image.Image) -> None:
    """Of the size that the file's header names; nothing is decoded yet."""
    if image.width * image.height > MOST_PIXELS:
        raise TooManyPixels


def _upright(image: Image.Image, shape: Shape) -> Image.Image:
    longest = max(shape.width, shape.height)
    image.draft("RGB", (longest, longest))  # a JPEG need not be decoded larger than it is shown
    ImageOps.exif_transpose(image, in_place=True)
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _webp(image: Image.Image, shape: Shape) -> bytes:
    fitted = ImageOps.fit(image, (shape.width, shape.height), Image.Resampling.LANCZOS)
    fitted.info.clear()  # what is written of EXIF, profiles and comments would come from here
    written = BytesIO()
    fitted.save(written, "WEBP", quality=85, method=4)
    return written.getvalue()
