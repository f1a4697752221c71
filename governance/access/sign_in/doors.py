"""Stands before every page: an ended session hears why, who owes a second factor sets one up first."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from governance.access.sign_in.sessions import reason_of_end

# What somebody without the second factor that a role of theirs asks for may open: the way to one, and out.
WAY_TO_FACTOR = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_view_recovery_codes",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_reauthenticate",
        "account_change_password",
        "account_logout",
        "sessions",
        "session_end",
        "device_answer",
        "set_language",
    }
)


class Doors:
    """After the messages and before Django's own LoginRequiredMiddleware, which says no reason."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            reason = reason_of_end(request)
            if reason is None:
                return None
            messages.warning(request, str(reason))
            return _sent(request, redirect_to_login(_back(request)).url, status=401)
        match = request.resolver_match
        if getattr(request.user, "factor_due", False) and (
            match is None or match.url_name not in WAY_TO_FACTOR
        ):
            messages.warning(
                request, _("Votre rôle demande une double authentification : activez-la d’abord.")
            )
            return _sent(request, reverse("mfa_index"), status=403)
        return None


def _sent(request: HttpRequest, url: str, *, status: int) -> HttpResponseBase:
    """To `url`, the whole page: what htmx asked for is a part that would land in the middle of another."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=status, headers={"HX-Redirect": url})
    response = HttpResponseRedirect(url)
    if request.method not in ("GET", "HEAD"):
        response.status_code = 303
    return response


def _back(request: HttpRequest) -> str:
    """Where to go on after signing in: the page asked for, or the one on which something was pressed."""
    if request.method in ("GET", "HEAD") and not getattr(request, "htmx", False):
        return request.get_full_path()
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure()):
        return reverse("home")
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
