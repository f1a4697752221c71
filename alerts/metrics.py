"""Figures of the alerts for `/metrics`: how many stand where, and how long the oldest waits."""

from collections.abc import Iterator
from itertools import product

from django.db.models import Min, Sum
from django.utils import timezone

from alerts.models import Alert, AlertTally, Severity, Status
from governance.core.capability import Gauge
from governance.core.identity.sources import source_slugs


def metrics() -> Iterator[Gauge]:
    """From the tally, and one look at the active alerts; a source without any reads 0."""
    sources = source_slugs()
    counts = dict.fromkeys(product(sources, Severity.values, Status.values), 0.0)
    tally = AlertTally.objects.values_list("source", "severity", "status").annotate(n=Sum("n"))
    counts |= {(source, severity, status): n for source, severity, status, n in tally.order_by()}
    yield Gauge(
        "governance_alerts",
        "Alerts by source, severity and status.",
        counts,
        ("source", "severity", "status"),
    )
    now = timezone.now()
    ages = dict.fromkeys(product(sources, Severity.values), 0.0)
    oldest = (
        Alert.objects.filter(status=Status.OPEN)
        .values_list("source", "severity")
        .annotate(since=Min("first_detected_at"))
        .order_by()
    )
    for source, severity, since in oldest:
        ages[source, severity] = max(0.0, (now - since).total_seconds())
    yield Gauge(
        "governance_alert_oldest_unacknowledged_seconds",
        "Age of the oldest alert that nobody acknowledged; 0: there is none.",
        ages,
        ("source", "severity"),
    )
