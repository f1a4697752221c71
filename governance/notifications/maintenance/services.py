"""Opening and ending maintenance windows. Callers are inside `acting_as_user`."""

from datetime import datetime
from uuid import UUID

from django.db import ProgrammingError, transaction
from django.utils import timezone
from psycopg.errors import InsufficientPrivilege

from governance.notifications.models import MaintenanceWindow


class NotAllowed(PermissionError):
    """The person does not administer the source."""


def window_open(
    *, source: str, check_code: str, starts_at: datetime, ends_at: datetime, reason: str
) -> MaintenanceWindow:
    """Nobody is written to about the source, or one rule of it, until then; raises NotAllowed."""
    try:
        with transaction.atomic():
            return MaintenanceWindow.objects.create(
                source=source,
                check_code=check_code,
                starts_at=starts_at,
                ends_at=ends_at,
                reason=reason,
            )
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise NotAllowed from error
        raise


def window_end(*, window_id: UUID) -> bool:
    """End it now; False when it is over, or not the person's to end."""
    now = timezone.now()
    lasting = MaintenanceWindow.objects.filter(pk=window_id, ends_at__gt=now)
    return bool(lasting.update(ends_at=now))
