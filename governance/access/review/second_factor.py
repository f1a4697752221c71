"""Whether somebody has a second factor: the one place that asks, wherever such factors are kept."""

from collections.abc import Iterable
from importlib import import_module
from uuid import UUID

from django.apps import apps

from governance.core.identity.acting import acting_as_system

IDENTITY = "accounts"  # factors are their owners' to see; that there is one is asked by the machine


def second_factors(people: Iterable[UUID]) -> dict[UUID, bool | None]:
    """By person whether a code or a key is asked of them beside the password; None: not known here."""
    wanted = set(people)
    if not apps.is_installed("allauth.mfa"):
        return dict.fromkeys(wanted)
    model = import_module("allauth.mfa.models").Authenticator
    with acting_as_system(IDENTITY):
        found = model.objects.filter(user_id__in=wanted).exclude(type="recovery_codes")
        holders = set(found.values_list("user_id", flat=True))
    return {one: one in holders for one in wanted}
