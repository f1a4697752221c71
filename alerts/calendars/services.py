"""Setting a source's calendar; callers are inside `acting_as_user`, or the machine's identity."""

from collections.abc import Sequence
from typing import Any

from django.db import ProgrammingError, transaction
from psycopg.errors import InsufficientPrivilege

from alerts.calendars.models import SourceCalendar
from alerts.calendars.queries import calendar_row
from alerts.calendars.reading import calendar_read

IDENTITY = "calendar"  # the command line


class NotAllowed(PermissionError):
    """The person does not administer the source."""


def calendar_set(
    *, source: str, zone: str, hours: Sequence[str], holidays: Sequence[dict[str, str]], moved: str
) -> bool:
    """Say when a source works from now on; whether that changed anything. Its trigger tells the ledger.

    Raises CalendarError for what cannot be read, and NotAllowed.
    """
    calendar_read(zone=zone, hours=hours, holidays=holidays, moved=moved)
    said: dict[str, Any] = {
        "zone": zone,
        "hours": [" ".join(one.split()) for one in hours],
        "holidays": sorted(holidays, key=lambda one: one["day"]),
        "moved": moved,
    }
    last = calendar_row(source)
    if last and all(getattr(last, name) == value for name, value in said.items()):
        return False
    try:
        with transaction.atomic():
            SourceCalendar.objects.create(source=source, **said)
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise NotAllowed from error
        raise
    return True
