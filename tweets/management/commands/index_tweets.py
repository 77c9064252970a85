from typing import Any

from django.core.management.base import BaseCommand

from tweets import entities
from tweets.models import Tweet

AT_ONCE = 1000


class Command(BaseCommand):
    help = (
        "Has search find all tweets by their words: those from before there was a search, or when words are cut anew."
    )

    def handle(self, **options: Any) -> None:
        last, indexed = 0, 0
        while tweets := self._next(last):
            entities.index(tweets)
            last, indexed = tweets[-1].pk, indexed + len(tweets)
        self.stdout.write(f"Indexed: {indexed:,} tweets")

    def _next(self, last: int) -> list[Tweet]:
        return list(Tweet.objects.filter(pk__gt=last, retweet_of=None, deleted_at=None).order_by("pk")[:AT_ONCE])
