"""Where allauth asks how this house does it."""

from allauth.account.adapter import DefaultAccountAdapter
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import actions, login_limits
from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth comes without types
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_taken": "This username is already taken.",
        "username_password_mismatch": "There is no account with this name and password.",
        "email_password_mismatch": "There is no account with this e-mail address and password.",
        "too_many_login_attempts": "Too many wrong passwords. Wait a few minutes, then try again.",
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

    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        super().pre_authenticate(request, **credentials)
        self._shared_usage = login_limits.strangers_may_try(request, _login(credentials))
        if self._shared_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        if self._shared_usage:
            self._shared_usage.rollback()

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:
        """allauth's own limit per account counts every address for itself; `login_limits` says why."""
        return f"{_login(credentials)} {self.get_client_ip(request)}"

    def post_login(self, request: HttpRequest, user: User, **kwargs: object) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        login_limits.remember_browser(response, user)
        return response

    def format_email_subject(self, subject: str) -> str:
        return subject


def _login(credentials: dict[str, str]) -> str:
    return (credentials.get("email") or credentials.get("username") or "").lower()
