"""Signing in and out, and one's own password: the library's pages that the console opens, and no others."""

from __future__ import annotations

import logging
from functools import wraps
from smtplib import SMTPException
from typing import Any, cast

from allauth.account import views as library
from allauth.account.utils import url_str_to_user_pk
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from governance.access.limits.answer import limited
from governance.access.sign_in.attempts import (
    attempt_count,
    attempt_succeeded,
    change_limits,
    link_limits,
    reset_limits,
)
from governance.access.sign_in.sessions import name_of_this, sessions_end
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.backend import IDENTITY, Backend
from governance.core.identity.models import User
from governance.core.web.client import client_address

logger = logging.getLogger(__name__)


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
            sessions_end(person_id=user.pk, reason="password", all_but=name_of_this(request))
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
            if request.method == "POST" and response.status_code == 302:
                sessions_end(person_id=person.pk, reason="password")
        is_void = (getattr(response, "context_data", None) or {}).get("token_fail", False)
    if is_void:
        attempt_count(link_limits(address=client_address(request)))
    return response
