"""People and follows in the admin. Whatever changes them goes through the actions of everybody."""

from contextlib import suppress
from typing import Any, ClassVar, cast

# What these three register is taken back below.
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
import oauth2_provider.admin  # noqa: F401
from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.db.models import Model, QuerySet, URLField
from django.forms import ModelForm
from django.http import HttpRequest
from oauth2_provider.models import AccessToken, Grant, IDToken, RefreshToken

import accounts.lists.admin
import accounts.relations.admin  # noqa: F401  they register themselves
from accounts import actions
from accounts.access import endings
from accounts.by_person import ByPersonAdmin, viewer
from accounts.models import Application, Follow, PersonalToken, User
from stores.admin import CappedPaginator

admin.site.site_header = admin.site.site_title = settings.SITE_NAME
# Staff log in where everybody does: the same limits hold.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

RELATIONS = ("groups", "user_permissions")
RIGHTS = ("is_staff", "is_superuser", *RELATIONS)


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    def save(self, commit: bool = True) -> User:
        usable = self.cleaned_data.get("set_usable_password", True)
        actions.change_password(user=self.user, password=self.cleaned_data["password1"] if usable else None)
        return cast(User, self.user)


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    ordering = ("-pk",)
    list_display = (
        "username",
        "name",
        "email",
        "is_active",
        "is_protected",
        "is_staff",
        "followers_count",
        "date_joined",
    )
    list_filter = ("is_active", "is_protected", "is_staff", "is_superuser", "date_joined")
    search_fields = ("username", "name", "email")
    actions = ("suspend", "unsuspend")
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    change_password_form = PasswordForm
    fieldsets = (
        (None, {"fields": ("username", "email", "password", "is_active", "is_protected")}),
        ("Profile", {"fields": ("name", "bio", "location", "website")}),
        ("Figures", {"fields": ("followers_count", "following_count", "tweets_count")}),
        ("Rights", {"fields": RIGHTS}),
        ("Dates", {"fields": ("date_joined", "last_login", "seen_at")}),
    )
    readonly_fields = (
        "is_active",
        "is_protected",
        "followers_count",
        "following_count",
        "tweets_count",
        "date_joined",
        "last_login",
        "seen_at",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Nobody gives rights that only a superuser has to give."""
        rights = () if viewer(request).is_superuser else RIGHTS
        return *self.readonly_fields, *rights

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A superuser's account is changed by superusers only: his e-mail address is the way to his password."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (viewer(request).is_superuser or not (isinstance(obj, User) and obj.is_superuser))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        if change:
            changes = {name: form.cleaned_data[name] for name in form.changed_data if name not in RELATIONS}
            actions.edit_profile(user=cast(User, obj), changes=changes)
        else:
            super().save_model(request, obj, form, change)

    @admin.action(description="Suspend: cannot log in, and everything by them is hidden", permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        people = [user for user in queryset.filter(is_active=True) if self._may_suspend(request, user)]
        for user in people:
            actions.suspend(user=user)
            self.log_change(request, user, "Suspended.")
        self.message_user(request, f"Suspended: {len(people)}.", messages.SUCCESS)

    def _may_suspend(self, request: HttpRequest, user: User) -> bool:
        return user != request.user and self.has_change_permission(request, user)

    @admin.action(description="Lift the suspension", permissions=["change"])
    def unsuspend(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        people = list(queryset.filter(is_active=False))
        for user in people:
            actions.unsuspend(user=user)
            self.log_change(request, user, "Suspension lifted.")
        self.message_user(request, f"Suspension lifted: {len(people)}.", messages.SUCCESS)


@admin.register(Follow)
class FollowAdmin(ByPersonAdmin):
    person_fields = ("follower", "followee")
    list_display = ("follower", "followee", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("follower", "followee")
    raw_id_fields = ("follower", "followee")
    actions = ("end",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return viewer(request).has_perm("accounts.delete_follow")

    @admin.action(description="End these follows", permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Follow]) -> None:
        ended = 0
        for row in queryset:
            self.log_deletions(request, queryset.filter(pk=row.pk))
            ended += actions.unfollow(follower=row.follower, followee=row.followee)
        self.message_user(request, f"Ended: {ended}.", messages.SUCCESS)


# --- Access: nothing here shows a secret, not even its hash --------------------------------------------------------

for shown_too_well in (
    Application,
    AccessToken,
    RefreshToken,
    Grant,
    IDToken,
    Authenticator,
    UserSession,
):
    admin.site.unregister(shown_too_well)


class AccessAdmin(ByPersonAdmin):
    """Rows that let somebody in, and can be ended."""

    actions = ("end",)
    list_select_related: ClassVar[tuple[str, ...]] = ("user",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return viewer(request).has_perm("accounts.change_user")

    def end_row(self, row: Any) -> None:
        raise NotImplementedError

    @admin.action(description="End these", permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        rows = list(queryset)
        for row in rows:
            self.log_change(request, row, "Ended.")
            self.end_row(row)
        self.message_user(request, f"Ended: {len(rows)}.", messages.SUCCESS)


@admin.register(Application)
class ApplicationAdmin(AccessAdmin):
    list_display = ("name", "user", "client_type", "authorization_grant_type", "registration_source", "created")
    list_filter = ("client_type", "authorization_grant_type", "registration_source")
    fields = ("name", "website", "user", "client_id", "redirect_uris", *list_filter, "created", "updated")

    def end_row(self, row: Application) -> None:
        endings.end_application(application=row)


@admin.register(AccessToken)
class AccessTokenAdmin(AccessAdmin):
    list_display = fields = ("user", "application", "scope", "created", "expires")
    list_filter = ("created",)
    list_select_related: ClassVar[tuple[str, ...]] = ("user", "application")

    def end_row(self, row: Any) -> None:
        endings.end_issued(access_token=row)


@admin.register(PersonalToken)
class PersonalTokenAdmin(AccessAdmin):
    list_display = fields = ("user", "name", "scope", "created_at", "expires_at", "used_at")
    list_filter = ("created_at",)

    def end_row(self, row: PersonalToken) -> None:
        with suppress(PersonalToken.DoesNotExist):  # it has just ended by itself
            endings.end_personal(pk=row.pk)


@admin.register(UserSession)
class SessionAdmin(AccessAdmin):
    list_display = fields = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    list_filter = ("last_seen_at",)

    def end_row(self, row: Any) -> None:
        endings.end_session(user=row.user, session_id=row.pk)
