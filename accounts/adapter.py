"""Where allauth asks how this house does it."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.sites.shortcuts import get_current_site
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import actions, addresses, login_limits, mails, tasks
from accounts.models import User
from stores import commits

ANYBODY_CAN_CAUSE = {
    f"account/email/{name}"
    for name in (
        "account_already_exists",
        "email_confirmation",
        "email_confirmation_signup",
        "password_reset_key",
        "unknown_account",
    )
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth comes without types
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_taken": "This username is already taken.",
        "username_password_mismatch": "There is no account with this name and password.",
        "email_password_mismatch": "There is no account with this e-mail address and password.",
    }

    def is_safe_url(self, url: str) -> bool:
        """Whether `next` may lead there: only to the host that was asked."""
        return url_has_allowed_host_and_scheme(url, {self.request.get_host()}, require_https=self.request.is_secure())

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        user.name = form.cleaned_data.get("name", "")
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def set_password(self, user: User, password: str) -> None:
        actions.change_password(user=user, password=password)
        login_limits.start_anew(self.request, user)

    def authenticate(self, request: HttpRequest, **credentials: str) -> User | None:
        """By name or by address, not both: the time to look at a password twice would tell who is known."""
        if {"username", "email"} <= credentials.keys():
            del credentials["username" if credentials["username"] == credentials["email"] else "email"]
        user: User | None = super().authenticate(request, **credentials)
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        """Allauth's own limits are off: `login_limits` says what holds instead."""
        self._guess = login_limits.guess(request, credentials.get("email") or credentials.get("username") or "")

    def _rollback_login_failed_rl_usage(self) -> None:
        login_limits.was_right(self._guess)

    def get_client_ip(self, request: HttpRequest) -> str:
        return addresses.client(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Leave out what would flood a mailbox. Nobody is told: what is needed stands in the earlier mails.

        Not even the time of the answer tells: whether an account is known or not, one mail is written, and sent later.
        """
        if template_prefix not in ANYBODY_CAN_CAUSE or login_limits.may_mail(email):
            page = {"request": self.request, "email": email, "current_site": get_current_site(self.request)}
            mails.write(message=self.render_mail(template_prefix, email, page | context))
            commits.afterwards(tasks.wake_mails)

    def post_login(self, request: HttpRequest, user: User, **kwargs: object) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        login_limits.remember_browser(response, user)
        return response

    def format_email_subject(self, subject: str) -> str:
        return subject
