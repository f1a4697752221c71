"""How well each source is known: its last scans, read as evidence; says nothing about its alerts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast, get_args

from django.conf import settings
from django.db.models import Exists
from django.utils import timezone

from alerts.models import ACTIVE, Alert
from governance.core.cache.per_state import once_per_state
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.identity.sources import source_name
from integrity.rules.catalog import catalog
from integrity.scans.models import Scan, ScanOutcome

# What the console finds about sources that nobody reads, and about clocks (packs/console).
SCAN_STALE = "SCAN_STALE"
CLOCK_SKEW = "CLOCK_SKEW"
_THRESHOLDS = catalog(CONSOLE_SOURCE)[SCAN_STALE].parameters
MISSED_INTERVALS = cast(int, _THRESHOLDS["intervals"].value)
CLOCK_TOLERANCE = cast(timedelta, _THRESHOLDS["tolerance"].value)

State = Literal["failed", "never", "clock", "stale", "suspect", "ok"]
STATES: tuple[State, ...] = get_args(State)  # from the worst

_STATES: dict[ScanOutcome, State] = {ScanOutcome.FAILED: "failed", ScanOutcome.SUSPECT: "suspect"}


@dataclass(frozen=True)
class Freshness:
    """What a page says of one source; only `ok` is green.

    `state`: ok, stale, failed, suspect, never, or clock where a scan is dated in the future.
    """

    slug: str
    state: State
    last_complete_at: datetime | None = None
    last_attempt_at: datetime | None = None
    rules_count: int = 0
    cause: str = ""

    @property
    def label(self) -> str:
        return source_name(self.slug)


def source_freshness(slugs: Iterable[str]) -> list[Freshness]:
    """Where each source stands, in alphabetical order; two index look-ups a source, whatever the history."""
    held = frozenset(slugs)
    now = timezone.now()
    found = []
    for slug in sorted(held):
        latest, complete = _newest(slug, held)
        # Also when the day arrives that a scan was dated.
        skewed = latest is not None and latest.has_skew  # type: ignore[attr-defined]
        one = standing_of(slug, latest, complete, now)
        found.append(Freshness(slug, "clock") if skewed else one)
    return found


def is_fresh(slug: str, held: frozenset[str]) -> bool:
    """Whether the last complete scan is recent and its date beyond doubt; the reader may see `held`."""
    latest, complete = _newest(slug, held)
    if latest is None or complete is None or latest.has_skew:  # type: ignore[attr-defined]
        return False
    now = timezone.now()
    age = now - complete.started_at
    return not is_ahead(complete.started_at, now) and age <= stale_after()


def stale_after() -> timedelta:
    """The age at which the last complete scan proves nothing any more."""
    return timedelta(seconds=settings.SCAN_INTERVAL_S * MISSED_INTERVALS)


@once_per_state
def _newest(slug: str, held: frozenset[str]) -> tuple[Scan | None, Scan | None]:
    """The latest scan, with whether CLOCK_SKEW stands, and the latest complete one.

    `held` is what the reader may see.
    """
    skew = Alert.objects.filter(
        source=CONSOLE_SOURCE, check_code=CLOCK_SKEW, entity_id=slug, status__in=ACTIVE
    )
    scans = Scan.objects.filter(source=slug).order_by("-number")
    latest = scans.annotate(has_skew=Exists(skew)).first()
    complete: Scan | None = latest
    if latest is not None and latest.outcome != ScanOutcome.COMPLETE:
        complete = scans.filter(outcome=ScanOutcome.COMPLETE).first()
    return latest, complete


def is_ahead(instant: datetime, now: datetime) -> bool:
    """Dated in the future, by more than clocks may differ."""
    return instant > now + CLOCK_TOLERANCE


def standing_of(slug: str, latest: Scan | None, complete: Scan | None, now: datetime) -> Freshness:
    """What the latest scan and the latest complete one say of a source at the instant `now`."""
    if latest is None:
        return Freshness(slug, "never")
    if any(is_ahead(scan.started_at, now) for scan in (latest, complete) if scan):
        return Freshness(slug, "clock")
    if latest.outcome != ScanOutcome.COMPLETE or complete is None:
        return Freshness(
            slug,
            _STATES[ScanOutcome(latest.outcome)],
            last_complete_at=complete.started_at if complete else None,
            last_attempt_at=latest.started_at,
            rules_count=complete.rules_read if complete else 0,
            cause=latest.error,
        )
    fresh = now - complete.started_at <= stale_after()
    return Freshness(
        slug,
        "ok" if fresh else "stale",
        last_complete_at=complete.started_at,
        last_attempt_at=complete.started_at,
        rules_count=complete.rules_read,
    )
