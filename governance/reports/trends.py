"""Figures over time, read from what was counted, the ledger and the scans; a window bounds every read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from governance.core.identity.roles import CONSOLE_SOURCE
from governance.history.entries import seq_range

SQL = Path(__file__).parent / "sql" / "trends"
DAYS = 90
LAST_SEQ = 2**63 - 1


@dataclass(frozen=True)
class Window:
    """Local days, both included, the ledger's numbers within them, and the sources that are asked."""

    first: date
    last: date
    low: int
    high: int
    sources: tuple[str, ...]

    @property
    def bound(self) -> dict[str, Any]:
        return {
            "first": self.first,
            "last": self.last,
            "low": self.low,
            "high": self.high,
            "sources": list(self.sources),
            "scanned": [source for source in self.sources if source != CONSOLE_SOURCE],
            "zone": settings.TIME_ZONE,
        }


@dataclass(frozen=True)
class OpenOnDay:
    """Active alerts at the end of a day, by severity."""

    day: date
    by_severity: dict[str, int]


@dataclass(frozen=True)
class Day:
    """Episodes that began; `scanned`: how many sources had a complete scan."""

    day: date
    episodes: int
    scanned: int


@dataclass(frozen=True)
class Delay:
    """How long the `count` things of a kind took that happened in a week (None: in the whole window)."""

    kind: str
    week: date | None
    count: int
    median: timedelta
    longest: timedelta


def window_ending_today(sources: Iterable[str], *, days: int = DAYS) -> Window:
    """The last `days` local days, today included."""
    last = timezone.localdate()
    first = last - timedelta(days=days - 1)
    since = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    low, high = seq_range(since, None)
    return Window(first, last, low, LAST_SEQ if high is None else high, tuple(sorted(sources)))


def open_by_day(window: Window) -> list[OpenOnDay]:
    """One per day; as the next two only right for a window that ends now."""
    found: dict[date, dict[str, int]] = {}
    for day, severity, count in _rows("open", window):
        found.setdefault(day, {})[severity] = int(count)
    return [OpenOnDay(day, by_severity) for day, by_severity in found.items()]


def days_of(window: Window) -> list[Day]:
    return [Day(*row) for row in _rows("days", window)]


def delays_of(window: Window) -> list[Delay]:
    """By kind (`acknowledge`, `resolve`) and week; weeks in which nothing happened are absent.

    From the ledger alone, as of the window's last entry.
    """
    return _delays("delays", window)


def delays_lately(window: Window) -> list[Delay]:
    """The same for a window that ends now, at a cost that does not grow with how much was opened."""
    return _delays("lately", window)


def _delays(name: str, window: Window) -> list[Delay]:
    return [
        Delay(
            kind, week, count, timedelta(seconds=float(median)), timedelta(seconds=float(longest))
        )
        for kind, week, count, median, longest in _rows(name, window)
    ]


def episodes_by_rule(window: Window) -> dict[tuple[str, str], int]:
    """By source and check code."""
    return {(source, code): count for source, code, count in _rows("rules", window)}


def _rows(name: str, window: Window) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_sql(name), window.bound)
        return list(cursor.fetchall())


@cache
def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
