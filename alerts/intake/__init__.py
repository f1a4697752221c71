"""How findings become alerts: a snapshot is copied, compared with what is stored, and written."""

from alerts.intake.findings import Eyes, Finding, Outcome, Scope
from alerts.intake.snapshot import NAME_LIMIT, Snapshot, own_findings_apply
from alerts.intake.statements import fault_sql

__all__ = [
    "NAME_LIMIT",
    "Eyes",
    "Finding",
    "Outcome",
    "Scope",
    "Snapshot",
    "fault_sql",
    "own_findings_apply",
]
