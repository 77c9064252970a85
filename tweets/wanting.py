"""The second rule of feeds: what a viewer wants to see of what he may see. It asks only what he has muted."""

from collections.abc import Mapping, Sequence

from accounts.relations import words
from accounts.relations.sight import Hidden, Sight
from tweets.cards import TweetCard

Cards = Mapping[int, TweetCard]


def is_wanted(tweet_id: int, cards: Cards, sight: Sight, viewer_id: int, whole_conversation: bool) -> bool:
    """See `Material.is_wanted`."""
    card = cards.get(tweet_id)
    if card is None or card.author_id == viewer_id:
        return True
    if card.retweet_of_id and sight.hides(card.author_id, Hidden.RETWEETS):
        return False
    by_others = [each for each in _shown(card, cards) if each.author_id != viewer_id]
    if any(sight.hides(each.author_id, Hidden.MUTED) for each in by_others):
        return False
    if not whole_conversation and _conversation(card, cards) in sight.conversations:
        return False
    return not _has_any(sight.phrases, by_others)


def _shown(card: TweetCard, cards: Cards) -> Sequence[TweetCard]:
    """The tweet, the one it retweets, and the one that either quotes."""
    original = cards.get(card.retweet_of_id)
    quoted = cards.get((original or card).quote_of_id)
    return [each for each in (card, original, quoted) if each]


def _conversation(card: TweetCard, cards: Cards) -> int:
    return (cards.get(card.retweet_of_id) or card).conversation_id


def _has_any(phrases: Sequence[str], shown: Sequence[TweetCard]) -> bool:
    return bool(phrases) and any(words.any_in(phrases, each.text()) for each in shown)
