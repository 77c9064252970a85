import pytest
from pytest_django import DjangoAssertNumQueries

from accounts import actions, queries
from accounts.models import User
from tests import factories


class TestPerson:
    def test_whatever_the_case(self, ada: User) -> None:
        assert queries.person("AdA", None) == ada

    def test_nobody(self, db: None) -> None:
        with pytest.raises(User.DoesNotExist):
            queries.person("nobody", None)

    def test_suspended_is_nobody(self, ada: User) -> None:
        actions.suspend(user=ada)
        with pytest.raises(User.DoesNotExist):
            queries.person("ada", None)


class TestFollowers:
    def test_latest_first_page_by_page(self, ada: User) -> None:
        fans = factories.people(5)
        for fan in fans:
            factories.follow(fan, ada)
        seen: list[User] = []
        page = queries.followers(ada, None, limit=2)
        while page.next:
            seen += page.people
            page = queries.followers(ada, None, before=page.next, limit=2)
        assert seen + page.people == fans[::-1]

    def test_the_suspended_are_left_out(self, ada: User, grace: User, alan: User) -> None:
        factories.follow(grace, ada)
        factories.follow(alan, ada)
        actions.suspend(user=grace)
        assert queries.followers(ada, None).people == [alan]
        assert queries.following(grace, None).people == [ada]

    @pytest.mark.parametrize("number", [2, 20])
    def test_costs_the_same_for_any_number(
        self, ada: User, grace: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for fan in factories.people(number):
            factories.follow(fan, ada)
        with django_assert_num_queries(3):
            assert len(queries.followers(ada, grace.pk).people) == number


def test_whom_one_might_follow_are_neither_me_nor_followed_nor_suspended(ada: User, grace: User, alan: User) -> None:
    hidden = factories.person("hidden")
    actions.suspend(user=hidden)
    factories.follow(ada, grace)
    assert list(queries.to_follow(ada.pk)) == [alan]
