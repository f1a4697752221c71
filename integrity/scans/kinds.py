"""Which kinds are in force on a source: its pack's, where the view there is one that the console compiled.

Nobody's view but ours carries the words of our rules; kinds without a query are about anybody's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from alerts.calendars.queries import calendar_at, calendar_now
from alerts.kinds import Kind, KindOf
from governance.core.cache.per_state import once_per_state
from governance.core.identity.roles import CONSOLE_SOURCE
from integrity.rules.catalog import pack_of
from integrity.rules.rule import Rule
from integrity.scans.models import Scan, ScanOutcome


@dataclass(frozen=True)
class ViewRead:
    """A source's view as the last scan found it. No rules: never read, or not compiled by us."""

    view_hash: str = ""
    rules: Mapping[str, str] = field(default_factory=dict)  # code -> version
    was_read: bool = False
    is_edited: bool = False  # installed by us, then changed by hand
    evidence_hash: str = ""  # of what it was read through; empty: not kept

    @property
    def is_foreign(self) -> bool:
        """Somebody else wrote the view, or changed ours by hand."""
        return self.was_read and not self.rules


def view_of(scan: Scan | None) -> ViewRead:
    if scan is None:
        return ViewRead()
    return ViewRead(
        scan.view_hash,
        scan.compiled_rules,
        was_read=True,
        is_edited=bool(scan.rules) and not scan.compiled,
        evidence_hash=scan.evidence_hash,
    )


@once_per_state
def view_read(source: str) -> ViewRead:
    """By the last scan that read the view. To be asked of sources that the reader holds: kept for all."""
    return view_of(_newest(Scan.objects.filter(source=source)))


@once_per_state
def evidence_at(source: str, at: datetime) -> str:
    """The hash of what the view was read through in the last scan by `at`; empty where none kept it."""
    scan = _newest(Scan.objects.filter(source=source, started_at__lte=at))
    return scan.evidence_hash if scan else ""


def _newest(found: QuerySet[Scan]) -> Scan | None:
    """The last that read the view."""
    newest = [
        found.filter(outcome=outcome).order_by("-started_at")[:1]
        for outcome in (ScanOutcome.COMPLETE, ScanOutcome.SUSPECT)
    ]
    return newest[0].union(newest[1], all=True).order_by("-started_at").first()


def kinds_on(source: str) -> Mapping[str, Kind]:
    """Those in force today (a provider of alerts.kinds)."""
    return _in_force(source, ViewRead() if source == CONSOLE_SOURCE else view_read(source))


def kinds_by(views: Mapping[str, ViewRead], at: datetime | None) -> KindOf:
    """Those that were in force with the views of another time, and the calendars of then."""
    return KindOf(
        lambda source: _in_force(source, views.get(source, ViewRead())),
        lambda source: calendar_at(source, at) if at else calendar_now(source),
    )


def _in_force(source: str, view: ViewRead) -> Mapping[str, Kind]:
    kinds = pack_of(source).kinds
    # A hand edit takes the proof away; title, owner and deadlines of what our rules found stay.
    if source == CONSOLE_SOURCE or view.rules or view.is_edited:
        return kinds
    return {code: kind for code, kind in kinds.items() if not isinstance(kind, Rule)}
