"""The admin: what staff see at which cost, and that they change things as everybody does."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import tokens
from accounts.access import lookup
from accounts.lists.actions import add_member, create_list
from accounts.lists.models import List, ListFollow, ListMember
from accounts.models import (
    Application,
    Block,
    Follow,
    FollowRequest,
    Mute,
    MutedConversation,
    MutedWord,
    PersonalToken,
    User,
)
from accounts.relations.actions import mute_phrase
from discovery.models import Dismissal, Term
from drafts import actions as drafts
from notifications import draining
from notifications.models import NotificationEvent
from tests import factories
from tests.accounts.access.programs import app
from timelines.models import Crowd, FeedEvent
from tweets import actions, editing
from tweets.composing import NewTweet
from tweets.models import Bookmark, Like, Pin, TagFollow, Tweet, TweetTag
from tweets.polls.actions import vote

pytestmark = pytest.mark.django_db

BIG = ["accounts/user", "accounts/follow", "tweets/tweet", "tweets/like", "tweets/bookmark", "timelines/feedevent"]
BIG += ["accounts/list", "tweets/hashtag", "tweets/mention", "tweets/tweettag"]
LISTS = [*BIG, "accounts/listmember", "accounts/listfollow", "accounts/block", "accounts/mute"]
LISTS += ["accounts/followrequest", "accounts/mutedword", "accounts/mutedconversation"]
LISTS += ["tweets/edit", "tweets/pin", "tweets/tagfollow", "timelines/crowd", "account/emailaddress", "auth/group"]
LISTS += ["notifications/notification", "notifications/notificationevent", "discovery/term", "discovery/dismissal"]
LISTS += ["tweets/poll", "tweets/pollvote", "drafts/draft"]
LISTS += ["accounts/application", "accounts/personaltoken", "oauth2_provider/accesstoken", "usersessions/usersession"]


@pytest.fixture
def root() -> User:
    return factories.person("root_1", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(root: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(root)


def moderator(*permissions: str) -> User:
    """Staff who may do only this."""
    user = factories.person("moderator_1", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def act(client: Client, rows: str, action: str, *ids: int) -> Any:
    return client.post(f"/admin/{rows}/", {"action": action, "_selected_action": ids}, follow=True)


def messages(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def fill(number: int) -> None:
    """So many rows in every list."""
    for fan in factories.people(number):
        author = factories.person()
        tweet = factories.tweet(author, "hello")
        factories.follow(fan, author)
        Like.objects.create(user=fan, tweet=tweet)
        Pin.objects.create(user=author, tweet=tweet)
        editing.edit_tweet(author=author, tweet_id=tweet.pk, text="goodbye", version=0)
        Bookmark.objects.create(user=fan, tweet=tweet)
        vote(user=fan, tweet_id=factories.tweet(author, "tea?", poll=factories.poll()).pk, choice=1)
        drafts.save(author=author, content={"tweets": [NewTweet("later")]})
        Crowd.objects.create(author=author)
        draining.drain()
        actions.retweet(user=fan, tweet_id=tweet.pk)  # of this nobody is told yet
        listed = create_list(owner=author, name="Friends")
        fill_relations(fan, listed)


def fill_relations(person: User, listed: List) -> None:
    """A row of every kind that is about this person and somebody new."""
    stranger = factories.person()
    ListMember.objects.create(list=listed, person=person)
    ListFollow.objects.create(list=listed, follower=person)
    Block.objects.create(blocker=person, blocked=stranger)
    Mute.objects.create(muter=person, muted=stranger)
    FollowRequest.objects.create(requester=person, target=stranger)
    MutedWord.objects.create(user=person, phrase="spoiler")
    MutedConversation.objects.create(user=person, conversation_id=person.pk)
    Dismissal.objects.create(viewer=person, person=stranger)
    tweet = factories.tweet(stranger, f"#tag_{person.pk} for @{person.username}")
    TagFollow.objects.create(user=person, tag=TweetTag.objects.get(tweet=tweet).tag)
    Term.objects.create(kind=Term.Kind.HASHTAG, text=f"tag_{person.pk}", counted_at=timezone.now())


class TestEntrance:
    def test_staff_log_in_where_everybody_does(self, client: Client) -> None:
        response = client.get("/admin/", follow=True)
        assert response.redirect_chain[-1][0] == "/login/?next=%2Fadmin%2F"

    def test_others_are_refused(self, ada: User, as_user: Callable[[User], Client]) -> None:
        assert as_user(ada).get("/admin/", follow=True).status_code == 403

    def test_it_has_the_name_of_the_site(self, staff: Client) -> None:
        assert "Chirp" in staff.get("/admin/").content.decode()


class TestLists:
    def test_cost_the_same_for_2_and_20_rows(self, staff: Client) -> None:
        costs = []
        for more in (2, 18):
            fill(more)
            costs.append({rows: self.cost(staff, rows) for rows in LISTS})
        assert costs[0] == costs[1]

    def cost(self, staff: Client, rows: str) -> int:
        """How many queries a list takes, with everything warm."""
        staff.get(f"/admin/{rows}/")
        with CaptureQueriesContext(connection) as asked:
            assert staff.get(f"/admin/{rows}/").status_code == 200
        return len(asked)

    @pytest.mark.parametrize("rows", BIG)
    def test_never_count_or_skip_through_a_whole_table(self, staff: Client, rows: str) -> None:
        with CaptureQueriesContext(connection) as asked:
            staff.get(f"/admin/{rows}/")
        counting = [
            each["sql"] for each in asked if "COUNT(*)" in each["sql"] and rows.replace("/", "_") in each["sql"]
        ]
        assert counting
        assert all("LIMIT 10000" in sql for sql in counting)

    @pytest.mark.parametrize("rows", BIG[1:])
    def test_rows_are_not_edited(self, staff: Client, rows: str) -> None:
        fill(1)
        assert staff.get(f"/admin/{rows}/add/").status_code == 403
        assert "delete_selected" not in staff.get(f"/admin/{rows}/").content.decode()

    @pytest.mark.parametrize(
        ("path", "found"),
        [
            ("accounts/user/?q=lovelace", 1),
            ("accounts/user/?is_active__exact=0", 0),
            ("accounts/follow/?q=@GRACE", 1),
            ("accounts/follow/?q=nobody", 0),
            ("tweets/tweet/?q=@ada", 2),
            ("tweets/tweet/?q=engine", 1),
            ("tweets/tweet/?q=99999999999999999999999", 0),
            ("tweets/tweet/?kind=reply", 1),
            ("tweets/tweet/?deleted=yes", 1),
            ("tweets/tweet/?deleted=no", 2),
            ("tweets/like/?q=grace", 1),
            ("timelines/feedevent/?failed=yes", 0),
            ("tweets/hashtag/?q=%23LOOMS", 1),
            ("tweets/hashtag/?q=loom", 0),
            ("tweets/hashtag/?q=%23", 0),
            ("tweets/hashtag/?used=no", 1),
            ("tweets/tweettag/?q=looms&days=1", 1),
            ("tweets/mention/?q=@ada&days=7", 1),
            ("tweets/mention/?q=@grace", 0),
            ("accounts/mutedword/?q=grace&until__isempty=1", 1),
            ("accounts/mutedword/?until__isempty=0", 0),
            ("notifications/notification/?q=@ada", 3),
            ("notifications/notification/?kind__exact=5", 1),
            ("notifications/notificationevent/?failed=yes", 0),
        ],
    )
    def test_are_searched_and_filtered(self, staff: Client, ada: User, grace: User, path: str, found: int) -> None:
        factories.follow(grace, ada)
        mute_phrase(user=grace, phrase="spoiler")
        first = factories.tweet(ada, "On the engine, by @ada #Looms")
        factories.tweet(grace, "Indeed", in_reply_to_id=first.pk)
        actions.delete_tweet(tweet=factories.tweet(ada, "Oops"))
        actions.like(user=grace, tweet_id=first.pk)
        draining.drain()
        assert staff.get(f"/admin/{path}").context["cl"].result_count == found

    def test_a_tweet_is_found_by_its_id(self, staff: Client, ada: User) -> None:
        tweet = factories.tweet(ada)
        factories.tweet(ada)
        assert list(staff.get(f"/admin/tweets/tweet/?q={tweet.pk}").context["cl"].result_list) == [tweet]


class TestTweets:
    def test_are_deleted_as_everybody_deletes_them(self, staff: Client, ada: User) -> None:
        gone, kept = factories.tweet(ada), factories.tweet(ada)
        FeedEvent.objects.all().delete()
        assert messages(act(staff, "tweets/tweet", "delete_tweets", gone.pk)) == ["Deleted: 1."]
        assert [tweet.pk for tweet in Tweet.objects.filter(deleted_at=None)] == [kept.pk]
        assert [(event.kind, event.subject_id) for event in FeedEvent.objects.all()] == [
            (FeedEvent.Kind.DELETED, gone.pk)
        ]
        assert LogEntry.objects.get().object_id == str(gone.pk)

    def test_can_not_be_edited(self, staff: Client, ada: User) -> None:
        tweet = factories.tweet(ada, "as it was")
        response = staff.post(f"/admin/tweets/tweet/{tweet.pk}/change/", {"text": "forged"})
        assert response.status_code == 403
        assert Tweet.objects.get().text == "as it was"

    def test_deleting_needs_the_right_to(self, ada: User, as_user: Callable[[User], Client]) -> None:
        tweet = factories.tweet(ada)
        act(as_user(moderator("view_tweet")), "tweets/tweet", "delete_tweets", tweet.pk)
        assert Tweet.objects.get().deleted_at is None

    def test_some_things_are_nobodys_business(self, as_user: Callable[[User], Client]) -> None:
        client = as_user(moderator("view_bookmark", "view_pollvote", "view_draft", "view_mutedword", "view_tagfollow"))
        for rows in ("tweets/bookmark", "tweets/pollvote", "drafts/draft", "accounts/mutedword", "tweets/tagfollow"):
            assert client.get(f"/admin/{rows}/").status_code == 403, rows


class TestPeople:
    def test_are_suspended_and_let_back_in(self, staff: Client, ada: User, as_user: Callable[[User], Client]) -> None:
        inside = as_user(ada)
        assert messages(act(staff, "accounts/user", "suspend", ada.pk)) == ["Suspended: 1."]
        assert inside.get("/settings/").status_code == 302
        assert [entry.get_change_message() for entry in LogEntry.objects.all()] == ["Suspended."]
        assert messages(act(staff, "accounts/user", "unsuspend", ada.pk)) == ["Suspension lifted: 1."]
        assert User.objects.get(pk=ada.pk).is_active

    def test_nobody_suspends_himself(self, staff: Client, root: User) -> None:
        assert messages(act(staff, "accounts/user", "suspend", root.pk)) == ["Suspended: 0."]

    def test_staff_do_not_touch_superusers(self, root: User, as_user: Callable[[User], Client]) -> None:
        client = as_user(moderator("view_user", "change_user"))
        assert messages(act(client, "accounts/user", "suspend", root.pk)) == ["Suspended: 0."]
        assert client.post(f"/admin/accounts/user/{root.pk}/change/", {"email": "eve@example.com"}).status_code == 403
        assert client.get(f"/admin/accounts/user/{root.pk}/password/").status_code == 403

    def test_staff_do_not_give_rights(self, as_user: Callable[[User], Client]) -> None:
        user = moderator("view_user", "change_user")
        form = {"username": user.username, "email": user.email, "is_superuser": "on", "user_permissions": "1"}
        response = as_user(user).post(f"/admin/accounts/user/{user.pk}/change/", form)
        assert response.status_code == 302
        assert (User.objects.get(pk=user.pk).is_superuser, user.user_permissions.count()) == (False, 2)

    @pytest.mark.django_db(transaction=True)
    def test_a_name_is_corrected_everywhere(self, staff: Client, ada: User) -> None:
        page = staff.get(f"/admin/accounts/user/{ada.pk}/change/")
        initial = page.context["adminform"].form.initial
        form = {name: value for name, value in initial.items() if isinstance(value, str)}
        staff.get("/ada/")
        response = staff.post(f"/admin/accounts/user/{ada.pk}/change/", form | {"name": "Countess", "is_active": ""})
        assert response.status_code == 302
        user = User.objects.get(pk=ada.pk)
        assert (user.name, user.is_active) == ("Countess", True)
        assert "Countess" in staff.get("/ada/").content.decode()

    def test_are_not_deleted(self, staff: Client, ada: User) -> None:
        assert staff.post(f"/admin/accounts/user/{ada.pk}/delete/", {"post": "yes"}).status_code == 403
        assert "delete_selected" not in staff.get("/admin/accounts/user/").content.decode()
        assert User.objects.filter(pk=ada.pk).exists()

    def test_a_new_password_ends_sessions(self, staff: Client, ada: User, as_user: Callable[[User], Client]) -> None:
        inside = as_user(ada)
        form = {"password1": "battery staple 9", "password2": "battery staple 9", "usable_password": "true"}
        assert staff.post(f"/admin/accounts/user/{ada.pk}/password/", form).status_code == 302
        assert User.objects.get(pk=ada.pk).check_password("battery staple 9")
        assert inside.get("/settings/").status_code == 302

    def test_a_password_can_be_taken_away(self, staff: Client, ada: User) -> None:
        staff.post(f"/admin/accounts/user/{ada.pk}/password/", {"unset-password": "1", "usable_password": "false"})
        assert not User.objects.get(pk=ada.pk).has_usable_password()

    def test_are_made_under_the_same_rules(self, staff: Client) -> None:
        form = {"password1": "battery staple 9", "password2": "battery staple 9", "usable_password": "true"}
        refused = staff.post("/admin/accounts/user/add/", form | {"username": "settings"})
        assert refused.context["adminform"].form.errors == {"username": ["This name can't be taken."]}
        assert staff.post("/admin/accounts/user/add/", form | {"username": "hedy"}).status_code == 302
        assert User.objects.get(username="hedy").check_password("battery staple 9")


def test_follows_are_ended_with_their_counts(staff: Client, ada: User, grace: User) -> None:
    factories.follow(grace, ada)
    follow = Follow.objects.get()
    FeedEvent.objects.all().delete()
    assert messages(act(staff, "accounts/follow", "end", follow.pk)) == ["Ended: 1."]
    assert Follow.objects.count() == 0
    assert [(event.kind, event.subject_id) for event in FeedEvent.objects.all()] == [(FeedEvent.Kind.TIES, grace.pk)]


class TestEvents:
    def test_the_oldest_and_its_age_are_on_top(self, staff: Client, ada: User) -> None:
        assert "Nothing is pending." in staff.get("/admin/timelines/feedevent/").content.decode()
        tweet = factories.tweet(ada)
        page = " ".join(staff.get("/admin/timelines/feedevent/").content.decode().split())
        assert f"tweet posted {tweet.pk}</a>, waiting for <b>0:00:0" in page

    def test_are_made_due_at_once(self, staff: Client, ada: User) -> None:
        factories.tweet(ada)
        event = FeedEvent.objects.get()
        later = event.due_at.replace(year=event.due_at.year + 1)
        FeedEvent.objects.update(due_at=later, attempts=3, error="Redis is away")
        assert messages(act(staff, "timelines/feedevent", "retry_now", event.pk)) == ["Due now: 1."]
        assert FeedEvent.objects.get().due_at < later

    def test_those_of_notifications_too(self, staff: Client, ada: User, grace: User) -> None:
        factories.follow(grace, ada)
        event = NotificationEvent.objects.get()
        later = event.due_at.replace(year=event.due_at.year + 1)
        NotificationEvent.objects.update(due_at=later, attempts=3, error="no")
        assert messages(act(staff, "notifications/notificationevent", "retry_now", event.pk)) == ["Due now: 1."]
        assert NotificationEvent.objects.get().due_at < later


class TestAccess:
    def test_is_ended_by_staff(self, staff: Client, ada: User) -> None:
        token = tokens.issue(user=ada)
        row = PersonalToken.objects.get()
        staff.post("/admin/accounts/personaltoken/", {"action": "end", "_selected_action": [row.pk]})
        assert lookup.find(token) is None
        assert LogEntry.objects.get().change_message == "Ended."

    def test_shows_no_secret(self, staff: Client, ada: User) -> None:
        made, _ = app(ada)
        tokens.issue(user=ada)
        token = PersonalToken.objects.get()
        staff.get("/settings/")
        session = UserSession.objects.get()
        for path, secret in {
            f"accounts/application/{made.pk}/change/": Application.objects.get().client_secret,
            f"accounts/personaltoken/{token.pk}/change/": token.digest,
            f"usersessions/usersession/{session.pk}/change/": session.session_key,
        }.items():
            page = staff.get(f"/admin/{path}")
            assert page.status_code == 200
            assert secret not in page.content.decode()

    @pytest.mark.parametrize("model", ["refreshtoken", "grant", "idtoken"])
    def test_has_no_list_of_what_nobody_needs_to_see(self, staff: Client, model: str) -> None:
        assert staff.get(f"/admin/oauth2_provider/{model}/").status_code == 404


class TestListsOfPeople:
    def test_are_deleted_with_who_is_on_them(self, staff: Client, ada: User, grace: User) -> None:
        gone, kept = create_list(owner=ada, name="Gone"), create_list(owner=ada, name="Kept")
        add_member(to=gone, person=grace)
        assert messages(act(staff, "accounts/list", "delete_lists", gone.pk)) == ["Deleted: 1."]
        assert (list(List.objects.all()), ListMember.objects.count()) == ([kept], 0)
        assert LogEntry.objects.get().object_id == str(gone.pk)

    def test_deleting_needs_the_right_to(self, ada: User, as_user: Callable[[User], Client]) -> None:
        each = create_list(owner=ada, name="Kept")
        act(as_user(moderator("view_list")), "accounts/list", "delete_lists", each.pk)
        assert List.objects.count() == 1
