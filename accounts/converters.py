"""Pieces of addresses. What can't be a username is a 404 without a question to the database."""

from django.urls import register_converter

from accounts.usernames import MAX_LENGTH


class UsernameConverter:
    regex = rf"[A-Za-z0-9_]{{1,{MAX_LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(UsernameConverter, "username")
