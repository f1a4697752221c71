"""Reads what a report says from the ledger as of the period's end; asks no clock, no table of today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from alerts.models import ACTIVE, DATED, Alert, Severity
from governance.core.database.stored_json import stored_json
from governance.core.ledger.models import LedgerEntry, LedgerHead
from governance.history.as_of import AsOf, alerts_as_of
from governance.history.entries import NOTHING, account_name, seq_range
from governance.reports.period import Period
from governance.reports.trends import Window

SQL = Path(__file__).parent / "sql"
LISTED = 40


@dataclass(frozen=True)
class Listed:
    """The most urgent LISTED alerts of `total`."""

    alerts: list[Alert]
    total: int


@dataclass(frozen=True)
class Evidence:
    """The last entry that the reader may see by then; its hash holds all that came before it."""

    seq: int
    at: datetime
    hash: str


def window_of(period: Period, sources: Iterable[str]) -> Window:
    """The ledger's numbers of the period; empty (1 to 0) where nothing was written by its end."""
    low, high = seq_range(period.since, period.until)
    return Window(period.first, period.last, low, high or NOTHING, tuple(sorted(sources)))


def is_closed(period: Period) -> bool:
    """Whether an entry younger than the period exists: from then on nothing can be added to it.

    The head is locked until a writer commits, and instants never fall from one entry to the next.
    """
    return LedgerHead.objects.filter(at__gt=period.until).exists()


def as_of_end(period: Period, window: Window) -> AsOf:
    _low, high = seq_range(None, period.until)
    return AsOf(period.last.isoformat(), period.until, high or NOTHING, frozenset(window.sources))


def evidence_of(asked: AsOf) -> Evidence | None:
    entry = LedgerEntry.objects.filter(seq=asked.seq or NOTHING).first()
    if entry is None:
        return None
    return Evidence(entry.seq, entry.at, bytes(entry.hash).hex())


def as_of_start(period: Period, window: Window) -> AsOf:
    """The last instant before the period."""
    before = period.since - timedelta(microseconds=1)
    _low, high = seq_range(None, before)
    return AsOf(period.first.isoformat(), before, high or NOTHING, frozenset(window.sources))


def begins_after(period: Period) -> datetime | None:
    """When the reader's ledger begins, if the period was over by then; None where it was not."""
    first = LedgerEntry.objects.order_by("seq").values_list("at", flat=True).first()
    return first if first is not None and first > period.until else None


def counts_then(asked: AsOf) -> dict[tuple[str, str], int]:
    """Active alerts by (severity, status) at that instant."""
    rows = alerts_as_of(asked, ACTIVE).filter(status__in=ACTIVE).values_list("severity", "status")
    return {
        (severity, status): count
        for severity, status, count in rows.annotate(count=Count("pk")).order_by()
    }


def open_risks(asked: AsOf) -> Listed:
    """What still asked somebody, most urgent first."""
    chosen = alerts_as_of(asked, ACTIVE).filter(status__in=ACTIVE).exclude(severity=Severity.INFO)
    return _listed(chosen, "severity_rank", "first_detected_at", "id")


def accepted_risks(asked: AsOf, period: Period) -> Listed:
    """What somebody accepted, or called disputed, until a day that had not passed."""
    bound = {"high": asked.seq, "last": period.last, "decisions": list(DATED), "limit": LISTED}
    alerts = list(Alert.objects.raw(_sql("accepted"), bound))
    return Listed(alerts, alerts[0].total if alerts else 0)  # type: ignore[attr-defined]


def actions(window: Window) -> list[tuple[str, str, str, int]]:
    """(actor, role, action, count) of the period."""
    return rows_of("actions", window.bound)


def coverage(window: Window) -> dict[tuple[str, str], int]:
    """Scans by (source, action)."""
    return {(source, action): count for source, action, count in rows_of("coverage", window.bound)}


def silences(period: Period, window: Window) -> dict[str, timedelta]:
    """By source the longest time within the period without a complete scan."""
    bound = {**window.bound, "since": period.since, "until": period.until}
    return dict(rows_of("silences", bound))


def verification_then(asked: AsOf) -> tuple[datetime, bool] | None:
    """(at, whether the chain was whole) of the last verification by then."""
    found = LedgerEntry.objects.filter(action="ledger.verify", seq__lte=asked.seq)
    entry = found.order_by("-seq").first()
    return None if entry is None else (entry.at, (entry.after or {}).get("first_bad") is None)


def names_then(people: Iterable[str], asked: AsOf) -> dict[str, str]:
    """Names by uuid as they were then; of an account that the ledger does not know, the uuid's start."""
    wanted = sorted(set(people))
    known = dict(rows_of("names", {"people": wanted, "high": asked.seq})) if wanted else {}
    return {one: account_name(_json(known.get(one))) or one[:8] for one in wanted}


def _listed(chosen: QuerySet[Alert], *order: str) -> Listed:
    alerts = list(chosen.order_by(*order)[: LISTED + 1])
    total = len(alerts) if len(alerts) <= LISTED else chosen.count()
    return Listed(alerts[:LISTED], total)


def _json(value: Any) -> Any:
    return stored_json(value) if isinstance(value, str) else value


def rows_of(name: str, bound: dict[str, Any]) -> list[Any]:
    """What a statement of `sql/` gives."""
    with connection.cursor() as cursor:
        cursor.execute(_sql(name), bound)
        return list(cursor.fetchall())


@cache
def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
