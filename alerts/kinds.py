"""What a check code means on a source, or nothing: our catalogue speaks only of views that it compiled.

Whoever puts a title, an owner, a deadline, a runbook or a label beside a row asks here and nowhere else.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.web.state_cache import once_per_state
from integrity.rules.catalog import Rule, catalog
from integrity.scans.models import Scan, ScanOutcome

# (check code, source) -> the rule, or None.
KindOf = Callable[[str, str], Rule | None]


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


def kind_of(check_code: str, source: str) -> Rule | None:
    """The rule of ours that made this code's rows on this source; None where none of ours did."""
    return kinds_now()(check_code, source)


def kinds_now() -> KindOf:
    """`kind_of` for many rows: each source's view is asked for once."""
    views: dict[str, ViewRead] = {}

    def of(check_code: str, source: str) -> Rule | None:
        if source == CONSOLE_SOURCE or check_code not in catalog():
            return None
        if source not in views:
            views[source] = view_read(source)
        # A hand edit takes the proof away; title, owner and deadlines of what our rules found stay.
        view = views[source]
        return catalog()[check_code] if view.rules or view.is_edited else None

    return of


def kinds_by(views: Mapping[str, ViewRead]) -> KindOf:
    """`kind_of` for the views of another time."""

    def of(check_code: str, source: str) -> Rule | None:
        view = views.get(source)
        return catalog().get(check_code) if view and (view.rules or view.is_edited) else None

    return of


def foreign_sources(sources: Iterable[str]) -> list[str]:
    """Those whose view the console did not compile."""
    held = sorted(set(sources) - {CONSOLE_SOURCE})
    return [source for source in held if view_read(source).is_foreign]
