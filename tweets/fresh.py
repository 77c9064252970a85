"""What Redis is to hold of a tweet is known to whoever posts it, and its author is shown it at once.

To select it back takes nine joins, which the ORM writes and PostgreSQL plans anew each time: together with the counts,
of which there are none yet, that was over a third of the CPU that a POST cost web (bench row 6).
"""

from stores import cards as card_cache
from stores import commits
from tweets import presenting, text
from tweets.cards import KIND, TweetCard, store_lone
from tweets.counts import tweets as counts
from tweets.models import Tweet


def keep(tweet: Tweet) -> None:
    """To be called within the transaction that posts a tweet without a poll. The process, too, remembers what it can,
    so that the answer to its author needs one question. What is lost, whoever shows the tweet first loads.
    """
    commands = [counts.beginning(tweet.pk)]
    if _stands_alone(tweet):
        card = store_lone(tweet)
        presenting.remember({tweet.pk: TweetCard.parse(card)})
        commands.append(card_cache.keeping(KIND, tweet.pk, card))
    commits.tell(*commands)


def _stands_alone(tweet: Tweet) -> bool:
    """Whether all of its card is in its own row; that of another is left to be loaded."""
    if tweet.quote_of_id or tweet.retweet_of_id:
        return False
    return all(each.kind == "url" for each in text.entities(tweet.text))
