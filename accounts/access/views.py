"""The settings about access: sessions, apps that act for one, apps of one's own, personal tokens."""

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import tokens as personal
from accounts.access import devices, endings, logins, registry
from accounts.access.forms import AppForm, TokenForm
from accounts.limits import limited
from accounts.models import Application, PersonalToken
from accounts.views import MemberRequest

form_page = require_http_methods(["GET", "HEAD", "POST"])

# --- Sessions --------------------------------------------------------------------------------------------------


@login_required
@require_safe
def sessions(request: MemberRequest) -> HttpResponse:
    rows = logins.sessions(request.user)
    rows.sort(key=lambda row: (row.is_current(), row.last_seen_at), reverse=True)
    listed = [(row, devices.described(row.user_agent)) for row in rows]
    return render(request, "access/sessions.html", {"sessions": listed})


@limited(POST="write")
@login_required
@require_POST
def end_session(request: MemberRequest, session_id: int) -> HttpResponse:
    try:
        endings.end_session(user=request.user, session_id=session_id)
    except UserSession.DoesNotExist:
        raise Http404 from None
    messages.success(request, "That session has ended.")
    return redirect("sessions")


@limited(POST="write")
@login_required
@require_POST
def end_everything(request: MemberRequest) -> HttpResponse:
    """Log out everywhere but here."""
    endings.end_all(user=request.user)
    update_session_auth_hash(request, request.user)
    UserSession.objects.create_from_request(request)
    messages.success(request, "You are logged out everywhere else, and no token is valid any more.")
    return redirect("sessions")


# --- Apps that act for one -------------------------------------------------------------------------------------


@login_required
@require_safe
def authorised_apps(request: MemberRequest) -> HttpResponse:
    return render(request, "access/authorised.html", {"authorised": registry.authorised(request.user)})


@limited(POST="write")
@login_required
@require_POST
def end_app(request: MemberRequest, app_id: int) -> HttpResponse:
    try:
        endings.end_app_of(user=request.user, application_id=app_id)
    except Application.DoesNotExist:
        raise Http404 from None
    messages.success(request, "That app can no longer act for you.")
    return redirect("authorised_apps")


# --- Apps of one's own -----------------------------------------------------------------------------------------


@login_required
@require_safe
def apps(request: MemberRequest) -> HttpResponse:
    return render(request, "access/apps.html", {"apps": registry.own(request.user)})


@limited(POST="register")
@login_required
@never_cache
@form_page
def new_app(request: MemberRequest) -> HttpResponse:
    app = Application(user=request.user)
    form = AppForm(request.POST or None, instance=app)
    if request.method == "POST" and form.is_valid():
        return _secret(request, app, registry.register(app=app))
    return render(request, "access/app_new.html", {"form": form}, status=422 if form.errors else 200)


def _secret(request: MemberRequest, app: Application, secret: str) -> HttpResponse:
    """The one page on which a secret stands. It is answered to the form itself, so that it is stored nowhere."""
    return render(request, "access/app_secret.html", {"app": app, "secret": secret})


def _own_app(request: MemberRequest, app_id: int) -> Application:
    try:
        return registry.own_app(request.user, app_id)
    except Application.DoesNotExist:
        raise Http404 from None


@limited(POST="write")
@login_required
@form_page
def app(request: MemberRequest, app_id: int) -> HttpResponse:
    own = _own_app(request, app_id)
    form = AppForm(request.POST or None, instance=own)
    if request.method == "POST" and form.is_valid():
        registry.change(app=own)
        messages.success(request, "The app is saved.")
        return redirect("apps")
    return render(request, "access/app.html", {"form": form, "app": own}, status=422 if form.errors else 200)


@limited(POST="write")
@login_required
@never_cache
@require_POST
def renew_secret(request: MemberRequest, app_id: int) -> HttpResponse:
    own = _own_app(request, app_id)
    if not own.is_confidential:
        raise Http404
    return _secret(request, own, registry.renew_secret(app=own))


@limited(POST="write")
@login_required
@form_page
def delete_app(request: MemberRequest, app_id: int) -> HttpResponse:
    own = _own_app(request, app_id)
    if request.method != "POST":
        return render(request, "access/app_delete.html", {"app": own})
    endings.end_application(application=own)
    messages.success(request, f"{own.name} is deleted.")
    return redirect("apps")


# --- Personal tokens -------------------------------------------------------------------------------------------


@limited(POST="write")
@login_required
@never_cache
@form_page
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # allauth comes without types
def tokens(request: MemberRequest) -> HttpResponse:
    """The list, the form for a new one and, in the answer to that form alone, the new one itself."""
    form, made = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        made = personal.issue(user=request.user, name=chosen["name"], scope=chosen["scopes"], until=form.until())
        form = TokenForm()
    context = {"form": form, "made": made, "tokens": personal.of(request.user)}
    return render(request, "access/tokens.html", context, status=422 if form.errors else 200)


@limited(POST="write")
@login_required
@require_POST
def end_token(request: MemberRequest, token_id: int) -> HttpResponse:
    try:
        endings.end_personal(pk=token_id, user=request.user)
    except PersonalToken.DoesNotExist:
        raise Http404 from None
    messages.success(request, "That token is no longer valid.")
    return redirect("tokens")
