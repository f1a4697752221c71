"""Which calendar a source has, today or at an instant of the past."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from alerts.calendars.models import SourceCalendar
from alerts.calendars.reading import CalendarError, calendar_read
from alerts.calendars.working_time import WorkingCalendar
from governance.core.cache.lru import Cache
from governance.core.cache.per_state import once_per_state

# Rows never change, and their periods are worth keeping: a year of them takes a millisecond to make.
_made: Cache[object, WorkingCalendar | None] = Cache(128)


@once_per_state
def calendar_now(source: str) -> WorkingCalendar | None:
    """None where its hours run day and night. To be asked of sources that the reader holds: kept for all."""
    return _calendar(calendar_row(source))


@once_per_state
def calendar_at(source: str, at: datetime) -> WorkingCalendar | None:
    """The one that it had then."""
    return _calendar(calendar_row(source, at))


def calendar_row(source: str, at: datetime | None = None) -> SourceCalendar | None:
    """As it was said, the last one."""
    rows = SourceCalendar.objects.filter(source=source)
    return (rows.filter(at__lte=at) if at else rows).order_by("-at").first()


def next_holiday(row: SourceCalendar) -> tuple[date, str] | None:
    """The first from today on, by the source's clock, with its name; None where there is none in a year."""
    today = timezone.localdate(timezone=ZoneInfo(row.zone))
    names = {one["day"]: one["name"] for one in row.holidays}
    for day in (today + timedelta(days=number) for number in range(366)):
        if name := names.get(day.isoformat()) or names.get(f"{day:%m-%d}"):
            return day, name
    return None


def _calendar(row: SourceCalendar | None) -> WorkingCalendar | None:
    return _made.get(row.pk, lambda: _read(row)) if row else None


def _read(row: SourceCalendar) -> WorkingCalendar | None:
    try:
        return calendar_read(zone=row.zone, hours=row.hours, holidays=row.holidays, moved=row.moved)
    except CalendarError:  # written by hand; hours that run day and night are never too late
        return None
