"""Whether somebody has a second factor: the one place that asks, wherever such factors are kept."""

from collections.abc import Iterable
from uuid import UUID

from governance.core.identity.models import Account

COLUMN = "has_factor"  # of the view of accounts, where the console keeps second factors


def second_factors(people: Iterable[UUID]) -> dict[UUID, bool | None]:
    """By person whether a code or a key is asked of them beside the password; None: not known here.

    For who administers them: nobody else sees accounts, and nobody sees the factors themselves.
    """
    wanted = set(people)
    found: dict[UUID, bool | None] = dict.fromkeys(wanted)
    if COLUMN in {one.name for one in Account._meta.get_fields()}:
        known = Account.objects.filter(pk__in=wanted).values_list("pk", COLUMN)
        found |= dict(known)
    return found
