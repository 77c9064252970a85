import pytest
from pytest_django import DjangoAssertNumQueries

from accounts import actions as people
from accounts import queries
from accounts.models import User
from accounts.relations import actions
from accounts.relations.queries import IsBlocked, IsProtected, Relation, check_open, followees_among, relations
from tests import factories

pytestmark = pytest.mark.django_db


def test_all_relations_in_one_query(
    ada: User, grace: User, alan: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shy, nobody = factories.person("shy", is_protected=True), factories.person()
    factories.follow(ada, grace, shy)
    actions.show_retweets(follower=ada, followee=grace, show=False)
    factories.follow(alan, ada)
    actions.mute(muter=ada, muted=alan)
    actions.mute(muter=grace, muted=ada)
    actions.block(blocker=ada, blocked=nobody)
    with django_assert_num_queries(1):
        found = relations(ada.pk, [each.pk for each in (grace, alan, shy, nobody, ada)])
    assert found == {
        grace.pk: Relation(following=True, hiding_retweets=True),
        alan.pk: Relation(followed_by=True, muting=True),
        shy.pk: Relation(requested=True),
        nobody.pk: Relation(blocking=True),
        ada.pk: Relation(),
    }
    assert relations(shy.pk, [ada.pk]) == {ada.pk: Relation(requested_by=True)}
    assert relations(nobody.pk, [ada.pk]) == {ada.pk: Relation()}


def test_a_stranger_has_none(ada: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert relations(None, [ada.pk]) == {ada.pk: Relation()}


def test_who_blocks_somebody_is_nobody_for_him_alone(ada: User, grace: User, alan: User) -> None:
    actions.block(blocker=ada, blocked=grace)
    with pytest.raises(User.DoesNotExist):
        queries.person("ada", grace.pk)
    assert queries.person("ada", alan.pk) == queries.person("ada", None) == queries.anybody("ada") == ada
    assert queries.person("grace", ada.pk) == grace


def test_what_is_closed_says_why(ada: User, grace: User, alan: User) -> None:
    shy = factories.person("shy")
    factories.follow(alan, shy)
    people.edit_profile(user=shy, changes={"is_protected": True})
    for viewer_id in (None, ada.pk):
        with pytest.raises(IsProtected):
            check_open(shy, viewer_id)
    check_open(shy, shy.pk)
    check_open(shy, alan.pk)
    check_open(grace, None)
    actions.block(blocker=ada, blocked=shy)
    with pytest.raises(IsBlocked):
        check_open(shy, ada.pk)


def test_lists_of_people_leave_out_the_blocked_both_ways(ada: User, grace: User, alan: User) -> None:
    crowd = factories.person("crowd")
    for each in (ada, grace, alan):
        factories.follow(each, crowd)
        factories.follow(crowd, each)
    actions.block(blocker=ada, blocked=grace)
    actions.block(blocker=alan, blocked=ada)
    assert queries.followers(crowd, ada.pk).people == [ada]
    assert queries.following(crowd, ada.pk).people == [ada]
    assert queries.followers(crowd, grace.pk).people == [alan, grace]
    assert queries.followers(crowd, None).people == [alan, grace, ada]


def test_people_to_follow_are_neither_avoided_nor_protected(ada: User, grace: User, alan: User) -> None:
    blocked, blocker, muted = factories.people(3)
    factories.person("shy", is_protected=True)
    actions.block(blocker=ada, blocked=blocked)
    actions.block(blocker=blocker, blocked=ada)
    actions.mute(muter=ada, muted=muted)
    assert set(queries.to_follow(ada.pk)) == {grace, alan}
    assert set(queries.to_follow(None)) == {ada, grace, alan, blocked, blocker, muted}


def test_followees_among_some_people(ada: User, grace: User, alan: User) -> None:
    factories.follow(ada, grace)
    assert followees_among(ada.pk, [grace.pk, alan.pk, 0]) == {grace.pk}
    assert followees_among(ada.pk, []) == set()
