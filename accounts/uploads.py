"""How much anybody may send at once."""

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MOST_BYTES = 32 * 1024 * 1024


class BoundedUploadHandler(FileUploadHandler):
    """First of the handlers: refuses a body by its announced length, before a byte of it lies on our disk.

    Raises:
        RequestDataTooBig: the body has more than `MOST_BYTES`; the answer is 400.
    """

    def handle_raw_input(self, _input: object, _meta: object, content_length: int, *_: object) -> None:
        if content_length > MOST_BYTES:
            raise RequestDataTooBig(f"A body of {content_length} bytes")

    def receive_data_chunk(self, raw_data: bytes, _start: int) -> bytes:
        return raw_data

    def file_complete(self, _size: int) -> None:
        return None
