"""Reads of scans and scheduled jobs for pages; row security decides what a reader sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from croniter import croniter
from django.utils import timezone

from governance.core.jobs.models import JobRun
from governance.core.jobs.pace import job_next_at
from governance.core.jobs.timetable import Job, jobs
from governance.core.ledger.models import LedgerEntry
from governance.core.web.paging import Order, Page, whole_number
from integrity.scans.models import Scan, ScanOutcome, ScanSummary

ORDER = Order({"number": whole_number}, size=50, newest_first=True)
CHANGES_SHOWN = 200
SQL = Path(__file__).parent / "sql" / "page.sql"
NEWEST = 2**63 - 1  # above every number


def scan_page(
    *, sources: Iterable[str], outcome: str = "", cursor: str = "", order: Order = ORDER
) -> Page[Scan]:
    """The newest scans first."""
    (before,) = order.place(cursor) or (NEWEST,)
    values = {
        "sources": sorted(sources),
        "outcome": outcome,
        "before": before,
        "count": order.size + 1,
    }
    return order.page(list(Scan.objects.raw(_page_sql(), values)))


def summaries_beside(
    page: Page[Scan], *, sources: Iterable[str], outcome: str = "", cursor: str = ""
) -> list[ScanSummary]:
    """The summaries of thinned days that belong among the scans of this page."""
    if outcome not in ("", ScanOutcome.COMPLETE) or not page.rows:
        return []
    (before,) = ORDER.place(cursor) or (NEWEST,)
    found = ScanSummary.objects.filter(source__in=list(sources), last_number__lt=before)
    if page.next_cursor:
        found = found.filter(last_number__gt=page.rows[-1].number)
    return list(found.order_by("-last_number"))


def scan_find(scan_id: UUID) -> Scan | None:
    """The scan, if there is one that the reader may see."""
    return Scan.objects.filter(pk=scan_id).first()


def scan_thinned(scan_id: UUID) -> tuple[Scan, ScanSummary] | None:
    """A scan whose row is gone, as its entry in the ledger tells it to those who read the history."""
    entry = LedgerEntry.objects.filter(subject_type="scan", subject_id=str(scan_id)).first()
    if entry is None or entry.after is None:
        return None
    told = {
        column.attname: column.to_python(entry.after[column.attname])
        for column in Scan._meta.concrete_fields
        if column.attname in entry.after
    }
    scan = Scan(pk=scan_id, outcome=ScanOutcome.COMPLETE, **told)
    summary = ScanSummary.objects.filter(
        source=scan.source, first_number__lte=scan.number, last_number__gte=scan.number
    ).first()
    return (scan, summary) if summary else None


@dataclass(frozen=True)
class Changes:
    """What a scan did to alerts, from the ledger; at most CHANGES_SHOWN of `total`, without the values."""

    entries: list[LedgerEntry]
    total: int


def scan_changes(scan: Scan) -> Changes:
    """Ledger entries of the scan's transaction: they share its instant and its actor.

    Empty for a reader who does not hold the history of the source.
    """
    own = LedgerEntry.objects.filter(subject_id=str(scan.pk), subject_type="scan").first()
    if own is None:
        return Changes([], 0)
    changed = LedgerEntry.objects.filter(
        at=own.at, actor=own.actor, source=own.source, subject_type="alert", seq__lt=own.seq
    )
    shown = changed.only("action", "check_code", "subject_id").order_by("seq")[:CHANGES_SHOWN]
    return Changes(list(shown), changed.count())


@dataclass(frozen=True)
class JobState:
    """One scheduled job as a page shows it. `state`: never, ok, failed, running, broken_off or late."""

    job: Job
    run: JobRun | None
    next_at: datetime
    state: str

    @property
    def duration(self) -> timedelta | None:
        if self.run is None or self.run.started_at is None or self.run.finished_at is None:
            return None
        return self.run.finished_at - self.run.started_at


def job_states(*, sources: Iterable[str]) -> list[JobState]:
    """The timetable with what is known of each job, for a reader of `sources`; one query."""
    held = {"", *sources}
    runs = {(run.key, run.source): run for run in JobRun.objects.filter(source__in=held)}
    now = timezone.now()
    found = []
    for job in jobs():
        if job.source in held:
            run = runs.get((job.schedule.key, job.source))
            found.append(JobState(job, run, job_next_at(job, run, now), _state(job, run, now)))
    return found


def _state(job: Job, run: JobRun | None, now: datetime) -> str:
    if run is not None and run.running_since is not None:
        overdue = now - run.running_since > timedelta(seconds=job.schedule.limit_s)
        return "broken_off" if overdue else "running"
    if run is None or run.started_at is None:
        return "never"
    # A run that was due twice since and did not begin: nobody works any more.
    clock = croniter(job.when, run.started_at)
    clock.get_next(datetime)
    if clock.get_next(datetime) + timedelta(seconds=job.schedule.limit_s) < now:
        return "late"
    return "ok" if run.went_well else "failed"


@cache
def _page_sql() -> str:
    return SQL.read_text(encoding="utf-8")
