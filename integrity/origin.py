"""Where an alert comes from: the addresses of its rule, with the proof, and of the last scan that saw it."""

from django.urls import reverse

from alerts.models import Alert
from integrity.catalog import catalog
from integrity.models import Scan, ScanOutcome


def origin_context(alert: Alert) -> dict[str, str]:
    """`rule_url` and `scan_url` of the alert's page; empty for what is no rule, and no scan, of ours."""
    # The instant at which the source was read lies within the scan that read it.
    scans = Scan.objects.filter(
        source=alert.source,
        outcome=ScanOutcome.COMPLETE,
        started_at__lte=alert.last_detected_at,
    )
    seen_by = scans.order_by("-started_at").values_list("pk", flat=True).first()
    return {
        "rule_url": reverse("rule", args=[alert.check_code])
        if alert.check_code in catalog()
        else "",
        "scan_url": reverse("scan", args=[seen_by]) if seen_by else "",
    }
