"""Codes of a second factor: five a minute for an account, whoever types them and wherever.

The library's own limit is switched off with its others (decision 0044); its pages are known here by their
names in the addresses, so nothing depends on where they are mounted.
"""

from uuid import UUID

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.utils import url_str_to_user_pk
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from governance.access.limits.tries import Limit, attempt_count

MOST, SECONDS = 5, 60
PAGES = {
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_activate_totp",
}


def is_code(request: HttpRequest) -> bool:
    """Whether a request brings a code."""
    match = request.resolver_match
    return request.method == "POST" and match is not None and match.url_name in PAGES


def code_account(request: HttpRequest) -> UUID | None:
    """Whose second factor a request tries: of who has given the password, or has signed in."""
    if not is_code(request):
        return None
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return UUID(str(user.pk))
    pending = request.session.get(LOGIN_SESSION_KEY) or {}
    try:
        return UUID(str(url_str_to_user_pk(pending.get("user_pk"))))
    except (TypeError, AttributeError, ValueError, ValidationError):
        return None  # no password was given: the page itself sends such a request away


def code_count(account: UUID) -> None:
    """Count a code before it is looked at. Raises TooManyAttempts."""
    attempt_count([Limit(f"code {account}", MOST, SECONDS)])
