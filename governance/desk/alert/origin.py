"""Where an alert comes from: the addresses of its rule, with the proof, and of the last scan that saw it."""

from typing import Any

from django.urls import reverse

from alerts.kinds import Kind
from alerts.models import Alert
from governance.core.identity.roles import CONSOLE_SOURCE
from integrity.proofs.current import source_proofs
from integrity.rules.rule import Rule
from integrity.scans.kinds import view_read
from integrity.scans.models import Scan, ScanOutcome


def origin_context(alert: Alert, kind: Kind | None) -> dict[str, Any]:
    """`rule_url` and `scan_url` of the alert's page, empty for what is no rule, and no scan, of ours.

    `rule_proof`: the proof that holds for the rule on this source, or None; `is_foreign`: somebody else wrote
    the view.
    """
    # The instant at which the source was read lies within the scan that read it.
    scans = Scan.objects.filter(
        source=alert.source,
        outcome=ScanOutcome.COMPLETE,
        started_at__lte=alert.last_detected_at,
    )
    seen_by = scans.order_by("-started_at").values_list("pk", flat=True).first()
    return {
        "rule_url": reverse("rule", args=[alert.check_code]) if isinstance(kind, Rule) else "",
        "is_foreign": alert.source != CONSOLE_SOURCE and view_read(alert.source).is_foreign,
        "is_edited": alert.source != CONSOLE_SOURCE and view_read(alert.source).is_edited,
        "has_rule": isinstance(kind, Rule),
        "rule_proof": (
            source_proofs([alert.source])[alert.source].proofs.get(alert.check_code)
            if isinstance(kind, Rule)
            else None
        ),
        "scan_url": reverse("scan", args=[seen_by]) if seen_by else "",
    }
