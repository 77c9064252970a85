"""From ids to tweets as a viewer sees them: cards, people, counts and the viewer's marks, joined as bytes.

A page costs one question to Redis for its cards, one for what these retweet or quote, and one for everything else,
whatever its size. JSON is joined from finished pieces, never built tweet by tweet: that is what makes a page cheap.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import orjson

from accounts import cards as people_cards
from accounts.cards import PersonCard
from accounts.relations import sight
from accounts.relations.queries import followees_among
from accounts.relations.sight import CLEAR, Hidden, Sight
from stores import cards as card_cache
from stores import redis, wire
from stores.wire import Command
from tweets import cards, marks, wanting
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
    """All that is needed to judge and show some tweets to one viewer.

    Attributes:
        cards: the tweets asked for, and those which they retweet or quote; without those that are gone.
        people: everybody in them; without those who are gone.
        counts, marks: by id of the original, for a retweet that is the tweet retweeted.
        polls: by tweet, as JSON; none for those that ask nothing.
        ties: what was answered to the question whom of these people the viewer follows; None where nobody knows.
        viewer_id: 0 for nobody.
        closed: those of these people by whom the viewer must see nothing: blocked either way, or protected from him.
        sight: what else he does not want to see.
    """

    cards: dict[int, TweetCard] = field(default_factory=dict)
    people: dict[int, PersonCard] = field(default_factory=dict)
    counts: dict[int, bytes] = field(default_factory=dict)
    marks: dict[int, int] = field(default_factory=dict)
    polls: dict[int, bytes] = field(default_factory=dict)
    ties: dict[int, Any] | None = None
    viewer_id: int = 0
    closed: Collection[int] = ()
    sight: Sight = CLEAR

    def is_active(self, person_id: int) -> bool:
        person = self.people.get(person_id)
        return person is not None and person.active

    def may_be_seen(self, tweet_id: int) -> bool:
        """Whether the tweet, and for a retweet the original, is there, by somebody not suspended, and open to the
        viewer."""
        card = self.cards.get(tweet_id)
        if card is None or card.author_id in self.closed or not self.is_active(card.author_id):
            return False
        return not card.retweet_of_id or self.may_be_seen(card.retweet_of_id)

    def is_protected(self, tweet_id: int) -> bool:
        """Whether a tweet that may be seen is so for its author's followers only."""
        return self.people[self.cards[tweet_id].author_id].protected

    def is_wanted(self, tweet_id: int, whole_conversation: bool = False) -> bool:
        """Whether the viewer has muted nothing about a tweet that may be seen; his own are always wanted.

        Args:
            whole_conversation: for a list that he opened of one conversation: that it is muted is no matter there.
        """
        if self.sight is CLEAR:
            return True
        return wanting.is_wanted(tweet_id, self.cards, self.sight, self.viewer_id, whole_conversation)

    def json(self, tweet_id: int, with_quote: bool = True) -> bytes:
        """The API's Tweet, with the one it retweets or quotes inside; null for one that can't be seen.

        Args:
            with_quote: False for a tweet that is itself shown as a quote: quotes do not nest.
        """
        if not self.may_be_seen(tweet_id):
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
        hidden = not self.is_active(person_id) or self.sight.hides(person_id, Hidden.BLOCKED)
        return NOTHING if hidden else self.people[person_id].json

    def _nested_json(self, tweet_id: int, card: TweetCard, with_quote: bool) -> bytes:
        retweeted = self.json(card.retweet_of_id, with_quote) if card.retweet_of_id else NOTHING
        quoted = self.json(card.quote_of_id, with_quote=False) if card.quote_of_id and with_quote else NOTHING
        return b'"poll":%b,"retweet_of":%b,"quote_of":%b' % (self.polls.get(tweet_id, NOTHING), retweeted, quoted)

    def shown(self, tweet_id: int) -> Any:
        """The same as plain data, for templates."""
        return orjson.loads(self.json(tweet_id))


Ties: TypeAlias = Callable[[Sequence[int]], Command]
"""Makes the question whom of the people of a page the viewer follows, from their ids. Its answer begins with 1 or 0,
whether Redis knows; then comes 1 or 0 for each of them."""


def gather(tweet_ids: Sequence[int], viewer_id: int | None, ties: Ties | None = None) -> Material:
    """Everything about these tweets, in as few questions as their nesting needs.

    Args:
        ties: a question that a rule needs answered, asked along with the others.
    """
    found = cards.fetch(tweet_ids)
    found |= cards.fetch(_missing_references(found.values(), found))
    retweeted = [found[card.retweet_of_id] for card in found.values() if card.retweet_of_id in found]
    found |= cards.fetch(_missing_references(retweeted, found))
    return _surround(found, viewer_id, ties)


def _missing_references(tweet_cards: Iterable[TweetCard], found: dict[int, TweetCard]) -> list[int]:
    """What these tweets retweet or quote, as far as it is not found yet."""
    references = {each for card in tweet_cards for each in (card.retweet_of_id, card.quote_of_id)}
    return sorted(references - found.keys() - {0})


def _surround(found: dict[int, TweetCard], viewer_id: int | None, ties: Ties | None) -> Material:
    """Add people, counts, marks, the viewer's sight and what else is wanted, asked of Redis in one go."""
    person_ids = sorted({each for card in found.values() for each in card.person_ids()} - {0})
    original_ids = [tweet_id for tweet_id, card in found.items() if not card.retweet_of_id]
    if not original_ids:
        return Material()
    questions = [
        card_cache.question(people_cards.KIND, person_ids),
        tweet_counts.question(original_ids),
        *([ties(person_ids)] if ties else []),
        *polls.questions(viewer_id, found),
        *(sight.questions(viewer_id, person_ids) if viewer_id is not None else []),
        *(marks.questions(viewer_id, original_ids) if viewer_id is not None else []),
    ]
    try:
        answers = iter(wire.ask(questions))
    except redis.RedisError:
        return _without_redis(found, person_ids, original_ids, viewer_id)
    people = card_cache.complete(people_cards.KIND, person_ids, next(answers), people_cards.load)
    return _closed_to(
        viewer_id,
        Material(
            found,
            {person_id: PersonCard.parse(stored) for person_id, stored in people.items()},
            tweet_counts.complete(original_ids, next(answers)),
            ties=_known(person_ids, next(answers)) if ties else None,
            polls=polls.complete(viewer_id, found, answers),
            viewer_id=viewer_id or 0,
            sight=_seen(viewer_id, person_ids, answers),
            marks=marks.complete(viewer_id, original_ids, list(answers)) if viewer_id is not None else {},
        ),
    )


def _known(person_ids: Sequence[int], answer: Sequence[Any]) -> dict[int, Any] | None:
    is_known, *values = answer
    return dict(zip(person_ids, values, strict=True)) if is_known else None


def _seen(viewer_id: int | None, person_ids: Sequence[int], answers: Iterator[Any]) -> Sight:
    return CLEAR if viewer_id is None else sight.complete(viewer_id, person_ids, [next(answers), next(answers)])


def _without_redis(
    found: dict[int, TweetCard], person_ids: Sequence[int], original_ids: Sequence[int], viewer_id: int | None
) -> Material:
    people = {person_id: PersonCard.parse(stored) for person_id, stored in people_cards.load(person_ids).items()}
    return _closed_to(
        viewer_id,
        Material(
            found,
            people,
            tweet_counts.load(original_ids),
            marks.of(viewer_id, original_ids),
            polls.load(viewer_id, found),
            viewer_id=viewer_id or 0,
            sight=sight.of(viewer_id, person_ids),
        ),
    )


def _closed_to(viewer_id: int | None, material: Material) -> Material:
    """The same, with whom the viewer must not see. Whom he follows is asked only where somebody protected is there."""
    protected = {person_id for person_id, card in material.people.items() if card.protected} - {viewer_id}
    closed = material.sight.blocked()
    if protected:
        closed |= protected - _followed(viewer_id, protected, material.ties)
    return replace(material, closed=closed) if closed else material


def _followed(viewer_id: int | None, person_ids: set[int], ties: dict[int, Any] | None) -> set[int]:
    if viewer_id is None:
        return set()
    if ties is None:
        return followees_among(viewer_id, sorted(person_ids))
    return {each for each in person_ids if ties.get(each)}
