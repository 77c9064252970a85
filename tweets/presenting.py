"""From ids to tweets as a viewer sees them: cards, people, counts and the viewer's marks, joined as bytes.

A page costs one conversation with Redis for its cards and one for everything else, whatever its size, or one for both.
JSON is joined from finished pieces, never built tweet by tweet: that is what makes a page cheap.
"""

from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

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
from tweets.cards import Beyond, TweetCard
from tweets.counts import tweets as tweet_counts
from tweets.marks import Mark
from tweets.polls import presenting as polls

NOTHING = b"null"
_NOTHING_NESTED = b'"poll":null,"retweet_of":null,"quote_of":null'
_VIEWER = {
    value: orjson.dumps({mark.name.lower(): bool(value & mark) for mark in Mark if mark.name}) for value in range(16)
}


@dataclass(slots=True)
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
        visible: the tweets that are there, by somebody not suspended, and open to the viewer; retweets with an original
            that is.
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
    visible: set[int] = field(init=False)

    def __post_init__(self) -> None:
        heard = {person_id for person_id, person in self.people.items() if person.active}.difference(self.closed)
        self.visible = {tweet_id for tweet_id, card in self.cards.items() if card.author_id in heard}
        self.visible -= {
            each for each in self.visible if (of := self.cards[each].retweet_of_id) and of not in self.visible
        }

    def may_be_seen(self, tweet_id: int) -> bool:
        return tweet_id in self.visible

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
        if tweet_id not in self.visible:
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
        if not person_id:
            return NOTHING
        person = self.people.get(person_id)
        if person is None or not person.active or self.sight.hides(person_id, Hidden.BLOCKED):
            return NOTHING
        return person.json

    def _nested_json(self, tweet_id: int, card: TweetCard, with_quote: bool) -> bytes:
        if not (card.retweet_of_id or card.quote_of_id or card.poll):
            return _NOTHING_NESTED
        retweeted = self.json(card.retweet_of_id, with_quote) if card.retweet_of_id else NOTHING
        quoted = self.json(card.quote_of_id, with_quote=False) if card.quote_of_id and with_quote else NOTHING
        return b'"poll":%b,"retweet_of":%b,"quote_of":%b' % (self.polls.get(tweet_id, NOTHING), retweeted, quoted)

    def shown(self, tweet_id: int) -> Any:
        """The same as plain data, for templates."""
        return orjson.loads(self.json(tweet_id))


Ties: TypeAlias = Callable[[Sequence[int]], Command]
"""Makes the question whom of the people of a page the viewer follows, from their ids. Its answer begins with 1 or 0,
whether Redis knows; then comes 1 or 0 for each of them."""


class _Bonds(NamedTuple):
    """What a tweet is bound up with. None of it ever changes, so it is remembered from page to page: see `gather`.

    Attributes:
        tweets: what it retweets or quotes, and what that quotes; zeros among them, as among the rest.
        people: by whom all of these are, and whom they answer.
        polls: those of all these tweets that have one.
    """

    is_retweet: bool
    tweets: tuple[int, ...]
    people: tuple[int, ...]
    polls: tuple[int, ...]

    @classmethod
    def of(cls, tweet_id: int, card: TweetCard) -> "_Bonds":
        beyond = card.beyond() or Beyond((), (), ())
        tweets = (card.retweet_of_id, card.quote_of_id, *beyond.tweets)
        polls = (tweet_id if card.poll else 0, *beyond.polls)
        return cls(bool(card.retweet_of_id), tweets, (*card.person_ids(), *beyond.people), polls)


MOST_REMEMBERED = 50_000
remembered: dict[int, _Bonds] = {}


def remember(found: Mapping[int, TweetCard]) -> dict[int, _Bonds]:
    """Note what these tweets are bound up with."""
    bonds = {tweet_id: _Bonds.of(tweet_id, card) for tweet_id, card in found.items()}
    if len(remembered) > MOST_REMEMBERED:
        remembered.clear()
    remembered.update(bonds)
    return bonds


class _Wanted(NamedTuple):
    """What has to be known for some tweets: the cards of `tweets`, and of all of them the `people`, those that are no
    retweets (`originals`), and those with `polls`."""

    tweets: list[int]
    people: list[int]
    originals: list[int]
    polls: list[int]


def gather(tweet_ids: Sequence[int], viewer_id: int | None, ties: Ties | None = None) -> Material:
    """Everything about these tweets. Their cards tell what else to ask for, in a second conversation with Redis; where
    this process has shown all of them before, what it remembers tells, and one does for both.

    Args:
        ties: a question that a rule needs answered, asked along with the others.
    """
    found: dict[int, TweetCard] = {}
    bonds = {each: bond for each in tweet_ids if (bond := remembered.get(each))}
    if len(bonds) < len(tweet_ids):
        found = cards.fetch(tweet_ids)
        bonds = remember(found)
    return _surround(found, _wanted_by(bonds, found), viewer_id, ties) if bonds else Material()


def _wanted_by(bonds: Mapping[int, _Bonds], found: Container[int]) -> _Wanted:
    """
    Args:
        found: of which the cards are there.
    """
    people, references, polls = {0}, {0}, {0}
    for bond in bonds.values():
        people.update(bond.people)
        references.update(bond.tweets)
        polls.update(bond.polls)
    others = sorted(references - bonds.keys() - {0})
    originals = [tweet_id for tweet_id, bond in bonds.items() if not bond.is_retweet]
    missing = [each for each in bonds if each not in found]
    return _Wanted(missing + others, sorted(people)[1:], originals + others, sorted(polls)[1:])


def _surround(found: dict[int, TweetCard], wanted: _Wanted, viewer_id: int | None, ties: Ties | None) -> Material:
    """Add cards that are missing, people, counts, marks, the viewer's sight and what else is wanted."""
    questions = [
        *([cards.question(wanted.tweets)] if wanted.tweets else []),
        card_cache.question(people_cards.KIND, wanted.people),
        tweet_counts.question(wanted.originals),
        *([ties(wanted.people)] if ties else []),
        *polls.questions(viewer_id, wanted.polls),
        *(sight.questions(viewer_id, wanted.people) if viewer_id is not None else []),
        *(marks.questions(viewer_id, wanted.originals) if viewer_id is not None else []),
    ]
    try:
        answers = iter(wire.ask(questions))
    except redis.RedisError:
        return _without_redis(found | cards.fetch(wanted.tweets), wanted, viewer_id)
    if wanted.tweets:
        found |= cards.complete(wanted.tweets, next(answers))
    people = card_cache.complete(people_cards.KIND, wanted.people, next(answers), people_cards.load)
    return _seen_by(
        viewer_id,
        found,
        people,
        counts=tweet_counts.complete(wanted.originals, next(answers)),
        ties=_known(wanted.people, next(answers)) if ties else None,
        polls=polls.complete(viewer_id, wanted.polls, found, answers),
        sight=_sight(viewer_id, wanted.people, answers),
        marks=marks.complete(viewer_id, wanted.originals, list(answers)) if viewer_id is not None else {},
    )


def _known(person_ids: Sequence[int], answer: Sequence[Any]) -> dict[int, Any] | None:
    is_known, *values = answer
    return dict(zip(person_ids, values, strict=True)) if is_known else None


def _sight(viewer_id: int | None, person_ids: Sequence[int], answers: Iterator[Any]) -> Sight:
    return CLEAR if viewer_id is None else sight.complete(viewer_id, person_ids, [next(answers), next(answers)])


def _without_redis(found: dict[int, TweetCard], wanted: _Wanted, viewer_id: int | None) -> Material:
    return _seen_by(
        viewer_id,
        found,
        people_cards.load(wanted.people),
        counts=tweet_counts.load(wanted.originals),
        marks=marks.of(viewer_id, wanted.originals),
        polls=polls.load(viewer_id, found),
        sight=sight.of(viewer_id, wanted.people),
        ties=None,
    )


def _seen_by(
    viewer_id: int | None,
    found: dict[int, TweetCard],
    stored_people: dict[int, bytes],
    *,
    sight: Sight,
    ties: dict[int, Any] | None,
    **others: dict[int, Any],
) -> Material:
    """With whom the viewer must not see. Whom he follows is asked only where somebody protected is there."""
    people = {person_id: PersonCard.parse(stored) for person_id, stored in stored_people.items()}
    protected = {person_id for person_id, card in people.items() if card.protected} - {viewer_id}
    closed = sight.blocked()
    if protected:
        closed |= protected - _followed(viewer_id, protected, ties)
    return Material(found, people, closed=closed, viewer_id=viewer_id or 0, sight=sight, ties=ties, **others)


def _followed(viewer_id: int | None, person_ids: set[int], ties: dict[int, Any] | None) -> set[int]:
    if viewer_id is None:
        return set()
    if ties is None:
        return followees_among(viewer_id, sorted(person_ids))
    return {each for each in person_ids if ties.get(each)}
