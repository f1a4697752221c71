"""Thins scans: of a day long gone, those that changed nothing become one summary in the ledger.

PostgreSQL decides what is quiet, computes the summary and deletes (sql/scan_summary/); here are the days.
"""

from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from integrity.scans.models import ScanSummary

IDENTITY = "thin"
DAYS_A_RUN = 60  # of all sources; what is left is the next night's
SQL = Path(__file__).parent / "sql" / "days_to_thin.sql"


def scans_thin(*, limit: int = DAYS_A_RUN) -> list[ScanSummary]:
    """Thin the oldest days beyond SCAN_KEEP_DAYS, each in a transaction of its own; what was summed up."""
    if not settings.SCAN_KEEP_DAYS:
        return []
    return [
        _day_thin(source=source, day=day) for source, day in _days(until=_before(), limit=limit)
    ]


def _before() -> date:
    """Younger days stay; by UTC, as the database counts them."""
    return (timezone.now() - timedelta(days=settings.SCAN_KEEP_DAYS)).date()


def _days(*, until: date, limit: int) -> list[tuple[str, date]]:
    with acting_as_system(IDENTITY), connection.cursor() as cursor:
        cursor.execute(SQL.read_text(encoding="utf-8"), {"until": until, "count": limit})
        return list(cursor.fetchall())


def _day_thin(*, source: str, day: date) -> ScanSummary:
    with acting_as_system(IDENTITY):
        made = ScanSummary.objects.create(source=source, day=day)
        made.refresh_from_db()  # a trigger computed the rest
        return made
