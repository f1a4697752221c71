"""Reads accounts before anybody acts: who signs in, and whose session a request brings."""

from contextlib import nullcontext
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.http import HttpRequest

from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import User
from governance.core.identity.roles import FACTOR_ROLES

IDENTITY = "accounts"  # of the machine, while it looks for the account that a password opens
ACCOUNT = "SELECT a.*{} FROM account_of(set_config('governance.user_id', %s, true)::uuid) AS a"
FACTOR = ", factor_due(a.id, %s::text[]) AS factor_due"  # asked in the same question


class Backend(AuthenticationBackend):  # type: ignore[misc]  # the library ships no types
    """The library's, under an identity that may read accounts."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        with acting_as_system(IDENTITY):
            return super().authenticate(request, **credentials)

    def _authenticate_by_email(self, email: str, password: str) -> Any:
        """By the account's own address: the library also takes addresses that somebody added unverified."""
        return self._check_password(User.objects.filter(email__iexact=email).first(), password)

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session: one question, which says who acts and ends with it."""
        # Inside of a transaction the identity would outlive the question: whoever acted there acts on.
        with acting_as_user(user_id) if connection.in_atomic_block else nullcontext():
            if settings.FACTOR_REQUIRED:
                query, values = ACCOUNT.format(FACTOR), [list(FACTOR_ROLES), str(user_id)]
            else:
                query, values = ACCOUNT.format(""), [str(user_id)]
            for user in User.objects.raw(query, values):
                return user if self.user_can_authenticate(user) else None
        return None


def sign_in_noted(sender: object, user: User, **kwargs: object) -> None:
    """Django's update_last_login, in the person's name."""
    with acting_as_user(user.pk):
        User.objects.filter(pk=user.pk).update(last_login=Now())
