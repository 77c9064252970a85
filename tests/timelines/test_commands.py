"""The management commands, each called as from the shell."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.counts import people as people_counts
from accounts.models import Follow, User
from discovery import search, trends
from notifications import draining
from notifications.models import Kind, Notification
from stores import redis
from tests import factories
from tests.timelines.lists import shown, stored
from timelines import generation, inbox, walks
from timelines.inbox import INBOX
from timelines.models import FeedEvent
from tweets.counts import tweets as tweet_counts
from tweets.models import Hashtag, Like, Tweet, TweetTag
from twitterclone import prepare

pytestmark = pytest.mark.django_db(transaction=True)

Drain = Callable[[], None]


def called(name: str, *arguments: object) -> str:
    """What a command says."""
    said = StringIO()
    call_command(name, *map(str, arguments), stdout=said)
    return said.getvalue()


class TestLoadFollows:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        file = tmp_path / "follows.csv"
        file.write_text("follower,followee\nbob,ann\ncat,ann\nann,bob\nann,ann\nbob,ann\n")
        return file

    def follows(self) -> set[tuple[str, str]]:
        return set(Follow.objects.values_list("follower__username", "followee__username"))

    def figures(self, username: str) -> tuple[int, int]:
        pk = User.objects.get(username=username).pk
        counts = people_counts.shown([pk])[pk]
        return counts["followers"], counts["following"]

    def test_makes_people_and_follows_with_all_consequences(self, file: Path) -> None:
        called("load_follows", file)
        assert self.follows() == {("bob", "ann"), ("cat", "ann"), ("ann", "bob")}
        assert [self.figures(each) for each in ("ann", "bob", "cat")] == [(2, 1), (1, 1), (0, 1)]
        readers = FeedEvent.objects.filter(kind=FeedEvent.Kind.TIES).values_list("subject_id", flat=True)
        assert sorted(readers) == sorted(User.objects.values_list("pk", flat=True))
        assert not User.objects.get(username="ann").has_usable_password()

    def test_twice_changes_nothing(self, file: Path, drain: Drain) -> None:
        called("load_follows", file)
        drain()
        called("load_follows", file)
        assert (User.objects.count(), Follow.objects.count(), FeedEvent.objects.count()) == (3, 3, 0)
        assert self.figures("ann") == (2, 1)

    def test_takes_people_who_are_there(self, tmp_path: Path, ada: User, grace: User) -> None:
        file = tmp_path / "follows.csv.gz"
        file.write_bytes(gzip.compress(b"followee,follower,since\nADA,grace,2021\n"))
        called("load_follows", file)
        assert self.follows() == {("grace", "ada")}
        assert User.objects.count() == 2

    def test_warm_inboxes_of_people_there_go_cold(self, tmp_path: Path, ada: User, grace: User, drain: Drain) -> None:
        tweet = factories.tweet(ada)
        drain()
        assert shown(grace) == []
        (tmp_path / "follows.csv").write_text("follower,followee\ngrace,ada\n")
        called("load_follows", tmp_path / "follows.csv")
        assert shown(grace) == [tweet.pk]

    def test_reads_before_it_posts(self, file: Path, drain: Drain) -> None:
        said = called("load_follows", file, "--read", "--tweets", 2)
        ann, bob, cat = User.objects.order_by("username")
        assert all(stored(each.pk) for each in (ann, bob, cat))
        drain()
        assert [len(shown(each)) for each in (ann, bob, cat)] == [4, 4, 4]
        in_turns = Tweet.objects.order_by("pk").values_list("author__username", flat=True)
        assert list(in_turns) == ["ann", "bob", "cat"] * 2
        assert "Reading: 3 homes" in said
        assert "Posting: 6 tweets" in said

    def test_account_names_become_usernames(self, tmp_path: Path) -> None:
        file = tmp_path / "follows.csv"
        file.write_text("follower,followee\nsomebody with a long name,settings\n")
        called("load_follows", file)
        assert self.follows() == {("somebody_with_a", "settings_")}

    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            ("from,to\na,b\n", "must name the columns follower and followee"),
            ("follower,followee\na b,a_b\n", "'a b' and 'a_b' would both be called @a_b"),
            ("", "must name the columns"),
        ],
    )
    def test_refuses_what_is_no_graph(self, tmp_path: Path, content: str, complaint: str) -> None:
        (tmp_path / "follows.csv").write_text(content)
        with pytest.raises(CommandError, match=complaint):
            called("load_follows", tmp_path / "follows.csv")
        assert not User.objects.exists()

    def test_refuses_what_can_not_be_read(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="can't be read"):
            called("load_follows", tmp_path / "nothing.csv")
        (tmp_path / "no.csv.gz").write_bytes(b"this is no gzip")
        with pytest.raises(CommandError, match="can't be read"):
            called("load_follows", tmp_path / "no.csv.gz")


class TestRebuildInboxes:
    def test_makes_all_cold(self, ada: User) -> None:
        shown(ada)
        before = generation.stored()
        called("rebuild_inboxes")
        assert generation.stored() == before + 1
        assert stored(ada.pk) is None

    def test_warms_those_who_came_by(self, ada: User, grace: User, alan: User) -> None:
        shown(ada)
        User.objects.filter(pk=grace.pk).update(seen_at=timezone.now() - timedelta(days=31))
        User.objects.filter(pk=alan.pk).update(seen_at=timezone.now(), is_active=False)
        said = called("rebuild_inboxes", "--warm")
        assert [bool(stored(each.pk)) for each in (ada, grace, alan)] == [True, False, False]
        assert "Warming: 1 inboxes" in said


class TestAuditTimelines:
    @pytest.fixture(autouse=True)
    def _warm(self, ada: User, grace: User, drain: Drain) -> None:
        factories.follow(ada, grace)
        drain()
        shown(ada)
        for _ in range(3):
            factories.tweet(grace)
        drain()

    def lose_one(self, reader: User) -> None:
        key = inbox.key(INBOX, reader.pk)
        redis.timelines().setrange(key, 8, redis.timelines().getrange(key, 16, 23))

    def test_all_is_well(self, ada: User) -> None:
        said = called("audit_timelines", "--pages", 2)
        for label, value in [
            ("inboxes warm", "1 of 2"),
            ("entries held", "3"),
            ("full, or all there is", "100.00%"),
            ("missing", "0"),
            ("stale", "0, of which readers would see 0"),
            ("authored lists", "0 warm, 0 differing"),
            ("pages walked", "2 readers, 6 tweets, 0 readers wrong"),
        ]:
            assert f"{label:<24}{value}\n" in said

    def test_what_is_missing_is_an_error(self, ada: User) -> None:
        self.lose_one(ada)
        with pytest.raises(CommandError, match="Readers miss tweets"):
            called("audit_timelines", "--sample", 2)

    def test_what_a_walk_misses_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(walks, "expected", lambda reader_id: [1])
        with pytest.raises(CommandError, match="Readers miss tweets"):
            called("audit_timelines", "--pages", 1)

    def test_repairs(self, ada: User) -> None:
        self.lose_one(ada)
        with pytest.raises(CommandError):
            called("audit_timelines", "--repair")
        assert stored(ada.pk) is None
        assert len(shown(ada)) == 3
        called("audit_timelines")


class TestLoadDemo:
    def test_makes_a_network_to_look_at(self) -> None:
        called("load_demo", "ada", "grace", "--password", "open sesame")
        ada, mira = (User.objects.get(username=each) for each in ("ada", "mira"))
        assert ada.check_password("open sesame")
        assert not mira.has_usable_password()
        assert len(shown(ada, limit=50)) > 40
        assert walks.walk([user.pk for user in User.objects.all()]).wrong == {}

    def test_its_figures_are_right(self) -> None:
        called("load_demo")
        assert sum(User.objects.values_list("followers_count", flat=True)) == Follow.objects.count()
        assert sum(User.objects.values_list("tweets_count", flat=True)) == Tweet.objects.count()
        assert sum(Tweet.objects.values_list("likes_count", flat=True)) == Like.objects.count()
        replies = Tweet.objects.exclude(in_reply_to=None)
        assert sum(Tweet.objects.values_list("replies_count", flat=True)) == replies.count()
        assert (people_counts.settle(), tweet_counts.settle()) == (0, 0)

    def test_it_can_be_searched(self) -> None:
        called("load_demo")
        tag = Hashtag.objects.get(name="noteg")
        assert tag.tweets_count == TweetTag.objects.filter(tag=tag).count() > 0
        assert "Note G is finished" in " ".join(each["text"] for each in search.latest("note g", None).shown())

    def test_when_the_site_starts_its_people_are_told_of_it_and_something_is_rising(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(prepare, "_collect_static", lambda stamp: None)
        prepare.prepare()
        while draining.pending(timezone.now()):
            draining.drain()
        followed = Notification.objects.get(recipient__username="ada", kind=Kind.FOLLOW)
        assert followed.count == Follow.objects.filter(followee__username="ada").count()
        assert [term.shown for term in trends.rising(9)] == ["sixwordlog", "aurora", "Green"]

    def test_its_tweets_are_some_days_old(self) -> None:
        called("load_demo")
        oldest, newest = Tweet.objects.earliest("pk"), Tweet.objects.latest("pk")
        assert newest.created_at <= timezone.now()
        assert newest.created_at - oldest.created_at > timedelta(days=3)

    def test_keeps_away_from_people(self, ada: User) -> None:
        assert "not loaded" in called("load_demo")
        assert User.objects.get() == ada
