"""Lending the right to act, and ending it; PostgreSQL decides who may and for how long.

Callers are inside `acting_as_user`.
"""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import Func, UUIDField
from django.db.models.functions import Now
from psycopg.errors import InsufficientPrivilege, UniqueViolation

from governance.core.identity.models import Delegation


class DelegationGone(LookupError):
    """No such delegation, or none that this person may see."""


class NotAllowed(PermissionError):
    """The person does not hold the right to act there by a role of their own."""


class AlreadyLent(ValueError):
    """The holder has one on this source that has not ended."""


class NotLendable(ValueError):
    """The holder is no active gerant of the source, no reason is given, or the days are past or too far."""


class AlreadyEnded(ValueError):
    """The delegation is over."""


def delegation_lend(
    *,
    holder_id: UUID,
    source: str,
    ends_at: datetime,
    reason: str,
    starts_at: datetime | None = None,
) -> UUID:
    """Lend the right to act on `source` from `starts_at` (now) until `ends_at`; gives the delegation's id.

    Raises NotAllowed, AlreadyLent or NotLendable.
    """
    delegation_id = uuid4()
    acting = Func(function="governance_user_id", output_field=UUIDField())
    try:
        with transaction.atomic():
            Delegation.objects.create(
                id=delegation_id,
                holder_id=holder_id,
                source=source,
                starts_at=starts_at or Now(),
                ends_at=ends_at,
                reason=reason,
                granted_by=acting,  # type: ignore[misc]  # an expression is a value here
            )
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise NotAllowed from error
        raise
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise AlreadyLent from error
        raise NotLendable from error
    return delegation_id


def delegation_end(*, delegation_id: UUID) -> None:
    """End it now. Raises DelegationGone, NotAllowed or AlreadyEnded."""
    lasting = Delegation.objects.filter(pk=delegation_id, ends_at__gt=Now())
    if lasting.update(ends_at=Now()) == 1:
        return
    if lasting.exists():
        raise NotAllowed
    if Delegation.objects.filter(pk=delegation_id).exists():
        raise AlreadyEnded
    raise DelegationGone
