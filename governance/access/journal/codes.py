"""Which requests bring a code of a second factor, and whose; by the names of the library's pages.

They are counted, five a minute for an account, where those pages are wrapped; here a wrong one is told apart.
"""

from uuid import UUID

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.utils import url_str_to_user_pk
from django.core.exceptions import ValidationError
from django.http import HttpRequest

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
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return UUID(str(user.pk))
    pending = request.session.get(LOGIN_SESSION_KEY) or {}
    try:
        return UUID(str(url_str_to_user_pk(pending.get("user_pk"))))
    except (TypeError, AttributeError, ValueError, ValidationError):
        return None  # no password was given: the page itself sends such a request away
