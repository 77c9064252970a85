"""Blocks, mutes and follow requests in the admin. What somebody mutes besides people is his own business."""

from django.contrib import admin

from accounts.by_person import ByPersonAdmin, PrivateAdmin
from accounts.relations.models import Block, FollowRequest, Mute, MutedConversation, MutedWord

MUTED_FOR = ("until", admin.EmptyFieldListFilter)  # empty for good


@admin.register(Block)
class BlockAdmin(ByPersonAdmin):
    person_fields = ("blocker", "blocked")
    list_display = ("blocker", "blocked", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("blocker", "blocked")
    raw_id_fields = ("blocker", "blocked")


@admin.register(Mute)
class MuteAdmin(ByPersonAdmin):
    person_fields = ("muter", "muted")
    list_display = ("muter", "muted", "until", "created_at")
    list_filter = (MUTED_FOR, "created_at")
    list_select_related = ("muter", "muted")
    raw_id_fields = ("muter", "muted")


@admin.register(FollowRequest)
class FollowRequestAdmin(ByPersonAdmin):
    person_fields = ("requester", "target")
    list_display = ("requester", "target", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("requester", "target")
    raw_id_fields = ("requester", "target")


@admin.register(MutedWord)
class MutedWordAdmin(PrivateAdmin):
    list_display = ("user", "phrase", "until", "created_at")
    list_filter = (MUTED_FOR, "created_at")
    list_select_related = ("user",)
    raw_id_fields = ("user",)


@admin.register(MutedConversation)
class MutedConversationAdmin(PrivateAdmin):
    list_display = ("user", "conversation_id", "until", "created_at")
    list_filter = (MUTED_FOR, "created_at")
    list_select_related = ("user",)
    raw_id_fields = ("user",)
