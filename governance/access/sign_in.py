"""Signing in and out, and one's own password: the library's pages that the console opens, and no others."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from functools import wraps
from smtplib import SMTPException
from typing import Any, ClassVar, cast

from allauth.account import views as library
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import url_str_to_user_pk
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.access.attempts import (
    TooManyAttempts,
    attempt_count,
    attempt_succeeded,
    change_limits,
    link_limits,
    reset_limits,
    sign_in_limits,
)
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.backend import IDENTITY, Backend
from governance.core.identity.models import User
from governance.core.web.client import client_address

View = Callable[..., HttpResponse]
logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library ships no types
    # The library's French says "pseudo".
    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        mismatch: _("L’identifiant ou le mot de passe est inexact.")
        for mismatch in ("username_password_mismatch", "email_password_mismatch")
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        return False  # the library would answer in JSON, which no page of the console asks for

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Counted before the password is looked at, in a transaction of its own. Raises TooManyAttempts."""
        typed = credentials.get("username") or credentials.get("email") or ""
        limits = sign_in_limits(account=_account(typed), address=client_address(request))
        attempt_count(limits)
        user = super().authenticate(request, **credentials)
        if user is not None:
            attempt_succeeded(limits)
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: the library's own counter is one of each process."""


def _account(typed: str) -> str:
    """What is counted: the account, whether its name or its address was typed; else what was typed."""
    with acting_as_system(IDENTITY):
        found = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed))
        return str(found.values_list("pk", flat=True).first() or typed.casefold())


def limited(view: View) -> View:
    """Answer 429 where a limit is reached; it says when to come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TooManyAttempts as refused:
            minutes = math.ceil(refused.seconds / 60)
            response = render(request, "429.html", {"minutes": minutes}, status=429)
            response["Retry-After"] = str(refused.seconds)
            return response

    return guarded


@login_not_required
@limited
def sign_in(request: HttpRequest) -> HttpResponse:
    return cast(HttpResponse, library.login(request))


@wraps(library.logout)
def sign_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The library's page; what it ends, the browser forgets: on a shared machine "back" shows nothing."""
    response: HttpResponse = library.logout(request, *args, **kwargs)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"cache"'
    return response


@limited
def password_change(request: HttpRequest) -> HttpResponse:
    """One's own password, entered in the ledger as one's own deed."""
    user = cast(User, request.user)
    if not user.has_usable_password():
        return HttpResponseRedirect(reverse("home"))
    limits, before = change_limits(account=str(user.pk)), user.password
    if request.method == "POST":
        attempt_count(limits)
    with acting_as_user(user.pk):
        response = cast(HttpResponse, library.password_change(request))
    if request.method == "POST" and response.status_code == 302:
        attempt_succeeded(limits)
    elif user.password != before:
        # Checking the old one may have hashed it by newer rules, which is no reason to be signed out.
        update_session_auth_hash(request, user)
    return response


@login_not_required
@limited
def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail; where the console sends none, the page says who can help."""
    if not settings.SENDS_MAIL:
        return render(request, "account/password_reset_unavailable.html")
    if request.method != "POST":
        return cast(HttpResponse, library.password_reset(request))
    email = request.POST.get("email", "").strip().casefold()
    attempt_count(reset_limits(email=email, address=client_address(request)))
    try:
        # Opened for every address alike: a failure must not tell which ones have an account.
        with get_connection():
            pass
        with acting_as_system(IDENTITY):
            return cast(HttpResponse, library.password_reset(request))
    except (OSError, SMTPException):
        logger.exception("mail was not sent")
        return render(request, "account/password_reset_unsent.html", status=503)


@login_not_required
@limited
def password_reset_from_key(request: HttpRequest, uidb36: str, key: str) -> HttpResponse:
    """The link of a mail. Acts as the person whom it names; the library decides whether it is genuine.

    Only void links are counted: whoever tries many at an address stops nobody there who has a genuine one.
    """
    try:
        person = Backend().get_user(url_str_to_user_pk(uidb36))
    except (ValueError, ValidationError):  # it names nobody, in no form that an account has
        person = None
    if person is None:
        response = render(request, "account/password_reset_from_key.html", {"token_fail": True})
        is_void = True
    else:
        with acting_as_user(person.pk):
            response = library.password_reset_from_key(request, uidb36=uidb36, key=key)
        is_void = (getattr(response, "context_data", None) or {}).get("token_fail", False)
    if is_void:
        attempt_count(link_limits(address=client_address(request)))
    return response
