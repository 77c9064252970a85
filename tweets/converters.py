"""Pieces of addresses. What can't be an id is a 404 without a question to the database."""

from django.urls import register_converter

from accounts.fields import MAX_ID
from tweets.text import is_tag


class TweetIdConverter:
    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        tweet_id = int(value)
        if tweet_id > MAX_ID:
            raise ValueError(value)  # which Django reads as no match
        return tweet_id

    def to_url(self, value: int) -> str:
        return str(value)


class HashtagConverter:
    regex = "[^/]{1,100}"

    def to_python(self, value: str) -> str:
        if not is_tag(value):
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TweetIdConverter, "tweet_id")
register_converter(HashtagConverter, "hashtag")
