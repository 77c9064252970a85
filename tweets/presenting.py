"""From ids to tweets as a viewer sees them: cards, people, counts and the viewer's marks, joined as bytes.

A page costs one question to Redis for its cards, one for what these retweet or quote, and one for everything else,
whatever its size. JSON is joined from finished pieces, never built tweet by tweet: that is what makes a page cheap.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson

from accounts import cards as people_cards
from accounts.cards import PersonCard
from stores import cards as card_cache
from stores import redis, wire
from stores.wire import Command
from tweets import cards, marks
from tweets.cards import TweetCard
from tweets.counts import tweets as tweet_counts
from tweets.marks import Mark
from tweets.polls import presenting as polls

NOTHING = b"null"
_VIEWER = {
    value: orjson.dumps({mark.name.lower(): bool(value & mark) for mark in Mark if mark.name}) for value in range(8)
}


@dataclass(frozen=True, slots=True)
class Material:
    """All that is needed to judge and show some tweets.

    Attributes:
        cards: the tweets asked for, and those which they retweet or quote; without those that are gone.
        people: everybody in them; without those who are gone.
        counts, marks: by id of the original, for a retweet that is the tweet retweeted.
        polls: by tweet, as JSON; none for those that ask nothing.
        also: what was answered to the question of a rule, by person; None where Redis does not know.
    """

    cards: dict[int, TweetCard] = field(default_factory=dict)
    people: dict[int, PersonCard] = field(default_factory=dict)
    counts: dict[int, bytes] = field(default_factory=dict)
    marks: dict[int, int] = field(default_factory=dict)
    polls: dict[int, bytes] = field(default_factory=dict)
    also: dict[int, Any] | None = None

    def is_active(self, person_id: int) -> bool:
        person = self.people.get(person_id)
        return person is not None and person.active

    def is_alive(self, tweet_id: int) -> bool:
        """Whether the tweet, and for a retweet the original, is there and by somebody not suspended."""
        card = self.cards.get(tweet_id)
        if card is None or not self.is_active(card.author_id):
            return False
        return not card.retweet_of_id or self.is_alive(card.retweet_of_id)

    def json(self, tweet_id: int, with_quote: bool = True) -> bytes:
        """The API's Tweet, with the one it retweets or quotes inside; null for one that can't be seen.

        Args:
            with_quote: False for a tweet that is itself shown as a quote: quotes do not nest.
        """
        if not self.is_alive(tweet_id):
            return NOTHING
        card = self.cards[tweet_id]
        original_id = card.retweet_of_id or tweet_id
        author = self.people[card.author_id]
        return b'{"id":"%d","url":"%bstatus/%d/","author":%b,"in_reply_to_user":%b,%b,%b,"counts":%b,"viewer":%b}' % (
            tweet_id,
            author.url,
            tweet_id,
            author.json,
            self._person_json(card.in_reply_to_user_id),
            card.json,
            self._nested_json(tweet_id, card, with_quote),
            self.counts[original_id],
            _VIEWER[self.marks.get(original_id, 0)],
        )

    def _person_json(self, person_id: int) -> bytes:
        return self.people[person_id].json if self.is_active(person_id) else NOTHING

    def _nested_json(self, tweet_id: int, card: TweetCard, with_quote: bool) -> bytes:
        retweeted = self.json(card.retweet_of_id, with_quote) if card.retweet_of_id else NOTHING
        quoted = self.json(card.quote_of_id, with_quote=False) if card.quote_of_id and with_quote else NOTHING
        return b'"poll":%b,"retweet_of":%b,"quote_of":%b' % (self.polls.get(tweet_id, NOTHING), retweeted, quoted)

    def shown(self, tweet_id: int) -> Any:
        """The same as plain data, for templates."""
        return orjson.loads(self.json(tweet_id))


Also: TypeAlias = Callable[[Sequence[int]], Command]
"""Makes a question about the people of a page from their ids. Its answer begins with 1 or 0, whether Redis knows; then
comes a value for each of them."""


def gather(tweet_ids: Sequence[int], viewer_id: int | None, also: Also | None = None) -> Material:
    """Everything about these tweets, in as few questions as their nesting needs.

    Args:
        also: a question that a rule needs answered, asked along with the others.
    """
    found = cards.fetch(tweet_ids)
    found |= cards.fetch(_missing_references(found.values(), found))
    retweeted = [found[card.retweet_of_id] for card in found.values() if card.retweet_of_id in found]
    found |= cards.fetch(_missing_references(retweeted, found))
    return _surround(found, viewer_id, also)


def _missing_references(tweet_cards: Iterable[TweetCard], found: dict[int, TweetCard]) -> list[int]:
    """What these tweets retweet or quote, as far as it is not found yet."""
    references = {each for card in tweet_cards for each in (card.retweet_of_id, card.quote_of_id)}
    return sorted(references - found.keys() - {0})


def _surround(found: dict[int, TweetCard], viewer_id: int | None, also: Also | None) -> Material:
    """Add people, counts, marks and what else is wanted, asked of Redis in one go."""
    person_ids = sorted({each for card in found.values() for each in card.person_ids()} - {0})
    original_ids = [tweet_id for tweet_id, card in found.items() if not card.retweet_of_id]
    if not original_ids:
        return Material()
    questions = [
        card_cache.question(people_cards.KIND, person_ids),
        tweet_counts.question(original_ids),
        *([also(person_ids)] if also else []),
        *polls.questions(viewer_id, found),
        *(marks.questions(viewer_id, original_ids) if viewer_id is not None else []),
    ]
    try:
        answers = iter(wire.ask(questions))
    except redis.RedisError:
        return _without_redis(found, person_ids, original_ids, viewer_id)
    people = card_cache.complete(people_cards.KIND, person_ids, next(answers), people_cards.load)
    return Material(
        found,
        {person_id: PersonCard.parse(stored) for person_id, stored in people.items()},
        tweet_counts.complete(original_ids, next(answers)),
        also=_known(person_ids, next(answers)) if also else None,
        polls=polls.complete(viewer_id, found, answers),
        marks=marks.complete(viewer_id, original_ids, list(answers)) if viewer_id is not None else {},
    )


def _known(person_ids: Sequence[int], answer: Sequence[Any]) -> dict[int, Any] | None:
    is_known, *values = answer
    return dict(zip(person_ids, values, strict=True)) if is_known else None


def _without_redis(
    found: dict[int, TweetCard], person_ids: Sequence[int], original_ids: Sequence[int], viewer_id: int | None
) -> Material:
    people = {person_id: PersonCard.parse(stored) for person_id, stored in people_cards.load(person_ids).items()}
    counts, shown_polls = tweet_counts.load(original_ids), polls.load(viewer_id, found)
    return Material(found, people, counts, marks.of(viewer_id, original_ids), shown_polls)
