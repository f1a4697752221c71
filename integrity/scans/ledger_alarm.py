"""Raises LEDGER_BROKEN when a verification finds the record broken, whoever asked for it, and closes it."""

from django.utils import timezone

from alerts.intake import Finding, Scope, own_findings_apply
from alerts.queries import own_alerts_active
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.ledger.verify import Verification
from governance.core.ledger.words import broken

IDENTITY = "schedule"
LEDGER_BROKEN = "LEDGER_BROKEN"
ENTITY = f"{CONSOLE_SOURCE}/ledger"


def ledger_alarm(*, found: Verification) -> None:
    """Raise the alert for a broken record; close it for a whole one. settings.LEDGER_ALARMS names it."""
    now = timezone.now()
    findings = []
    if not found.is_whole:
        payload = {"command": "ledger_verify", "exit_code": 1}
        findings.append(
            Finding(LEDGER_BROKEN, "CRITICAL", "JOB", ENTITY, f"{broken(found)}.", payload, now)
        )
    with acting_as_system(IDENTITY):
        if findings or own_alerts_active([LEDGER_BROKEN], ENTITY):
            own_findings_apply(
                scope=Scope(codes=[LEDGER_BROKEN], entities=[ENTITY]),
                findings=findings,
                taken_at=now,
            )
