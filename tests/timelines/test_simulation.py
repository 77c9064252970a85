"""Hostile runs: posts, answers and retweets that commit late, follows, hiding of every kind, edits, deletions, crowds,
crashes and losses in an order drawn by lot. In the end the audit finds nothing, and every home is what plain SQL says.

`SIMULATION_RUNS=5000 pytest tests/timelines/test_simulation.py -n 2` for a long night; a run is repeated by its number.
"""

import os
from typing import Any

import pytest
from django.conf import LazySettings

from accounts.models import Follow, User
from stores import redis
from tests.timelines.lists import stored
from tests.timelines.society import Society
from tests.timelines.world import PEOPLE, by_ties, home_from_top, home_of
from timelines import audit, delivery, fanout, inbox, walks
from timelines.inbox import AUTHORED, TAGGED
from timelines.models import Crowd, FeedEvent
from tweets.models import Hashtag, TagFollow, Tweet

RUNS = int(os.environ.get("SIMULATION_RUNS", "20"))
STEPS = 80

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything so small that its borders are met all the time."""
    settings.INBOX_SIZE = 6
    settings.PARTITIONS = 2
    monkeypatch.setattr(delivery, "WALKED_AT_ONCE", 2)
    monkeypatch.setattr(fanout, "WALKED_AT_ONCE", 2)
    monkeypatch.setattr(walks, "PAGE", 3)
    monkeypatch.setattr(walks, "ATTEMPTS", 1)
    monkeypatch.setattr(audit, "UNDECIDED_SECONDS", 0.0)


@pytest.mark.parametrize("seed", range(RUNS))
def test_when_all_has_come_to_rest_every_inbox_and_every_home_is_what_postgres_says(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Society(seed, monkeypatch)
    for _ in range(STEPS):
        world.step()
    for _ in range(2):  # once more, with what the readings have warmed up
        world.come_to_rest()
        assert not FeedEvent.objects.exists()
        for person in world.people:
            assert_inbox_is_whole(person)
            assert_authored_is_whole(person)
        for tag in world.tags:
            assert_tagged_is_whole(tag)
        world.let_time_pass()
        assert_audit_is_clean(world.people)
        for person in world.people:
            assert_texts_are_the_latest(person)
        for person in world.people[:2]:  # for the length of pages; the walks see all
            assert home_from_top(person) == walks.expected(person.pk)
        for _ in range(6):
            world.begin_tweet()


def assert_audit_is_clean(people: list[User]) -> None:
    """Of lists and of what readers find who walk home down and up again."""
    readers = [each.pk for each in people]
    for found in (audit.inboxes(readers), audit.authored_lists(), audit.tagged_lists()):
        assert (found.missing, found.beside, found.seen, found.undecided) == (0, 0, {}, set()), found
    walked = walks.walk(readers)
    assert (walked.readers, walked.wrong) == (PEOPLE, {})


def assert_texts_are_the_latest(person: User) -> None:
    """Of what home shows, edits included, by itself or retweeted."""
    shown = [each["retweet_of"] or each for each in home_of(person).page(limit=100).shown()]
    texts = dict(Tweet.objects.values_list("pk", "text"))
    assert [each["text"] for each in shown] == [texts[int(each["id"])] for each in shown]


def assert_inbox_is_whole(person: User) -> None:
    held = stored(person.pk)
    if held is None:
        return
    _, ties, pulls = (inbox.key(kind, person.pk) for kind in ("inbox", "ties", "pulls"))
    client = redis.timelines()
    if client.exists(ties, pulls) < 2:
        return  # one was lost: the next reader finds it cold
    pushed = set(Tweet.objects.filter(reach=Tweet.Reach.PUSH).values_list("pk", flat=True))
    expected = {each for each in by_ties(person) if each > held.floor and each in pushed}
    assert held.ids == sorted(set(held.ids))
    assert expected - set(held.ids) == set(), "a hole"
    assert set(held.ids) - expected <= set(held.ids) - alive(held.ids), "somebody else's tweet"
    followed = set(Follow.objects.filter(follower=person).values_list("followee_id", flat=True)) | {person.pk}
    assert {int(each) for each in client.smembers(ties)} == followed
    crowds = set(Crowd.objects.filter(author__in=followed).values_list("pk", flat=True))
    held_pulls: Any = client.get(pulls)
    tags = set(TagFollow.objects.filter(user=person).values_list("tag", flat=True))
    assert set(inbox.unpack_ids(held_pulls or b"")) == crowds | {0} | {inbox.TAG | each for each in tags}


def assert_authored_is_whole(person: User) -> None:
    held = stored(person.pk, AUTHORED)
    if held is None:
        return
    rows = Tweet.objects.filter(author=person, deleted_at=None, reach=Tweet.Reach.PULL, pk__gt=held.floor)
    assert held.ids == sorted(set(held.ids))
    assert set(rows.values_list("pk", flat=True)) == alive(held.ids)


def assert_tagged_is_whole(tag: Hashtag) -> None:
    """What lost the tag by an edit may still be there."""
    held = stored(tag.pk, TAGGED)
    if held is None:
        return
    rows = Tweet.objects.filter(tag_rows__tag=tag, deleted_at=None, pk__gt=held.floor)
    assert held.ids == sorted(set(held.ids))
    assert set(rows.values_list("pk", flat=True)) <= alive(held.ids)


def alive(tweet_ids: list[int]) -> set[int]:
    return set(Tweet.objects.filter(pk__in=tweet_ids, deleted_at=None).values_list("pk", flat=True))
