"""Pieces of addresses. What can't be an id is a 404 without a question to the database."""

from django.urls import register_converter

from accounts.fields import MAX_ID


class TweetIdConverter:
    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        tweet_id = int(value)
        if tweet_id > MAX_ID:
            raise ValueError(value)  # which Django reads as no match
        return tweet_id

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(TweetIdConverter, "tweet_id")
