"""Whether somebody has a second factor: the one place that asks."""

from collections.abc import Iterable
from uuid import UUID

from governance.core.identity.models import Account


def second_factors(people: Iterable[UUID]) -> dict[UUID, bool | None]:
    """By person whether a code or a key is asked of them beside the password; None: not known to the reader.

    For who administers them: nobody else sees accounts, and nobody sees the factors themselves.
    """
    wanted = set(people)
    known = Account.objects.filter(pk__in=wanted).values_list("pk", "has_factor")
    return dict.fromkeys(wanted) | dict(known)
