"""Tweets, likes and bookmarks in the admin: to be looked at, and tweets to be deleted as everybody deletes them."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.by_person import ByPersonAdmin, PrivateAdmin, viewer
from stores.admin import BigTableAdmin
from tweets import actions
from tweets.models import (
    Bookmark,
    Edit,
    Hashtag,
    Like,
    Mention,
    Pin,
    Poll,
    PollVote,
    TagFollow,
    Tweet,
    TweetTag,
    id_at,
)
from tweets.text import tag_key

SEARCHED = timedelta(days=7)  # no index helps to look inside texts

KINDS = {
    "original": Q(in_reply_to=None, retweet_of=None, quote_of=None),
    "reply": Q(in_reply_to__isnull=False),
    "retweet": Q(retweet_of__isnull=False),
    "quote": Q(quote_of__isnull=False),
}


class KindFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(kind, kind.capitalize()) for kind in KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(KINDS.get(self.value() or "", Q()))


class DeletedFilter(admin.SimpleListFilter):
    title = "deleted"
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("no", "Not deleted"), ("yes", "Deleted, not yet cleared away")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(deleted_at__isnull=self.value() == "no") if self.value() else queryset


class AgeFilter(admin.SimpleListFilter):
    """By the tweet's id, which says when it was posted."""

    title = "age of the tweet"
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("1", "A day at most"), ("7", "Seven days at most")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("1", "7"):
            return queryset
        return queryset.filter(tweet__gte=id_at(timezone.now() - timedelta(days=int(self.value() or 0))))


class UseFilter(admin.SimpleListFilter):
    title = "use"
    parameter_name = "used"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("yes", "In some tweet"), ("no", "In no tweet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.filter(tweets_count__gt=0)
        return queryset.filter(tweets_count=0) if self.value() == "no" else queryset


@admin.register(Tweet)
class TweetAdmin(ByPersonAdmin):
    person_fields = ("author",)
    list_display = ("id", "author", "text", "posted", "likes_count", "retweets_count", "deleted_at")
    list_filter = (DeletedFilter, KindFilter, "reach")
    list_select_related = ("author",)
    raw_id_fields = ("author", "in_reply_to", "in_reply_to_user", "conversation", "retweet_of", "quote_of")
    search_help_text = "An id, @username, or words in tweets of the last seven days."
    actions = ("delete_tweets",)

    @admin.display(ordering="id")
    def posted(self, tweet: Tweet) -> datetime:
        return tweet.created_at

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if term.startswith("@") or not term:
            return super().get_search_results(request, queryset, term)
        if term.isdecimal() and int(term) < 2**63:
            return queryset.filter(pk=int(term)), False
        return queryset.filter(text__icontains=term, pk__gte=id_at(timezone.now() - SEARCHED)), False

    def has_delete_tweets_permission(self, request: HttpRequest) -> bool:
        return viewer(request).has_perm("tweets.delete_tweet")

    @admin.action(description="Delete these tweets", permissions=["delete_tweets"])
    def delete_tweets(self, request: HttpRequest, queryset: QuerySet[Tweet]) -> None:
        self.log_deletions(request, queryset)
        deleted = sum(actions.delete_tweet(tweet=tweet) for tweet in queryset)
        self.message_user(request, f"Deleted: {deleted}.", messages.SUCCESS)


@admin.register(Like)
class LikeAdmin(ByPersonAdmin):
    list_display = ("user", "tweet", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("user", "tweet")
    raw_id_fields = ("user", "tweet")


@admin.register(Edit)
class EditAdmin(BigTableAdmin):
    """What tweets said before they were edited."""

    list_display = ("tweet_id", "number", "text_before", "made_at")
    list_filter = ("made_at",)
    search_fields = ("=tweet__id",)
    search_help_text = "The id of the tweet."
    raw_id_fields = ("tweet",)


@admin.register(Pin)
class PinAdmin(ByPersonAdmin):
    list_display = ("user", "tweet")
    list_select_related = ("user", "tweet")
    raw_id_fields = ("user", "tweet")


@admin.register(Bookmark)
class BookmarkAdmin(LikeAdmin):
    """Who keeps what is nobody's business; only a superuser looks, when something is wrong."""

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return viewer(request).is_superuser


@admin.register(Poll)
class PollAdmin(ByPersonAdmin):
    person_fields = ("tweet__author",)
    list_display = ("tweet_id", "choices", "ends_at", "closed_at", "choice_1_count", "choice_2_count")
    list_filter = ("ends_at",)
    raw_id_fields = ("tweet",)


@admin.register(PollVote)
class PollVoteAdmin(PrivateAdmin):
    """Votes are secret."""

    list_display = ("user", "poll_id", "choice", "created_at")
    list_select_related = ("user",)
    raw_id_fields = ("user", "poll")


@admin.register(Mention)
class MentionAdmin(ByPersonAdmin):
    person_fields = ("person",)
    list_display = ("person", "tweet")
    list_filter = (AgeFilter,)
    list_select_related = ("person", "tweet")
    raw_id_fields = ("person", "tweet")


# --- Hashtags --------------------------------------------------------------------------------------------------


class ByTagAdmin(BigTableAdmin):
    """Rows about hashtags; a search names one, in full.

    Attributes:
        tag_field: where its name is found.
    """

    tag_field = "tag__name"
    search_fields = ("pk",)
    search_help_text = "A hashtag, in full."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(**{self.tag_field: tag_key(term.lstrip("#＃"))}) if term else queryset), False


@admin.register(Hashtag)
class HashtagAdmin(ByTagAdmin):
    """The most used first."""

    tag_field = "name"
    list_display = ("shown", "tweets_count")
    list_filter = (UseFilter,)
    ordering = ("-tweets_count",)


@admin.register(TweetTag)
class TweetTagAdmin(ByTagAdmin):
    list_display = ("tag", "tweet")
    list_filter = (AgeFilter,)
    list_select_related = ("tag", "tweet")
    raw_id_fields = ("tag", "tweet")


@admin.register(TagFollow)
class TagFollowAdmin(PrivateAdmin):
    list_display = ("user", "tag", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("user", "tag")
    raw_id_fields = ("user", "tag")
