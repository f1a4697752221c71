"""How well each source is known: its last scans, read as evidence; says nothing about its alerts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from governance.memo import once_per_state
from governance.sources import source_name
from integrity.models import Scan, ScanOutcome

# A heartbeat that was missed three times is no heartbeat.
MISSED_INTERVALS = 3
# The console's own finding that says so; a complete scan closes it.
SCAN_STALE = "SCAN_STALE"

_STATES = {ScanOutcome.FAILED: "failed", ScanOutcome.SUSPECT: "suspect"}


@dataclass(frozen=True)
class Standing:
    """What a page says of one source. `state`: ok, stale, failed, suspect or never; only ok is green."""

    slug: str
    state: str
    last_complete_at: datetime | None = None
    last_attempt_at: datetime | None = None
    rules_count: int = 0
    cause: str = ""

    @property
    def label(self) -> str:
        return source_name(self.slug)


def source_standings(slugs: Iterable[str]) -> list[Standing]:
    """Where each source stands, in alphabetical order; two index look-ups a source, whatever the history."""
    held = frozenset(slugs)
    now = timezone.now()
    return [standing_of(slug, *_newest(slug, held), now) for slug in sorted(held)]


@once_per_state
def _newest(slug: str, held: frozenset[str]) -> tuple[Scan | None, Scan | None]:
    """The latest scan and the latest complete one; `held` is what the reader may see."""
    scans = Scan.objects.filter(source=slug).order_by("-started_at")
    latest = scans.first()
    complete = latest
    if latest is not None and latest.outcome != ScanOutcome.COMPLETE:
        complete = scans.filter(outcome=ScanOutcome.COMPLETE).first()
    return latest, complete


def standing_of(slug: str, latest: Scan | None, complete: Scan | None, now: datetime) -> Standing:
    """What the latest scan and the latest complete one say of a source at the instant `now`."""
    if latest is None:
        return Standing(slug, "never")
    if latest.outcome != ScanOutcome.COMPLETE or complete is None:
        return Standing(
            slug,
            _STATES[ScanOutcome(latest.outcome)],
            last_complete_at=complete.started_at if complete else None,
            last_attempt_at=latest.started_at,
            cause=latest.error,
        )
    limit = timedelta(seconds=settings.SCAN_INTERVAL_S * MISSED_INTERVALS)
    fresh = now - complete.started_at <= limit
    return Standing(
        slug,
        "ok" if fresh else "stale",
        last_complete_at=complete.started_at,
        last_attempt_at=complete.started_at,
        rules_count=len(complete.compiled_rules),
    )
