"""The audit finds what was made wrong by hand, and only that."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from notifications.models import Notification, NotificationActor
from tests import factories
from tests.notifications.looks import told
from tweets.actions import like
from tweets.models import Like

pytestmark = pytest.mark.django_db

Fold = Callable[[], None]


@pytest.fixture
def _liked(ada: User, grace: User, alan: User, fold: Fold) -> None:
    tweet = factories.tweet(ada)
    for fan in (grace, alan):
        like(user=fan, tweet_id=tweet.pk)
    factories.follow(grace, ada)
    factories.tweet(grace, "Hello @ada", in_reply_to_id=tweet.pk)
    fold()


def audit(*options: str) -> tuple[bool, str]:
    """Whether all is well, and what is said."""
    said = StringIO()
    try:
        call_command("audit_notifications", *options, stdout=said)
    except CommandError:
        return False, said.getvalue()
    return True, said.getvalue()


@pytest.mark.usefixtures("_liked")
class TestAudit:
    def test_finds_nothing_wrong_where_nothing_is(self) -> None:
        expected = "1 recipients, 3 groups, 4 members\nwrong for 0, undecided for 0\n"
        assert audit() == (True, expected)
        assert audit("--sample", "5", "--repair") == (True, f"{expected}Looked at again: 0 pairs\n")

    def test_finds_and_mends_what_is_told_but_not_so(self, ada: User, alan: User, fold: Fold) -> None:
        Like.objects.filter(user=alan).delete()
        well, said = audit("--repair")
        assert not well
        assert "told, but not so" in said
        fold()
        assert audit()[0]
        assert told(ada)[1] == ("follow", ["grace"], 1)
        assert told(ada)[2] == ("like", ["grace"], 1)

    def test_finds_and_mends_what_is_so_but_not_told(self, ada: User, fold: Fold) -> None:
        Like.objects.create(user=factories.person("linus"), tweet=ada.tweets.get())
        assert "undecided for 1" in audit()[1]
        from notifications.models import NotificationEvent

        NotificationEvent.objects.all().delete()
        well, said = audit("--repair")
        assert not well
        assert "so, but not told" in said
        fold()
        assert audit()[0]
        assert told(ada)[0] == ("like", ["linus", "alan", "grace"], 3)

    def test_what_was_done_before_need_not_be_told(self, ada: User) -> None:
        from notifications.models import NotificationEvent

        Like.objects.create(user=factories.person("linus"), tweet=ada.tweets.get())
        NotificationEvent.objects.all().delete()
        assert audit("--hours", "0")[0]

    @pytest.mark.parametrize(
        ("change", "words"),
        [({"count": 5}, "counts 5 for 2"), ({"actors": []}, "names []"), ({"friends": [7]}, "has friends [7]")],
    )
    def test_finds_figures_that_do_not_fit(self, change: dict[str, object], words: str) -> None:
        Notification.objects.filter(count=2).update(**change)
        well, said = audit()
        assert not well
        assert words in said

    def test_finds_who_is_told_of_twice(self, alan: User) -> None:
        row = Notification.objects.get(count=2)
        again = Notification.objects.create(
            recipient=row.recipient,
            kind=row.kind,
            tweet_id=row.tweet_id,
            position=row.position + 2**30,
            count=1,
            actors=[alan.pk],
            latest_at=row.latest_at,
        )
        NotificationActor.objects.create(notification=again, actor_id=alan.pk)
        assert "told 2 times" in audit()[1]
