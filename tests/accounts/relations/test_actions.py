from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import actions as people
from accounts.models import Block, Follow, FollowRequest, Mute, MutedConversation, MutedWord, User
from accounts.relations import actions
from tests import factories
from tests.accounts.test_actions import figures
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def protected(name: str) -> User:
    return factories.person(name, is_protected=True)


class TestBlock:
    def test_ends_follows_and_requests_both_ways_and_counts_them(self, ada: User, grace: User) -> None:
        factories.follow(ada, grace)
        factories.follow(grace, ada)
        FollowRequest.objects.create(requester=grace, target=ada)
        assert actions.block(blocker=ada, blocked=grace) is True
        assert (Follow.objects.count(), FollowRequest.objects.count()) == (0, 0)
        assert figures(ada, grace) == [(0, 0), (0, 0)]
        assert actions.block(blocker=ada, blocked=grace) is False
        assert Block.objects.count() == 1

    def test_oneself_is_refused(self, ada: User) -> None:
        with pytest.raises(actions.CannotBlockYourself):
            actions.block(blocker=ada, blocked=ada)
        assert Block.objects.count() == 0

    def test_unblocking_brings_no_follow_back(self, ada: User, grace: User) -> None:
        factories.follow(grace, ada)
        actions.block(blocker=ada, blocked=grace)
        assert actions.unblock(blocker=grace, blocked=ada) is False
        assert actions.unblock(blocker=ada, blocked=grace) is True
        assert actions.unblock(blocker=ada, blocked=grace) is False
        assert (Block.objects.count(), Follow.objects.count()) == (0, 0)

    def test_neither_can_follow_the_other_and_only_who_blocks_learns_why(self, ada: User, grace: User) -> None:
        actions.block(blocker=ada, blocked=grace)
        with pytest.raises(people.CannotFollowBlocked):
            people.follow(follower=ada, followee=grace)
        with pytest.raises(User.DoesNotExist):
            people.follow(follower=grace, followee=ada)
        assert Follow.objects.count() == 0

    def test_who_both_block_each_other_stays_blocked_until_both_relent(self, ada: User, grace: User) -> None:
        actions.block(blocker=ada, blocked=grace)
        actions.block(blocker=grace, blocked=ada)
        actions.unblock(blocker=ada, blocked=grace)
        with pytest.raises(User.DoesNotExist):
            people.follow(follower=ada, followee=grace)

    @pytest.mark.django_db(transaction=True)
    def test_no_follow_outlives_a_block_made_at_the_same_moment(self, ada: User, grace: User) -> None:
        def follow() -> None:
            try:
                people.follow(follower=grace, followee=ada)
            except User.DoesNotExist:
                pass

        for _ in range(10):
            at_once(follow, lambda: actions.block(blocker=ada, blocked=grace), follow)
            assert (Follow.objects.count(), Block.objects.count()) == (0, 1)
            assert figures(ada, grace) == [(0, 0), (0, 0)]
            actions.unblock(blocker=ada, blocked=grace)

    @pytest.mark.django_db(transaction=True)
    def test_each_other_at_once(self, ada: User, grace: User) -> None:
        for _ in range(10):
            at_once(
                lambda: actions.block(blocker=ada, blocked=grace), lambda: actions.block(blocker=grace, blocked=ada)
            )
            assert Block.objects.count() == 2
            Block.objects.all().delete()


class TestProtected:
    def test_is_asked_once_and_followed_by_nobody_unasked(self, grace: User) -> None:
        shy = protected("shy")
        assert people.follow(follower=grace, followee=shy) is True
        assert people.follow(follower=grace, followee=shy) is False
        assert (Follow.objects.count(), FollowRequest.objects.count()) == (0, 1)
        assert figures(shy, grace) == [(0, 0), (0, 0)]

    def test_unfollowing_withdraws_the_request(self, grace: User) -> None:
        shy = protected("shy")
        people.follow(follower=grace, followee=shy)
        assert people.unfollow(follower=grace, followee=shy) is True
        assert people.unfollow(follower=grace, followee=shy) is False
        assert FollowRequest.objects.count() == 0

    def test_accepting_makes_a_follow_once(self, grace: User) -> None:
        shy = protected("shy")
        people.follow(follower=grace, followee=shy)
        request = FollowRequest.objects.get()
        assert people.accept_request(request=request) is True
        assert people.accept_request(request=request) is False
        assert (Follow.objects.count(), FollowRequest.objects.count()) == (1, 0)
        assert figures(shy, grace) == [(1, 0), (0, 1)]
        assert people.follow(follower=grace, followee=shy) is False
        assert FollowRequest.objects.count() == 0

    def test_refusing_makes_none_and_one_may_ask_again(self, grace: User) -> None:
        shy = protected("shy")
        people.follow(follower=grace, followee=shy)
        request = FollowRequest.objects.get()
        assert actions.refuse_request(request=request) is True
        assert actions.refuse_request(request=request) is False
        assert Follow.objects.count() == 0
        assert people.follow(follower=grace, followee=shy) is True

    def test_turning_it_on_keeps_followers_and_off_accepts_all(self, ada: User, grace: User, alan: User) -> None:
        factories.follow(grace, ada)
        people.edit_profile(user=ada, changes={"is_protected": True})
        people.follow(follower=alan, followee=ada)
        assert Follow.objects.filter(followee=ada).count() == 1
        people.edit_profile(user=ada, changes={"is_protected": False})
        assert (Follow.objects.filter(followee=ada).count(), FollowRequest.objects.count()) == (2, 0)
        assert figures(ada) == [(2, 0)]

    def test_of_very_many_the_sweep_accepts_the_rest(self, monkeypatch: pytest.MonkeyPatch, alan: User) -> None:
        monkeypatch.setattr(people, "ACCEPTED_AT_ONCE", 2)
        shy, shyer = protected("shy"), protected("shyer")
        people.follow(follower=alan, followee=shyer)
        for each in factories.people(5):
            people.follow(follower=each, followee=shy)
        people.edit_profile(user=shy, changes={"is_protected": False})
        assert Follow.objects.count() == 2
        assert [people.accept_left_over() for _ in range(3)] == [2, 1, 0]
        assert (Follow.objects.filter(followee=shy).count(), FollowRequest.objects.count()) == (5, 1)

    @pytest.mark.django_db(transaction=True)
    def test_accepted_and_withdrawn_at_once_is_one_or_the_other(self, grace: User) -> None:
        shy = protected("shy")
        for _ in range(10):
            people.follow(follower=grace, followee=shy)
            request = FollowRequest.objects.select_related("requester", "target").get()
            doings: list[Callable[[], bool]] = [
                lambda request=request: people.accept_request(request=request),  # type: ignore[misc]
                lambda: people.unfollow(follower=grace, followee=shy),
            ]
            at_once(*doings)
            people.unfollow(follower=grace, followee=shy)
            assert (Follow.objects.count(), FollowRequest.objects.count()) == (0, 0)
            assert figures(shy, grace) == [(0, 0), (0, 0)]


class TestMute:
    def test_twice_is_once_and_changes_the_end(self, ada: User, grace: User) -> None:
        later = timezone.now() + timedelta(days=1)
        actions.mute(muter=ada, muted=grace)
        actions.mute(muter=ada, muted=grace, until=later)
        assert list(Mute.objects.values_list("muter", "muted", "until")) == [(ada.pk, grace.pk, later)]
        assert actions.unmute(muter=ada, muted=grace) is True
        assert actions.unmute(muter=ada, muted=grace) is False

    def test_oneself_and_the_past_are_refused(self, ada: User, grace: User) -> None:
        with pytest.raises(actions.CannotMuteYourself):
            actions.mute(muter=ada, muted=ada)
        with pytest.raises(actions.Past):
            actions.mute(muter=ada, muted=grace, until=timezone.now())
        with pytest.raises(actions.Past):
            actions.mute_phrase(user=ada, phrase="cats", until=timezone.now())
        with pytest.raises(actions.Past):
            actions.mute_conversation(user=ada, conversation_id=7, until=timezone.now())
        assert [model.objects.count() for model in (Mute, MutedWord, MutedConversation)] == [0, 0, 0]


class TestWords:
    def test_are_kept_as_they_are_compared_each_once(self, ada: User) -> None:
        first = actions.mute_phrase(user=ada, phrase="  Big\u202e CATS ")
        assert actions.mute_phrase(user=ada, phrase="big cats").pk == first.pk
        actions.mute_phrase(user=ada, phrase="＃Cats")
        assert list(MutedWord.objects.values_list("phrase", flat=True)) == ["big cats", "#cats"]

    @pytest.mark.parametrize("phrase", ["", " \n", "\u200b", "#", "x" * 141])
    def test_nonsense_is_refused(self, ada: User, phrase: str) -> None:
        with pytest.raises(actions.BadPhrase):
            actions.mute_phrase(user=ada, phrase=phrase)
        assert MutedWord.objects.count() == 0

    def test_nobody_mutes_more_than_there_is_room_for(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(actions, "MOST_PHRASES", 1)
        actions.mute_phrase(user=ada, phrase="cats")
        actions.mute_phrase(user=ada, phrase="cats", until=timezone.now() + timedelta(days=1))
        with pytest.raises(actions.BadPhrase):
            actions.mute_phrase(user=ada, phrase="dogs")
        assert list(MutedWord.objects.values_list("phrase", flat=True)) == ["cats"]

    def test_nobody_ends_the_mutes_of_others(self, ada: User, grace: User) -> None:
        row = actions.mute_phrase(user=ada, phrase="cats")
        assert actions.unmute_phrase(user=grace, pk=row.pk) is False
        assert actions.unmute_phrase(user=ada, pk=row.pk) is True
        assert MutedWord.objects.count() == 0


def test_conversations_are_muted_once_and_heard_again(ada: User, grace: User) -> None:
    actions.mute_conversation(user=ada, conversation_id=7)
    actions.mute_conversation(user=ada, conversation_id=7)
    assert MutedConversation.objects.count() == 1
    assert actions.unmute_conversation(user=grace, conversation_id=7) is False
    assert actions.unmute_conversation(user=ada, conversation_id=7) is True


def test_a_follower_can_be_removed_and_may_come_back(ada: User, grace: User) -> None:
    factories.follow(grace, ada)
    assert actions.remove_follower(followee=ada, follower=grace) is True
    assert actions.remove_follower(followee=ada, follower=grace) is False
    assert figures(ada, grace) == [(0, 0), (0, 0)]
    assert people.follow(follower=grace, followee=ada) is True


def test_retweets_can_be_hidden_only_of_whom_one_follows(ada: User, grace: User) -> None:
    with pytest.raises(actions.NotFollowed):
        actions.show_retweets(follower=ada, followee=grace, show=False)
    factories.follow(ada, grace)
    actions.show_retweets(follower=ada, followee=grace, show=False)
    assert Follow.objects.get().shows_retweets is False
    people.unfollow(follower=ada, followee=grace)
    people.follow(follower=ada, followee=grace)
    assert Follow.objects.get().shows_retweets is True
