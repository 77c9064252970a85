"""How bodies of API calls are read. On its own, since REST framework imports it while it is itself imported."""

from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class BodyParser(JSONParser):
    """JSON of at most `DATA_UPLOAD_MAX_MEMORY_SIZE` bytes; neither its depth nor its numbers can do harm."""

    def parse(self, stream: IO[bytes], media_type: object = None, parser_context: object = None) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise ParseError(f"The body has more than {most} bytes.")
        try:
            return orjson.loads(body)
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from None
