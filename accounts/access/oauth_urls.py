"""What programs need of OAuth, at the addresses that the metadata (RFC 8414, RFC 9728) names. People's own pages are in
`accounts.access.urls`.
"""

from django.urls import path
from oauth2_provider import views
from oauth2_provider.urls import metadata_urlpatterns

from accounts.access.oauth import Consent, Tokens
from accounts.limits import limited

app_name = "oauth2_provider"

urlpatterns = [
    *metadata_urlpatterns,
    path("oauth/authorize/", limited(POST="write")(Consent.as_view()), name="authorize"),
    path("oauth/token/", limited(POST="token")(Tokens.as_view()), name="token"),
    path("oauth/revoke/", limited(POST="revoke")(views.RevokeTokenView.as_view()), name="revoke-token"),
    path(
        "oauth/register/",
        limited(POST="register")(views.DynamicClientRegistrationView.as_view()),
        name="dcr-register",
    ),
    path(
        "oauth/register/<str:client_id>/",
        limited(PUT="write", DELETE="write")(views.DynamicClientRegistrationManagementView.as_view()),
        name="dcr-register-management",
    ),
]
