import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import DjangoAssertNumQueries

from accounts import actions, cards, tokens
from accounts.counts import people
from accounts.models import Follow, PersonalToken, PersonCountChange, User
from tests import factories
from tests.threads import at_once


def figures(*users: User) -> list[tuple[int, int]]:
    """Followers and following of each, as columns hold them once all is settled."""
    while people.settle():
        pass
    rows = User.objects.in_bulk([user.pk for user in users])
    return [(rows[user.pk].followers_count, rows[user.pk].following_count) for user in users]


class TestFollow:
    @pytest.mark.django_db(transaction=True)
    def test_counts_both_sides(self, ada: User, grace: User) -> None:
        assert actions.follow(follower=ada, followee=grace) is True
        assert figures(ada, grace) == [(0, 1), (1, 0)]
        assert people.shown([grace.pk])[grace.pk] == {"followers": 1, "following": 0, "tweets": 0}

    def test_twice_is_once(self, ada: User, grace: User) -> None:
        assert actions.follow(follower=ada, followee=grace) is True
        assert actions.follow(follower=ada, followee=grace) is False
        assert figures(ada, grace) == [(0, 1), (1, 0)]

    def test_oneself_is_refused(self, ada: User) -> None:
        with pytest.raises(actions.CannotFollowYourself):
            actions.follow(follower=ada, followee=ada)
        assert (Follow.objects.count(), PersonCountChange.objects.count()) == (0, 0)

    def test_somebody_suspended_is_refused(self, ada: User, grace: User) -> None:
        actions.suspend(user=grace)
        with pytest.raises(User.DoesNotExist):
            actions.follow(follower=ada, followee=grace)
        assert (Follow.objects.count(), PersonCountChange.objects.count()) == (0, 0)

    def test_ending_what_is_not_changes_nothing(self, ada: User, grace: User) -> None:
        assert actions.unfollow(follower=ada, followee=grace) is False
        assert PersonCountChange.objects.count() == 0

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_are_one(self, ada: User, grace: User) -> None:
        for _ in range(10):
            created = at_once(*[lambda: actions.follow(follower=ada, followee=grace)] * 4)
            assert sorted(created) == [False, False, False, True]
            assert figures(ada, grace) == [(0, 1), (1, 0)]
            ended = at_once(*[lambda: actions.unfollow(follower=ada, followee=grace)] * 4)
            assert sorted(ended) == [False, False, False, True]
            assert figures(ada, grace) == [(0, 0), (0, 0)]

    @pytest.mark.django_db(transaction=True)
    def test_each_other_at_once(self, ada: User, grace: User) -> None:
        for _ in range(10):
            both = (
                lambda: actions.follow(follower=ada, followee=grace),
                lambda: actions.follow(follower=grace, followee=ada),
            )
            assert at_once(*both) == [True, True]
            assert figures(ada, grace) == [(1, 1), (1, 1)]
            actions.unfollow(follower=ada, followee=grace)
            actions.unfollow(follower=grace, followee=ada)

    @pytest.mark.django_db(transaction=True)
    def test_follow_and_unfollow_at_once_leave_rows_and_counts_that_agree(self, ada: User, grace: User) -> None:
        for _ in range(20):
            at_once(
                lambda: actions.follow(follower=ada, followee=grace),
                lambda: actions.unfollow(follower=ada, followee=grace),
            )
            row = Follow.objects.filter(follower=ada, followee=grace).count()
            assert figures(ada, grace) == [(0, row), (row, 0)]

    @pytest.mark.django_db(transaction=True)
    def test_many_follow_one_at_once(self, ada: User) -> None:
        crowd = factories.people(16)
        at_once(*[lambda fan=fan: actions.follow(follower=fan, followee=ada) for fan in crowd])
        assert figures(ada) == [(16, 0)]


class TestEditProfile:
    @pytest.mark.django_db(transaction=True)
    def test_the_card_changes_with_the_name(self, ada: User) -> None:
        before = cards.fetch([ada.pk])[ada.pk].json
        actions.edit_profile(user=ada, changes={"name": "Countess"})
        after = cards.fetch([ada.pk])[ada.pk].json
        assert b'"name":"Ada Lovelace"' in before
        assert b'"name":"Countess"' in after

    @pytest.mark.django_db(transaction=True)
    def test_a_new_picture_takes_the_old_file_away(self, ada: User) -> None:
        actions.edit_profile(user=ada, changes={"avatar": ContentFile(b"one", name="../../etc/passwd")})
        first = str(ada.avatar)
        assert first.startswith(f"people/{ada.pk}/")
        assert first.endswith(".webp")
        actions.edit_profile(user=ada, changes={"avatar": ContentFile(b"two", name="a.webp")})
        second = str(User.objects.get(pk=ada.pk).avatar)
        assert (default_storage.exists(first), default_storage.exists(second)) == (False, True)
        actions.edit_profile(user=ada, changes={"avatar": ""})
        assert not default_storage.exists(second)
        assert User.objects.get(pk=ada.pk).avatar.name == ""


class TestSuspend:
    @pytest.mark.django_db(transaction=True)
    def test_hides_the_person_until_lifted(self, ada: User) -> None:
        assert cards.fetch([ada.pk])[ada.pk].active is True
        actions.suspend(user=ada)
        assert cards.fetch([ada.pk])[ada.pk].active is False
        actions.unsuspend(user=ada)
        assert cards.fetch([ada.pk])[ada.pk].active is True


def test_a_new_password_ends_tokens(ada: User, grace: User) -> None:
    for user in (ada, grace):
        tokens.issue(user=user)
    actions.change_password(user=ada, password="battery staple")
    assert ada.check_password("battery staple")
    assert [token.user for token in PersonalToken.objects.all()] == [grace]


def test_a_visit_is_noted_once_a_day(ada: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    actions.saw_home(user=ada)
    first = User.objects.get(pk=ada.pk).seen_at
    with django_assert_num_queries(0):
        actions.saw_home(user=ada)
    assert first is not None
    assert User.objects.get(pk=ada.pk).seen_at == first
