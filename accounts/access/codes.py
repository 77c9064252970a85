"""The forms that ask for a code of the second factor, with our limit of wrong ones (`accounts.login_limits`)."""

from allauth.core import context
from allauth.mfa.base import forms

from accounts import login_limits


class _Limited(forms.BaseAuthenticateForm):  # type: ignore[misc]  # allauth comes without types
    def clean_code(self) -> str:
        taken = login_limits.guess_code(context.request, self.user)
        code: str = super().clean_code()
        login_limits.was_right(taken)
        return code


class AuthenticateForm(_Limited, forms.AuthenticateForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(_Limited, forms.ReauthenticateForm):  # type: ignore[misc]
    pass
