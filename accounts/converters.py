"""Pieces of addresses. What can't be a username, or an id, is a 404 without a question to the database."""

from django.urls import register_converter

from accounts.fields import MAX_ID
from accounts.usernames import MAX_LENGTH


class UsernameConverter:
    regex = rf"[A-Za-z0-9_]{{1,{MAX_LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class IdConverter:
    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        row_id = int(value)
        if row_id > MAX_ID:
            raise ValueError(value)  # which Django reads as no match
        return row_id

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(UsernameConverter, "username")
register_converter(IdConverter, "list_id")
register_converter(IdConverter, "word_id")
