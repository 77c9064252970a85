"""Allauth's views under the addresses people expect, and the settings."""

from allauth.account import views as allauth
from django.urls import include, path, re_path

from accounts import views
from accounts.limits import limited

urlpatterns = [
    path("signup/", views.SignupView.as_view(), name="account_signup"),
    path("login/", limited(POST="login")(allauth.login), name="account_login"),
    path("logout/", limited(POST="write")(allauth.logout), name="account_logout"),
    path("login/suspended/", allauth.account_inactive, name="account_inactive"),
    path("login/confirm/", limited(POST="confirm")(allauth.reauthenticate), name="account_reauthenticate"),
    path("confirm-email/", allauth.email_verification_sent, name="account_email_verification_sent"),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$", limited(POST="reset")(allauth.confirm_email), name="account_confirm_email"
    ),
    path("password/reset/", limited(POST="reset")(allauth.password_reset), name="account_reset_password"),
    path("password/reset/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    path("password/reset/done/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        limited(POST="reset")(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("settings/", views.settings, name="settings"),
    path("", include("accounts.access.urls")),
    path("", include("accounts.relations.urls")),
    path("settings/password/", limited(POST="confirm")(allauth.password_change), name="account_change_password"),
    path("settings/password/new/", limited(POST="write")(allauth.password_set), name="account_set_password"),
    path("settings/email/", limited(POST="write")(allauth.email), name="account_email"),
    re_path(
        r"^avatars/(?P<letter>[a-z0-9_])-(?P<hue>\d|[1-9]\d|[12]\d\d|3[0-5]\d)\.svg$",
        views.default_avatar,
        name="default_avatar",
    ),
]
