"""How allauth behaves here: nobody signs up by themselves, accounts are given."""

from functools import wraps
from typing import Any, ClassVar

from allauth.account import views as library
from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library ships no types
    # The library's French says "pseudo".
    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        mismatch: _("L’identifiant ou le mot de passe est inexact.")
        for mismatch in ("username_password_mismatch", "email_password_mismatch")
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


@wraps(library.logout)
def sign_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The library's page; what it ends, the browser forgets: on a shared machine "back" shows nothing."""
    response: HttpResponse = library.logout(request, *args, **kwargs)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"cache"'
    return response
