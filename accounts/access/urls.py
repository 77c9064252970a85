from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import include, path

from accounts.access import views
from accounts.limits import limited

urlpatterns = [
    path("settings/sessions/", views.sessions, name="sessions"),
    path("settings/sessions/<int:session_id>/end/", views.end_session, name="session_end"),
    path("settings/sessions/end/", views.end_everything, name="sessions_end"),
    path("settings/authorised-apps/", views.authorised_apps, name="authorised_apps"),
    path("settings/authorised-apps/<int:app_id>/end/", views.end_app, name="authorised_app_end"),
    path("settings/apps/", views.apps, name="apps"),
    path("settings/apps/new/", views.new_app, name="app_new"),
    path("settings/apps/<int:app_id>/", views.app, name="app"),
    path("settings/apps/<int:app_id>/secret/", views.renew_secret, name="app_secret"),
    path("settings/apps/<int:app_id>/delete/", views.delete_app, name="app_delete"),
    path("settings/tokens/", views.tokens, name="tokens"),
    path("settings/tokens/<int:token_id>/end/", views.end_token, name="token_end"),
    path("settings/second-factor/", factor.index, name="mfa_index"),
    path("settings/second-factor/add/", limited(POST="confirm")(totp.activate_totp), name="mfa_activate_totp"),
    path("settings/second-factor/remove/", limited(POST="write")(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("settings/recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "settings/recovery-codes/new/",
        limited(POST="write")(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("login/code/", limited(POST="login")(factor.authenticate), name="mfa_authenticate"),
    path("login/confirm/code/", limited(POST="confirm")(factor.reauthenticate), name="mfa_reauthenticate"),
    path("", include("accounts.access.oauth_urls")),
]
