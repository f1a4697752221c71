"""Figures of the scans for `/metrics`: age of the last complete one, and how the last one went."""

from collections.abc import Iterator
from datetime import timedelta
from math import inf

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from governance.core.capability import Gauge
from governance.core.identity.sources import source_slugs
from integrity.scans.models import Scan, ScanOutcome

SOURCE = ("source",)
RECENT = timedelta(hours=1)


def metrics() -> Iterator[Gauge]:
    """Two index look-ups a source, and the scans of the last hour."""
    now = timezone.now()
    ages, durations, rows, quarantined, unread, outcomes = {}, {}, {}, {}, {}, {}
    recent: dict[tuple[str, ...], float] = {}
    for slug in source_slugs():
        scans = Scan.objects.filter(source=slug).order_by("-number")
        latest = scans.first()
        complete = scans.filter(outcome=ScanOutcome.COMPLETE).first()
        ages[slug,] = max(0.0, (now - complete.started_at).total_seconds()) if complete else inf
        for outcome in ScanOutcome.values:
            outcomes[slug, outcome] = float(latest is not None and latest.outcome == outcome)
            since = scans.filter(outcome=outcome, started_at__gt=now - RECENT)
            recent[slug, outcome] = since.order_by().aggregate(n=Count("pk"))["n"]
        if latest is not None:
            durations[slug,] = (latest.finished_at - latest.started_at).total_seconds()
            rows[slug,] = latest.rows
            quarantined[slug,] = latest.quarantined
            unread[slug,] = len(latest.unread)
    yield Gauge(
        "governance_scan_complete_age_seconds",
        "Since the last complete scan began; +Inf: there was none.",
        ages,
        SOURCE,
    )
    yield Gauge(
        "governance_scan_interval_seconds",
        "How often each source is to be scanned.",
        {(): settings.SCAN_INTERVAL_S},
    )
    yield Gauge(
        "governance_scan_duration_seconds", "How long the last scan took.", durations, SOURCE
    )
    yield Gauge("governance_scan_rows", "Rows that the last scan read.", rows, SOURCE)
    yield Gauge(
        "governance_scan_quarantined_rows",
        "Rows that break the contract, in the last scan.",
        quarantined,
        SOURCE,
    )
    yield Gauge(
        "governance_scan_unread_rules",
        "Rules that the last scan could not read; their alerts stay as they were.",
        unread,
        SOURCE,
    )
    yield Gauge(
        "governance_scan_outcome",
        "1 for the outcome of the last scan, 0 for the others.",
        outcomes,
        ("source", "outcome"),
    )
    yield Gauge(
        "governance_scans_last_hour",
        "Scans of the last hour by outcome.",
        recent,
        ("source", "outcome"),
    )
