"""Reads what is worth a look, from the ledger of a period and the alerts of today; judges nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from alerts.models import Alert, Status
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.ledger.models import LedgerEntry
from governance.history.entries import NOTHING, seq_range

SQL = Path(__file__).parents[1] / "sql" / "notable"
SHOWN = 20  # of each sort
HASTY_S = 60
TIMES = 3
UNREAD_HOURS = 2
ACKNOWLEDGED_DAYS = 7


@dataclass(frozen=True)
class Span:
    """A period of the ledger for one reader; `until` is at most now."""

    since: datetime
    until: datetime
    low: int
    high: int
    sources: tuple[str, ...]

    @property
    def bound(self) -> dict[str, Any]:
        return {
            "low": self.low,
            "high": self.high,
            "until": self.until,
            "sources": [*self.sources, CONSOLE_SOURCE],
            "scanned": [one for one in self.sources if one != CONSOLE_SOURCE],
            "limit": SHOWN + 1,  # one more says that there are more
            "seconds": HASTY_S,
            "times": TIMES,
            "hours": UNREAD_HOURS,
        }


def span_of(since: datetime, until: datetime, sources: Iterable[str]) -> Span:
    """The entries of a period."""
    low, high = seq_range(since, until)
    until = min(until, timezone.now())
    return Span(since, until, low, NOTHING if high is None else high, tuple(sorted(sources)))


def entries_of(name: str, span: Span) -> list[LedgerEntry]:
    """The entries that a statement of `sql/notable` names, newest first."""
    numbers = [seq for (seq,) in rows_of(name, span)]
    return list(LedgerEntry.objects.filter(seq__in=numbers).order_by("-seq"))


def entries_numbered(numbers: Iterable[int]) -> dict[int, LedgerEntry]:
    return LedgerEntry.objects.in_bulk(list(numbers))


def rows_of(name: str, span: Span) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_statement(name), span.bound)
        return list(cursor.fetchall())


def left_acknowledged(sources: Iterable[str]) -> list[Alert]:
    """Acknowledged long ago and still neither resolved nor gone, the longest first."""
    before = timezone.now() - timedelta(days=ACKNOWLEDGED_DAYS)
    held = Alert.objects.filter(
        status=Status.ACK, acknowledged_at__lt=before, source__in=list(sources)
    )
    return list(held.order_by("acknowledged_at", "id")[: SHOWN + 1])


@cache
def _statement(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
