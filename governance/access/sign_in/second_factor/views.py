"""The library's pages of second factors, each in the name of the person whom it is about."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any, cast
from uuid import UUID

from allauth.account import views as account
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.utils import url_str_to_user_pk
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth as keys
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from fido2.webauthn import UserVerificationRequirement

from governance.access.limits.answer import limited
from governance.access.sign_in.attempts import (
    Limit,
    attempt_count,
    attempt_succeeded,
    factor_limits,
    link_limits,
    setup_limits,
)
from governance.access.sign_in.sessions import name_of_this, sessions_end
from governance.core.identity.acting import acting_as_user
from governance.core.identity.backend import Backend
from governance.core.identity.models import User
from governance.core.web.client import client_address

View = Callable[..., HttpResponse]


def person_of(request: HttpRequest) -> UUID | None:
    """Who is signed in, or whose password this session just gave and whose second factor it still owes."""
    if request.user.is_authenticated:
        return request.user.pk
    begun = request.session.get(LOGIN_SESSION_KEY) or {}
    return cast(UUID, url_str_to_user_pk(begun["user_pk"])) if begun.get("user_pk") else None


def in_their_name(view: View) -> View:
    """Row security shows factors to nobody but their person. The page is written out before that ends."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = person_of(request)
        with acting_as_user(person) if person else nullcontext():
            response = view(request, *args, **kwargs)
            render = getattr(response, "render", None)
            if render is not None and not response.is_rendered:  # type: ignore[attr-defined]
                render()
        return response

    return guarded


def _counted(view: View, limits_of: Callable[..., list[Limit]] = factor_limits) -> View:
    """At most five codes a minute, whoever asks for them."""
    theirs = in_their_name(view)

    @wraps(view)
    @limited
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = person_of(request)
        if request.method != "POST" or person is None:
            return theirs(request, *args, **kwargs)
        limits, before = limits_of(account=str(person)), _proofs(request)
        attempt_count(limits)
        response = theirs(request, *args, **kwargs)
        if _proofs(request) > before:
            attempt_succeeded(limits)
        return response

    return guarded


def _proofs(request: HttpRequest) -> int:
    """How many factors the library took in this session; being sent elsewhere is none."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return sum(one.get("method") == "mfa" for one in records)


def _ends_others(view: View) -> View:
    """With a first factor the person's other sessions end: they began without one."""
    counted = _counted(view, setup_limits)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = counted(request, *args, **kwargs)
        if (
            request.method == "POST"
            and response.status_code == 302
            and request.user.is_authenticated
        ):
            with acting_as_user(request.user.pk):
                sessions_end(
                    person_id=request.user.pk, reason="factor", all_but=name_of_this(request)
                )
        return response

    return guarded


index = in_their_name(base.index)
authenticate = _counted(base.authenticate)
reauthenticate = _counted(base.reauthenticate)
reauthenticate_key = _counted(webauthn.reauthenticate_webauthn)
activate_totp = _ends_others(totp.activate_totp)
deactivate_totp = in_their_name(totp.deactivate_totp)
recovery_codes_view = in_their_name(recovery_codes.view_recovery_codes)
recovery_codes_generate = in_their_name(recovery_codes.generate_recovery_codes)
keys_list = in_their_name(webauthn.list_webauthn)
key_add = _ends_others(webauthn.add_webauthn)
key_remove = in_their_name(webauthn.remove_webauthn)
key_edit = in_their_name(webauthn.edit_webauthn)


@limited
def reauthenticate_password(request: HttpRequest) -> HttpResponse:
    response = in_their_name(account.reauthenticate)(request)
    if request.method == "POST" and isinstance(request.user, User):
        # Checking the password may have hashed it by newer rules, which is no reason to be signed out.
        fresh = Backend().get_user(request.user.pk)
        if fresh and fresh.password != request.user.password:
            update_session_auth_hash(request, fresh)
    return response


@login_not_required
@limited
def key_login(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone. The script asks for a challenge, then the key's answer is posted.

    The answer names a person, as whom the library then looks for the key: it is the key that is believed.
    """
    if request.method == "GET" and "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"request_options": keys.begin_authentication(user=None)})
    if request.method != "POST":
        return cast(HttpResponse, webauthn.login_webauthn(request))
    limits = link_limits(address=client_address(request))
    attempt_count(limits)
    # A challenge of the page for second factors asks the key for no finger: it is no way in alone.
    if (keys.get_state() or {}).get("user_verification") != UserVerificationRequirement.REQUIRED:
        keys.clear_state()
    person = _named_by_key(request)
    with acting_as_user(person) if person else nullcontext():
        response = cast(HttpResponse, webauthn.login_webauthn(request))
    if request.user.is_authenticated:
        attempt_succeeded(limits)
    return response


def _named_by_key(request: HttpRequest) -> UUID | None:
    try:
        answer = keys.parse_authentication_response(json.loads(request.POST.get("credential", "")))
        handle = answer.response.user_handle or b""
        person = Backend().get_user(url_str_to_user_pk(handle.decode("utf8")))
    except (ValidationError, ValueError, TypeError, KeyError):
        return None
    return person.pk if person else None
