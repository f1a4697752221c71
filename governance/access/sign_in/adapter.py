"""What the console changes of the library: nobody signs up, tries are counted, new devices are told."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any, ClassVar
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from governance.access.journal.suspicion import Kind, suspect, unsuspect
from governance.access.sign_in.attempts import (
    attempt_count,
    attempt_succeeded,
    sign_in_limits,
)
from governance.access.sign_in.devices import device_noted
from governance.core.identity.acting import acting_as_system
from governance.core.identity.backend import IDENTITY
from governance.core.identity.models import User
from governance.core.web.client import client_address

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
        person = _known(typed)
        limits = sign_in_limits(
            account=str(person or typed.casefold()), address=client_address(request)
        )
        suspect(request, Kind.SIGN_IN, person=person)  # until it turns out to be good
        attempt_count(limits)
        user = super().authenticate(request, **credentials)
        if user is not None:
            attempt_succeeded(limits)
            unsuspect(request)
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: the library's own counter is one of each process."""

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        device_noted(request, user, response)
        return response

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: Any = None, email: Any = None
    ) -> None:
        """To the account's own address; the library asks a table of addresses that is empty here."""
        try:
            super().send_notification_mail(template_prefix, user, context, email or user.email)
        except (OSError, SMTPException):
            logger.exception("mail was not sent")  # what it tells is done, and stands in the ledger


def _known(typed: str) -> UUID | None:
    """The account that is counted, whether its name or its address was typed."""
    with acting_as_system(IDENTITY):
        found = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed))
        return found.values_list("pk", flat=True).first()
