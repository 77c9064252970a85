"""Folds what may have happened into groups: whoever does something joins one, whoever takes it back leaves it.

Every event is a place to look at, see `models.NotificationEvent`. A fold compares what is the case with who is in the
groups, and makes the latter follow. For that nobody else may fold for the same recipients meanwhile (the partition's
lock, `draining`), and the truth is read after the lock was taken: a change that commits later than this look has an
event that will be folded later.
"""

from collections.abc import Collection, Mapping, Sequence

from notifications import groups, truth
from notifications.groups import Subject
from notifications.ledger import Pair
from notifications.models import NAMED, Notification, NotificationEvent


def pair_of(event: NotificationEvent) -> Pair:
    return Pair(event.recipient_id, event.kind, event.tweet_id, event.actor_id)


def fold(events: Sequence[NotificationEvent]) -> set[int]:
    """Look at all these pairs, in the order of the events.

    Returns:
        The recipients whose notifications have changed.
    """
    asked = {pair_of(event): event for event in events}
    if not asked:
        return set()
    holding, known = truth.holding(asked), groups.memberships(asked)
    new = holding - known.keys()
    told = new - truth.kept_away(new)
    joining = {pair: asked[pair] for pair in sorted(told, key=lambda pair: asked[pair].pk)}
    leaving = {pair: known[pair] for pair in known.keys() - holding}
    _leave(leaving)
    _join(joining)
    return {pair.recipient_id for pair in (*joining, *leaving)}


def _join(joining: dict[Pair, NotificationEvent]) -> None:
    """Add members to the groups that are open, and to new ones where none is."""
    if not joining:
        return
    by_subject: dict[Subject, list[Pair]] = {}
    for pair in reversed(joining):
        by_subject.setdefault(Subject(*pair[:3]), []).append(pair)
    found, friends = groups.open_groups(by_subject), truth.friends_among(joining)
    latest_last = list(reversed(by_subject))
    for subject, position in zip(latest_last, groups.mint(len(latest_last)), strict=True):
        pairs = by_subject[subject]
        group = found.setdefault(subject, Notification(**subject._asdict(), count=0, actors=[]))
        group.position, group.count = position, group.count + len(pairs)
        group.latest_at = max(joining[pair].created_at for pair in pairs)
        group.actors = _first([pair.actor_id for pair in pairs], group.actors)
        group.friends = _first([pair.actor_id for pair in pairs if _is_friend(pair, friends)], group.friends)
    _save(found.values())
    groups.add([(found[Subject(*pair[:3])].pk, pair.actor_id) for pair in joining])


def _is_friend(pair: Pair, friends: set[tuple[int, int]]) -> bool:
    return (pair.recipient_id, pair.actor_id) in friends


def _first(newer: Sequence[int], older: Sequence[int]) -> list[int]:
    return [*newer, *older][:NAMED]


def _save(changed: Collection[Notification]) -> None:
    known = [each for each in changed if each.pk]
    Notification.objects.bulk_update(known, ["position", "count", "actors", "friends", "latest_at"])
    Notification.objects.bulk_create([each for each in changed if not each.pk])


def _leave(leaving: Mapping[Pair, int]) -> None:
    """Take members out; a group without any goes, in another those who are named are named anew."""
    if not leaving:
        return
    groups.remove(leaving)
    gone: dict[int, set[int]] = {}
    for pair, notification_id in leaving.items():
        gone.setdefault(notification_id, set()).add(pair.actor_id)
    left = list(Notification.objects.filter(pk__in=gone))
    for group in left:
        group.count -= len(gone[group.pk])
    Notification.objects.filter(pk__in=[each.pk for each in left if not each.count]).delete()
    _name_anew([each for each in left if each.count], gone)


def _name_anew(left: Sequence[Notification], gone: Mapping[int, set[int]]) -> None:
    actors = groups.newest_actors([each.pk for each in left if gone[each.pk].intersection(each.actors)])
    friends = groups.newest_friends([each.pk for each in left if gone[each.pk].intersection(each.friends)])
    for group in left:
        group.actors = actors.get(group.pk, group.actors)
        group.friends = friends.get(group.pk, group.friends)
    Notification.objects.bulk_update(left, ["count", "actors", "friends"])
