"""Sign-up, the profile's settings, and the picture of whoever has none."""

from allauth.account.views import SignupView as AllauthSignupView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.forms import ProfileForm, SignupForm
from accounts.limits import limited
from accounts.models import User

YEAR = 365 * 24 * 3600


class MemberRequest(HttpRequest):
    """A request by somebody who is logged in."""

    user: User


@limited(POST="signup")
class SignupView(AllauthSignupView):  # type: ignore[misc]  # allauth comes without types
    def form_valid(self, form: SignupForm) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except IntegrityError:  # somebody was quicker
            form.add_error("username", "This username is already taken.")
            response = self.form_invalid(form)
        return response


@limited(POST="upload")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: MemberRequest) -> HttpResponse:
    """The profile."""
    form = ProfileForm.of(request.user)
    if request.method == "POST":
        form = ProfileForm(request.POST, request.FILES)
        if form.is_valid():
            actions.edit_profile(user=request.user, changes=form.changes())
            messages.success(request, "Your profile is saved.")
            return redirect("settings")
    return render(request, "accounts/settings.html", {"form": form}, status=422 if form.errors else 200)


@limited(GET="files")
@require_safe
@cache_control(public=True, immutable=True, max_age=YEAR)
def default_avatar(request: HttpRequest, letter: str, hue: str) -> HttpResponse:
    """A letter on a gradient of the given hue."""
    response = render(
        request,
        "accounts/default_avatar.svg",
        {"letter": letter.upper(), "hue": hue, "hue_below": (int(hue) + 40) % 360},
        content_type="image/svg+xml",
    )
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response
