"""The small world of `world`, in which people also keep each other away, hide retweets, mute, protect their accounts
and are suspended; and read whole pages, so that all that is cached of this is there to be wrong."""

from functools import partial
from typing import TypeVar

from django.db import models

from accounts import actions as people
from accounts.models import Block, Follow, FollowRequest, Mute, MutedConversation, User
from accounts.relations import actions as relations
from stores import redis
from tests.timelines.world import Steps, World, home_of

FREE_BLOCKED = """
for _, key in ipairs(redis.call('KEYS', '*')) do
  if redis.call('TYPE', key).ok == 'string' and redis.call('STRLEN', key) == 0 then redis.call('DEL', key) end
end"""

Row = TypeVar("Row", bound=models.Model)


class Society(World):
    def _steps(self) -> Steps:
        return (
            *super()._steps(),
            (self.read_page, 8),
            (self.let_time_pass, 3),
            (self.hide_or_show_retweets, 4),
            (self.mute, 3),
            (self.unmute, 2),
            (self.mute_conversation, 3),
            (self.unmute_conversation, 2),
            (self.block, 2),
            (self.unblock, 2),
            (self.protect_or_open, 3),
            (self.answer_request, 4),
            (self.suspend_or_restore, 2),
        )

    def any_row(self, rows: "models.QuerySet[Row]") -> Row | None:
        number = rows.count()
        return rows.order_by("pk")[self.chance.randrange(number)] if number else None

    def read_page(self) -> None:
        feed = home_of(self.anybody())
        tweets = feed.page(limit=self.chance.choice([1, 3, 10])).shown()
        originals = [(each["retweet_of"] or each)["id"] for each in tweets]
        assert len(originals) == len(set(originals)), "a page with something twice"

    def let_time_pass(self) -> None:
        """So much that what a change has blocked may be kept again: longer than any transaction or request lasts."""
        redis.timelines().eval(FREE_BLOCKED, 0)

    def hide_or_show_retweets(self) -> None:
        row = self.any_row(Follow.objects.all())
        if row:
            pair = {"follower": row.follower, "followee": row.followee}
            self._change(partial(relations.show_retweets, **pair, show=not row.shows_retweets))

    def mute(self) -> None:
        muter, muted = self.chance.sample(self.people, 2)
        self._change(partial(relations.mute, muter=muter, muted=muted))

    def unmute(self) -> None:
        row = self.any_row(Mute.objects.all())
        if row:
            self._change(partial(relations.unmute, muter=row.muter, muted=row.muted))

    def mute_conversation(self) -> None:
        tweet = self.recent_tweet()
        if tweet:
            conversation_id = tweet.conversation_id or tweet.pk
            self._change(partial(relations.mute_conversation, user=self.anybody(), conversation_id=conversation_id))

    def unmute_conversation(self) -> None:
        row = self.any_row(MutedConversation.objects.all())
        if row:
            conversation_id = row.conversation_id
            self._change(partial(relations.unmute_conversation, user=row.user, conversation_id=conversation_id))

    def block(self) -> None:
        blocker, blocked = self.chance.sample(self.people, 2)
        self._change(partial(relations.block, blocker=blocker, blocked=blocked))

    def unblock(self) -> None:
        row = self.any_row(Block.objects.all())
        if row:
            self._change(partial(relations.unblock, blocker=row.blocker, blocked=row.blocked))

    def protect_or_open(self) -> None:
        person = User.objects.get(pk=self.anybody().pk)
        self._change(partial(people.edit_profile, user=person, changes={"is_protected": not person.is_protected}))

    def answer_request(self) -> None:
        request = self.any_row(FollowRequest.objects.all())
        if request:
            answer = self.chance.choice([people.accept_request, people.accept_request, relations.refuse_request])
            self._change(partial(answer, request=request))

    def suspend_or_restore(self) -> None:
        person = User.objects.get(pk=self.anybody().pk)
        self._change(partial(people.suspend if person.is_active else people.unsuspend, user=person))
